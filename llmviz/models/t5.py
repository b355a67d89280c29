"""Tiny T5 models of transformers: an encoder reads, a decoder writes (Raffel et al. 2020)."""

from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import PreTrainedModel, T5Config, T5ForConditionalGeneration

from llmviz.core.settings import SIZES, ModelSpec
from llmviz.models.fast import Layout, attend, unseen
from llmviz.text.special import PAD, SEP

BUCKETS, FARTHEST = 32, 64  # kinds of distance that attention tells apart; all beyond the farthest are one
# What each head is biased towards at the start: the distance it looks at, and how much it dislikes every token of distance from there (as
# the slopes of ALiBi, Press et al. 2022). T5 starts its biases at random and finds neighbours after a thousand steps; told so, at once:
# after 400 steps of batch 24 a loss of 0.93 on held-out Tinyland, not 1.68.
READING = ((-1, 1.0), (1, 1.0), (0, 0.1), (0, 0.0))
WRITING = ((-1, 1.0), (0, 1.0), (0, 0.2), (0, 0.0))
MOST_DISLIKE = 6.0  # nats; more would take longer to unlearn
# The share of a token of the text that the decoder passes on as it is, wherever it looks. To copy a word it then has to find it, and no
# more; from a random start some seeds copy no names after 1,400 steps. (Outputs that belong to values: Trockman and Kolter 2023,
# https://arxiv.org/abs/2305.09828, section 3.)
COPIED = 0.5

Kept = tuple[torch.Tensor, torch.Tensor]  # keys and values
Text = tuple[torch.Tensor, Layout]  # what the encoder made of texts, (tokens, width), and how they stand in rows


def random_start(spec: ModelSpec, vocabulary: int, context: int, seed: int) -> PreTrainedModel:
    """A model with random weights and as many layers on each side. The same seed gives the same weights.

    T5 knows distances, not places, and reads texts of any length; `context` notes how long those are that it learns from.
    """
    size = SIZES[spec.size]
    notes: dict[str, Any] = {"max_position_embeddings": context, "decoder_start_token_id": PAD}  # [PAD] before the first token, as in T5
    config = T5Config(
        vocab_size=vocabulary,
        d_model=size.width,
        d_kv=size.width // size.heads,
        d_ff=4 * size.width,
        num_layers=size.layers,
        num_decoder_layers=size.layers,
        num_heads=size.heads,
        relative_attention_num_buckets=BUCKETS,
        relative_attention_max_distance=FARTHEST,
        # No dropout: within a minute of training the model never sees enough of the text to learn it by heart.
        dropout_rate=0.0,
        pad_token_id=PAD,
        eos_token_id=SEP,  # where writing ends
        **notes,
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = T5ForConditionalGeneration(config)
        _copy_what_is_looked_at(model)
        for stack, towards in ((model.encoder, READING), (model.decoder, WRITING)):
            first = _attention(stack)  # its biases serve all layers of the stack
            first.relative_attention_bias.weight.copy_(_biases(first, towards, size.heads))
    return model


def _copy_what_is_looked_at(model: Any) -> None:
    for block in model.decoder.block:
        across = block.layer[1].EncDecAttention
        across.o.weight.copy_(
            COPIED * across.v.weight.T
        )  # rows of random values are nearly at right angles and of length 1: this undoes them


def _attention(stack: torch.nn.Module) -> Any:
    """The self-attention of a stack's first layer."""
    return stack.get_submodule("block.0.layer.0.SelfAttention")


def _biases(attention: Any, towards: tuple[tuple[int, float], ...], heads: int) -> torch.Tensor:
    """What each head adds to the score of a token, by kind of distance: (buckets, heads)."""
    found = torch.zeros(BUCKETS, heads)
    both = not attention.is_decoder
    for distance in sorted(range(-FARTHEST, FARTHEST if both else 1), key=abs, reverse=True):  # a bucket goes by its nearest distance
        bucket = attention._relative_position_bucket(torch.tensor([distance]), both, BUCKETS, FARTHEST)
        for head in range(heads):
            centre, dislike = towards[head % len(towards)]
            found[bucket, head] = -min(dislike * abs(distance - centre), MOST_DISLIKE)
    return found


def read(model: PreTrainedModel, input_ids: torch.Tensor) -> Text:
    """What the encoder makes of texts (batch, n), padding left out: hidden states (tokens, width), and how they stand in rows."""
    real = input_ids != PAD
    layout = Layout.of(real)
    return _through(model.get_submodule("encoder"), input_ids[real], layout), layout


def logits_of(model: PreTrainedModel, input_ids: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Logits for every token of targets (batch, m), each from the text and the target before it, padding left out: (tokens, vocabulary)."""
    return logits_after(model, read(model, input_ids), target)


def logits_after(model: PreTrainedModel, text: Text, target: torch.Tensor) -> torch.Tensor:
    """The same after texts that have been read."""
    before = torch.nn.functional.pad(target[:, :-1], (1, 0), value=PAD)
    written = target != PAD
    return projected(model, _through(model.get_submodule("decoder"), before[written], Layout.of(written), text))


def _through(stack: Any, ids: torch.Tensor, layout: Layout, text: Text | None = None) -> torch.Tensor:
    """Hidden states of tokens that lie end to end, (tokens) to (tokens, width): the encoder's, or the decoder's that looks at a text."""
    states: torch.Tensor = stack.embed_tokens(ids)
    bias = _attention(stack).compute_bias(layout.length, layout.length) + unseen(layout, causal=stack.is_decoder)  # serves all layers
    for block in stack.block:
        within, across, onward = block.layer[0], block.layer[1], block.layer[-1]
        states = states + _found(within.SelfAttention, within.layer_norm(states), layout, None, bias)
        if text is not None:
            states = states + _found(across.EncDecAttention, across.layer_norm(states), layout, text)
        states = onward(states)
    last: torch.Tensor = stack.final_layer_norm(states)
    return last


def _found(attention: Any, states: torch.Tensor, layout: Layout, text: Text | None, bias: torch.Tensor | None = None) -> torch.Tensor:
    """What attention adds to each token, from its own row or from the text it looks at."""
    seen, standing = text or (states, layout)
    query, key, value = attention.q(states), attention.k(seen), attention.v(seen)
    added: torch.Tensor = attention.o(attend(query, key, value, attention.n_heads, layout, standing, bias=bias, scale=attention.scaling))
    return added


class Writer:
    """The decoder on its way through targets of texts that were read, a token at a time.

    The keys and values of what it has looked at are kept, (rows, heads, tokens, width of a head), not worked out again for every token.
    """

    def __init__(self, model: Any, states: torch.Tensor, text: Layout) -> None:
        self._model = model
        self._there = text.mask[:, None, None, :]  # of the text; behind its end there is nothing to look at
        across = [block.layer[1].EncDecAttention for block in model.decoder.block]
        self._across: list[Kept] = [(text.in_rows(it.k(states), it.n_heads), text.in_rows(it.v(states), it.n_heads)) for it in across]
        nothing = self._across[0][0][:, :, :0]
        self._within: list[Kept] = [(nothing, nothing) for _ in across]

    def logits(self, ids: torch.Tensor) -> torch.Tensor:
        """Logits of what comes next, when one more token (rows) stands in each row: (rows, vocabulary)."""
        stack = self._model.decoder
        written = self._within[0][0].shape[2] + 1
        bias = _attention(stack).compute_bias(1, written, past_seen_tokens=written - 1)
        states: torch.Tensor = stack.embed_tokens(ids)
        for number, block in enumerate(stack.block):
            within, across, onward = block.layer
            seen, own, (keys, values) = within.layer_norm(states), within.SelfAttention, self._within[number]
            self._within[number] = (torch.cat((keys, _by_head(own, own.k(seen))), 2), torch.cat((values, _by_head(own, own.v(seen))), 2))
            states = states + _glance(own, seen, self._within[number], bias)
            states = states + _glance(across.EncDecAttention, across.layer_norm(states), self._across[number], self._there)
            states = onward(states)
        return projected(self._model, stack.final_layer_norm(states))


def _glance(attention: Any, states: torch.Tensor, kept: Kept, mask: torch.Tensor) -> torch.Tensor:
    """What attention adds to the one token of each row, from keys and values that are kept: (rows, width)."""
    key, value = kept
    found = scaled_dot_product_attention(_by_head(attention, attention.q(states)), key, value, attn_mask=mask, scale=attention.scaling)
    added: torch.Tensor = attention.o(found.flatten(1))
    return added


def _by_head(attention: Any, states: torch.Tensor) -> torch.Tensor:
    """Of one token in each row, (rows, width) to (rows, heads, 1, width of a head)."""
    return states.view(len(states), attention.n_heads, 1, -1)


def projected(model: PreTrainedModel, states: torch.Tensor) -> torch.Tensor:
    """Logits from the decoder's hidden states (…, width), scaled as T5 does where input and output share one matrix: (…, vocabulary)."""
    head: torch.nn.Module = model.get_output_embeddings()
    logits: torch.Tensor = head(states * model.config.d_model**-0.5)
    return logits


@torch.no_grad()
def greedy(model: PreTrainedModel, input_ids: torch.Tensor, most: int) -> torch.Tensor:
    """What it writes after texts (batch, n), each time the likeliest token: (batch, at most `most`), [PAD] behind the end."""
    writer = Writer(model, *read(model, input_ids))
    best = torch.full((len(input_ids),), PAD, device=input_ids.device)
    ended = torch.zeros_like(best, dtype=torch.bool)
    written: list[torch.Tensor] = []
    while len(written) < most and not ended.all():
        likely = writer.logits(best)
        likely[:, PAD] = -torch.inf  # it stands for no token; an untrained model would say it
        best = torch.where(ended, PAD, likely.argmax(-1))
        written.append(best)
        ended |= best == SEP
    return torch.stack(written, 1)
