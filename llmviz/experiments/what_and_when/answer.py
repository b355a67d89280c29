"""What each snapshot makes of the probes, item by item."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from llmviz.core.settings import TextSpec
from llmviz.experiments.what_and_when.question import Probe, Probed
from llmviz.inspect import probes as measured
from llmviz.inspect import snapshots
from llmviz.models import fast, t5
from llmviz.models.classes import CAUSAL
from llmviz.text.corpora import load
from llmviz.text.masks import IGNORED
from llmviz.text.special import PAD, SEP
from llmviz.text.tinyland import probes
from llmviz.text.tokenizers import sentinel, spelling


def answer(folders: Mapping[int, Path], question: Probe) -> list[Probed]:
    """What each snapshot makes of the probes it was measured by while it trained, in the order of the steps.

    Raises ValueError, in a sentence, for a kind of probe that there is not, or a model of another text.
    """
    if question.metric not in {*measured.FACTS, *measured.CHOICES}:
        raise ValueError(f"there are no probes of {question.metric}; there are {', '.join({**measured.FACTS, **measured.CHOICES})}")
    found = []
    for step in sorted(folders):
        model, tokenizer = snapshots.model(folders[step]), snapshots.tokenizer(folders[step])
        stories = load(TextSpec("tinyland")).validation
        if any(tokenizer.token_to_id(word) is None for story in stories[:10] for word in story.split()):
            raise ValueError("this model has read another text, and these probes are in Tinyland's words")
        asked = _choose if question.metric in measured.CHOICES else _fill
        found.append(asked(step, model.eval(), tokenizer, stories, question.metric))
    return found


def _choose(step: int, model: PreTrainedModel, tokenizer: Tokenizer, stories: Sequence[str], metric: str) -> Probed:
    asked = measured.CHOICES[metric](stories, measured.VALIDATION)
    both = measured.choice(tokenizer, asked)
    if model.config.model_type == "t5":
        gains = measured.span_gains(model, both, sentinel(tokenizer))
    else:
        gains = (measured.causal_gains if model.config.model_type in CAUSAL else measured.masked_gains)(model, both)
    return Probed(
        step,
        texts=tuple(" ".join(contrast.right) for contrast in asked),
        places=tuple(" ".join(map(str, contrast.places)) for contrast in asked),
        other=tuple(" ".join(contrast.wrong[place] for place in contrast.places) for contrast in asked),
        chance=gains.sigmoid().numpy(),
        right=(gains > 0).numpy(),
    )


@torch.no_grad()
def _fill(step: int, model: PreTrainedModel, tokenizer: Tokenizer, stories: Sequence[str], metric: str) -> Probed:
    left_to_right = model.config.model_type in CAUSAL
    closed = torch.tensor(True)
    asked = (probes.countries_last if left_to_right and metric == "reversed" else measured.FACTS[metric])(stories, measured.VALIDATION)
    hidden, words = measured.hidden(tokenizer, asked), spelling(tokenizer)
    targets = hidden.labels != IGNORED
    truth = torch.from_numpy(hidden.labels[targets])
    if model.config.model_type == "t5":
        given = measured.batch(model, [pair[0] for pair in measured.cut_out(hidden.whole, targets, sentinel(tokenizer))])
        writer = t5.Writer(model, *t5.read(model, given))
        for id in (PAD, sentinel(tokenizer)):  # it has opened the gap, and is to say what stood there
            logits = writer.logits(torch.full((len(given),), id))
        next_said = writer.logits(logits.argmax(-1)).argmax(-1)
        closed = (next_said >= sentinel(tokenizer)) | (next_said == SEP)  # and no more than that
    elif left_to_right:
        logits = fast.causal_logits(model, torch.from_numpy(hidden.ids[:, :-1]), torch.from_numpy(targets[:, 1:]))
    else:
        ids = torch.from_numpy(hidden.ids)
        logits = fast.masked_logits(model, ids, ids.ne(PAD).long(), torch.from_numpy(targets))
    said = logits.argmax(-1)
    return Probed(
        step,
        texts=tuple(" ".join(fact.words) for fact in asked),
        places=tuple(str(fact.hidden) for fact in asked),
        other=tuple(words[id] for id in said.tolist()),
        chance=logits.softmax(-1).gather(1, truth[:, None])[:, 0].numpy(),
        right=((said == truth) & closed).numpy(),
    )
