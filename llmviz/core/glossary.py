"""The words of the field that pages use, each in one or two sentences, and which of them stand on which page."""

from collections.abc import Mapping
from types import MappingProxyType

GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "token": "What a model reads and writes one at a time: a word, a piece of one, or a mark. Each has a number in the vocabulary.",
        "label": "The right answer to an example, given by a person. In pretraining nobody gives one: the text itself is the answer.",
        "pretraining": "Training from random weights on text without labels, by guessing parts of the text from the rest of it.",
        "fine-tuning": "Training a pretrained model further, on a task of its own, mostly with few examples that carry labels.",
        "zero-shot": "Asked to do a task by words alone, without an example of it. No weight is trained for the task.",
        "few-shot": "Asked to do a task by some examples that stand in the prompt. No weight is trained on them.",
        "in-context learning": "Doing a task better for examples in the prompt, while all weights stay as they are.",
        "instruction tuning": "Fine-tuning a language model on many kinds of requests with replies, so that it does what is asked.",
        "supervised fine-tuning": "Fine-tuning on examples that people have answered: of dialogues, the first step after pretraining.",
        "reply mask": "Which tokens of a dialogue are asked for: those of the reply. The request is read, and has no part in the loss.",
        "policy": "A model seen as one that acts: in each situation, a text so far, it says how likely each next token is to be written.",
        "KL divergence": "How far a distribution p has moved from q: the mean of ln(p/q) over what is drawn from p. In nats; 0 if equal.",
        "PPO": "Proximal policy optimisation: what earns more than a critic foretold becomes likelier, in steps that are clipped.",
        "GRPO": "Group relative policy optimisation: of several replies to one request, those above the group's mean become likelier.",
        "DPO": "Direct preference optimisation: of two replies the preferred one becomes likelier beside the other; no reward model.",
        "best-of-n": "Let a model write n replies and keep the one with the highest reward. Nothing is trained.",
        "reward hacking": "To earn reward without doing what the reward stands for, such as kind words said again and again.",
        "head": "The last layers of a model, which turn what its body has worked out into an answer: which word, or which label.",
        "attention head": "One of the parallel parts of an attention layer. It shares out 100 % over the tokens that a token may look at.",
        "induction head": "An attention head that looks from a token to what came after the same token before, and so repeats a sequence.",
        "residual stream": "One vector for each token that runs through a transformer: every layer reads it and adds to it.",
        "logit lens": "A model's last layer, put on what its earlier layers have worked out so far: what it would say there already.",
        "ablation": "Switching off a part of a model, such as a head, to see what becomes worse without it.",
        "loss": "How surprised a model is by the right answer: the mean of −ln p, where p is the probability it gave to that answer.",
        "nats": "The unit of a loss that is taken with the natural logarithm. A right answer with probability 1/e, 37 %, costs one nat.",
        "held-out": "Kept apart, and never trained on. What is measured on it shows what has been learnt, not what was learnt by heart.",
        "floor": "The loss of a guesser who knows the grammar that made the text. On average no model can have a lower one.",
        "ceiling": "What a guesser who knows the grammar gets right, also called best possible; where several answers fit, below 100 %.",
        "chance": "What somebody gets right who knows only which answer is most frequent, or guesses where all are equally frequent.",
        "seed": "The number that all chance in a training starts from: first weights, order of texts, what is hidden.",
        "band": "The area between the lowest and the highest of several runs that differ in their seed alone.",
        "probe": "A question put to a model while it learns, to measure one thing it may have come to know. It is not trained on it.",
        "[MASK]": "A token that stands where a word was hidden from a model such as BERT.",
        "sentinel": "A token that stands for a whole span cut out of a text, as T5 reads it. In the answer it says which span is meant.",
        "preference": "Which of two replies to the same request somebody likes better. It says an order and no amount.",
        "reward model": "A model that gives a reply a number. It is trained on preferences: the preferred reply is to have the higher one.",
        "Bradley-Terry": "A model of choices: one is preferred to another with probability σ(difference of their rewards).",
        "logits": "The numbers a model gives to all tokens before softmax turns them into probabilities: the larger, the likelier.",
        "temperature": "The number that logits are divided by before softmax. Below 1 likely tokens become likelier, above 1 less so.",
        "helper's policy": "Rules that say what a helper is to refuse. In reinforcement learning, policy means something else: the model.",
        "refusal": "A reply that says that a request will not be followed.",
        "over-refusal": "Refusing what is allowed, mostly because it looks like what is forbidden.",
        "alignment tax": "What a model loses elsewhere while it learns what is preferred: nothing rewards it for keeping that.",
        "jailbreak": "A way to put a forbidden request so that a model follows it all the same.",
        "prefix injection": "A jailbreak that makes the reply begin with words of consent, so that going on with it is to comply.",
    }
)

RUN = ("loss", "nats", "held-out", "floor", "ceiling")  # what every chart of a run shows
