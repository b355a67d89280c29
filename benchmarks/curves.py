"""What a curve of pretraining has to look like: it falls from the first steps, and never climbs for long."""

from collections.abc import Sequence

FALLEN = ((0.1, 0.85), (0.3, 0.5))  # by this share of the steps, at most this share of random guess
ABOVE = 0.1  # nats above random guess that an evaluation may lie, the first one left out
CLIMB = 0.05  # of random guess: how much higher than the one before


def faults(steps: Sequence[int], losses: Sequence[float], guess: float) -> list[str]:
    """What is wrong with the held-out losses at these steps, the last of which ends the run; `guess` is the loss of random guessing."""
    found = []
    for share, most in FALLEN:
        step, loss = next((step, loss) for step, loss in zip(steps, losses, strict=True) if step >= share * steps[-1])
        if loss > most * guess:
            found.append(f"at step {step} the loss is still {loss / guess:.2f} of random guess, not {most}")
    found += [
        f"at step {step} the loss of {loss:.2f} is above random guess"
        for step, loss in zip(steps[1:], losses[1:], strict=True)
        if loss > guess + ABOVE
    ]
    found += [
        f"at step {step} the loss climbs from {before:.2f} to {loss:.2f}"
        for step, before, loss in zip(steps[1:], losses, losses[1:], strict=False)
        if loss > before + CLIMB * guess
    ]
    return found
