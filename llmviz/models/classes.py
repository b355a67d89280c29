"""The classes of transformers that a run may be, by the name its config.json gives them. A list: nothing else is ever built from a file."""

from transformers import (
    BertForMaskedLM,
    BertForPreTraining,
    BertForQuestionAnswering,
    BertForTokenClassification,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    GPTNeoXForCausalLM,
    GPTNeoXForSequenceClassification,
    PreTrainedModel,
    RoFormerForMaskedLM,
    RoFormerForQuestionAnswering,
    RoFormerForTokenClassification,
    T5ForConditionalGeneration,
)
from transformers.models.llama.modeling_llama import LlamaForCausalLM, LlamaForSequenceClassification

MODELS: dict[str, type[PreTrainedModel]] = {
    kind.__name__: kind
    for kind in (
        RoFormerForMaskedLM,
        BertForMaskedLM,
        BertForPreTraining,
        GPTNeoXForCausalLM,
        GPT2LMHeadModel,
        T5ForConditionalGeneration,
        RoFormerForTokenClassification,
        BertForTokenClassification,
        GPTNeoXForSequenceClassification,
        GPT2ForSequenceClassification,
        RoFormerForQuestionAnswering,
        BertForQuestionAnswering,
        LlamaForCausalLM,  # no run is one; a model that was taken in may be
        LlamaForSequenceClassification,
    )
}
# By architecture the class that a language model of it has, whose weights a run may start from.
LANGUAGE_MODELS: dict[str, type[PreTrainedModel]] = {
    "roformer": RoFormerForMaskedLM,
    "bert": BertForMaskedLM,
    "neox": GPTNeoXForCausalLM,
    "gpt2": GPT2LMHeadModel,
    "t5": T5ForConditionalGeneration,
    "llama": LlamaForCausalLM,
}
LARGE = 20_000_000  # parameters: of a model that nobody trained here
CAUSAL = ("gpt_neox", "gpt2", "llama")  # types of model that only look back, as config.json names them
