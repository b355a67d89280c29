"""FLOPs of training, counted from the shapes of the matrices: what a token costs forward and backward, by the method of fine-tuning.

A token that passes a matrix of n × m takes n·m multiplications and as many additions: 2·n·m FLOPs. So with N parameters in matrices a
forward pass takes 2·N a token, and a backward pass twice that, 2·N for the gradients of the activations and 2·N for those of the weights:
6·N in all (Kaplan et al. 2020, https://arxiv.org/abs/2001.08361, section 2.1). Attention's scores and what is found by them add
2 · 2 · length · width a layer forward, and twice that backward, counted for all pairs of tokens, also where one is hidden from the other.

What is frozen needs no gradient of its weights, and what lies below all that is trained none of its activations either. Embeddings are
looked up, and biases, norms and softmax take little; none is counted, nor is padding.

A T5 has two stacks: what it reads passes the encoder, what it writes the decoder, which also looks at all that was read. So its FLOPs are
those of a whole text.
"""

from dataclasses import dataclass

from llmviz.core.experiment import BERTS, GPTS, T5S
from llmviz.core.settings import SIZES, ModelSpec


@dataclass(frozen=True)
class Flops:
    """Of one token, or of one text: of the forward pass, of the gradients of activations, and of the gradients of weights."""

    forward: float
    activations: float
    weights: float

    @property
    def step(self) -> float:
        """Of forward and backward together."""
        return self.forward + self.activations + self.weights


def token(model: ModelSpec, length: float, head: int, method: str = "full", rank: int = 0) -> Flops:
    """What one token costs, in a text of so many tokens, under a head with so many parameters in matrices.

    Raises ValueError for a model with two stacks of layers, whose `text` is counted whole, or an unknown method.
    """
    if model.architecture not in BERTS + GPTS:
        raise ValueError(f"FLOPs are counted for {', '.join(BERTS + GPTS)}, not for {model.architecture}")
    size = SIZES[model.size]
    layers, width = size.layers, size.width
    inward, onward = 3 * width**2, 9 * width**2  # query, key, value; output and the feed-forward part
    seen = 2 * length * width  # scores, and what is found by them
    layer = inward + onward + seen
    below, beside = _factors(model, rank) if method == "lora" else (0, 0)  # LoRA's, of the inward and of the onward matrices
    match method:
        case "full":
            through, trained = layers * (layer + seen) + head, layers * (inward + onward) + head
        case "head":  # what it reads is frozen
            through, trained = 0, head
        case "last layer":  # what query, key and value read is frozen; in a GPT a norm stands before them, which is trained
            normed = inward if model.architecture in GPTS else 0
            through, trained = normed + onward + 2 * seen + head, inward + onward + head
        case "lora":  # of the first layer query, key and value read what is frozen: there a gradient goes to the factors between alone
            inside = below - _read(model, rank)
            through = layers * (layer + seen + below + beside) - inward - (below - inside) + head
            trained = layers * (below + beside) + head
        case _:
            raise ValueError(f"there is no method {method}")
    return Flops(2 * (layers * (layer + below + beside) + head), 2 * through, 2 * trained)


def adapting(model: ModelSpec, trained: float, looked_at: float) -> float:
    """About what it takes to fine-tune a model of elsewhere by LoRA on so many tokens, and to look at so many more.

    With 12 · width² in the matrices of a layer, as of a GPT: a Llama's feed-forward part has three smaller ones, and comes near.
    Its weights get no gradient, so a token that is learnt from costs a forward pass and one back through the activations.
    """
    size = SIZES[model.size]
    return 2 * 12 * size.layers * size.width**2 * (2 * trained + looked_at)


def text(model: ModelSpec, read: float, written: float, vocabulary: int) -> Flops:
    """What one text costs a T5 all of whose weights are trained, with so many tokens read and so many written.

    A layer has 12 · width² in matrices for its own tokens, and between the stacks 4 · width² more: query and output for each token written,
    key and value for each token read. Raises ValueError for a model with one stack.
    """
    if model.architecture not in T5S:
        raise ValueError(f"FLOPs of whole texts are counted for {', '.join(T5S)}, not for {model.architecture}")
    layers, width = SIZES[model.size].layers, SIZES[model.size].width
    matrices = layers * width**2 * (12 + 2) * (read + written) + width * vocabulary * written
    seen = layers * 2 * width * (read**2 + written**2 + read * written)  # scores, and what is found by them: within both, and across
    return Flops(2 * (matrices + seen), 2 * (matrices + 2 * seen), 2 * matrices)


def _read(model: ModelSpec, rank: int) -> int:
    """Parameters of those factors that read what query, key and value read. A GPT has the three in one matrix."""
    return (1 if model.architecture in GPTS else 3) * rank * SIZES[model.size].width


def _factors(model: ModelSpec, rank: int) -> tuple[int, int]:
    """Parameters of LoRA's factors in a layer: of query, key and value; of the output and both matrices of the feed-forward part."""
    width = SIZES[model.size].width
    return _read(model, rank) + 3 * rank * width, rank * (2 + 5 + 5) * width  # of n × n, n × 4n and 4n × n


def language_head(model: ModelSpec, vocabulary: int) -> int:
    """Parameters in matrices of the head that names words: a BERT's has one more of width × width (`transform`)."""
    width = SIZES[model.size].width
    return width * vocabulary + (width**2 if model.architecture in BERTS else 0)
