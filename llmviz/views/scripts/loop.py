"""The parts of a script that all stages share: the optimisers, the course of the learning rate, the loop.

The script itself has SEED and STEPS, `batch(step)`, `model`, and the expression of its loss.
"""

from llmviz.core.settings import TrainSpec

_MUON = """\
matrices = {matrices}
rest = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
optimizers = [
    torch.optim.Muon(matrices, lr={train.muon_learning_rate!r}, weight_decay=0.3, momentum=0.9),
    torch.optim.AdamW(rest, lr={train.learning_rate!r}, betas=(0.8, 0.95), weight_decay=0.0, fused=True),
]"""
_ADAMW = """\
optimizers = [torch.optim.AdamW(model.parameters(), lr={train.learning_rate!r}, betas=(0.8, 0.95), weight_decay=0.0, fused=True)]"""
_SHARE = '''\
def share(step):
    """The learning rate rises at first and then falls in a straight line to zero."""
    warm = max(1, round({train.warmup!r} * STEPS))
    return min((step + 1) / warm, (STEPS - step) / max(1, STEPS - warm), 1.0)'''
_LOOP = """\
schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, share) for optimizer in optimizers]
for step in range(1, STEPS + 1):
    {loss}
    loss.backward()
{clip}    for optimizer, schedule in zip(optimizers, schedules):
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    if step == 1 or step % max(1, STEPS // 20) == 0:
        print(f"step {{step}}  loss {{loss.item():.4f}}")"""
_CLIP = "    torch.nn.utils.clip_grad_norm_(model.parameters(), {train.clip!r})\n"


def optimizers(train: TrainSpec, blocks: str, matrices: str = "") -> str:
    """Muon for the matrices of the blocks and AdamW for the rest, or AdamW alone.

    `blocks` is where the blocks lie in the body; `matrices`, the expression of the list, where they do not lie in one place.
    """
    matrices = matrices or f"[weight for weight in model.base_model.{blocks}.parameters() if weight.ndim == 2]"
    return (_MUON if train.optimizer == "muon" else _ADAMW).format(train=train, matrices=matrices)


def share(train: TrainSpec) -> str:
    """The function of the learning rate."""
    return _SHARE.format(train=train)


def loop(train: TrainSpec, loss: str) -> str:
    """The loop around `loss`, the line or lines that compute it."""
    return _LOOP.format(loss=loss, clip=_CLIP.format(train=train) if train.clip else "")
