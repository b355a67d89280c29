"""BERT as it was pretrained: a head that names hidden words, and one that says whether the second part goes on with the first."""

import torch
from transformers import BertConfig, BertForPreTraining, PreTrainedModel

from llmviz.core.settings import ModelSpec
from llmviz.models import fast, masked
from llmviz.text.special import PAD

SHARPER = 2.0  # times the usual queries: then a token looks two or three times as much at one like itself as at any other
TAKEN = 0.5  # share of what a token finds there that it takes away


def random_start(spec: ModelSpec, vocabulary: int, context: int, seed: int) -> PreTrainedModel:
    """A model with random weights that reads up to `context` tokens. The same seed gives the same weights."""
    config = masked.configured(BertConfig, spec, vocabulary, context)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: PreTrainedModel = BertForPreTraining(config)
    _look_for_the_same(model)
    return model


@torch.no_grad()
def _look_for_the_same(model: PreTrainedModel) -> None:
    """Let every head begin by looking at tokens like its own, and take away from each token what it finds there.

    Whether two parts belong together is a matter of comparing their words. From the usual random weights a tiny model does not find that
    out in 600 steps, from these in 200 (Trockman and Kolter 2023, https://arxiv.org/abs/2305.09828, section 3: trained transformers have
    such weights, keys like queries, and outputs that undo values).
    """
    # The rows of random values are nearly at right angles, so that their transpose, divided by their length, undoes them.
    length = model.config.hidden_size * model.config.initializer_range**2
    for layer in range(model.config.num_hidden_layers):
        query, key, value, output = (
            model.get_parameter(f"bert.encoder.layer.{layer}.attention.{name}.weight")
            for name in ("self.query", "self.key", "self.value", "output.dense")
        )
        query.mul_(SHARPER)
        key.copy_(query)
        output.copy_(value.T.mul(-TAKEN / length))


def states_at(
    model: PreTrainedModel, input_ids: torch.Tensor, token_type_ids: torch.Tensor, hidden: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """The encoder's last hidden states at [CLS], and row by row where `hidden` (batch, n) is True: (batch, width), (places, width)."""
    places = hidden.clone()
    places[:, 0] = True  # [CLS], where the pair is judged; it is never hidden
    states = fast.masked_states(model, input_ids, input_ids.ne(PAD), places, token_type_ids)
    judged = places.nonzero()[:, 1] == 0
    return states[judged], states[~judged]


def word_logits(model: PreTrainedModel, states: torch.Tensor) -> torch.Tensor:
    """Logits of words from hidden states (places, width): (places, vocabulary). Of a text that is no pair: `fast.masked_logits`."""
    head: torch.nn.Module = model.get_submodule("cls.predictions")
    logits: torch.Tensor = head(states)
    return logits


def pair_logits(model: PreTrainedModel, states: torch.Tensor) -> torch.Tensor:
    """Logits that the second part goes on with the first, and that it does not, from hidden states at [CLS] (batch, width): (batch, 2)."""
    pooler, head = model.get_submodule("bert.pooler"), model.get_submodule("cls.seq_relationship")
    logits: torch.Tensor = head(pooler(states[:, None]))  # it takes the first of a text's states
    return logits
