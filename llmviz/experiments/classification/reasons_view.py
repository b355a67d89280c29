"""What a page says of the two ways to weigh the words of a text."""

import numpy as np

from llmviz.experiments.classification.question import GRADIENTS, LEFT_OUT, Agreement, Reasons

ABOUT = {
    LEFT_OUT: "The sentence is read again without the word; the bar is what the log-odds lose.",
    GRADIENTS: "All words begin hidden and come back little by little; the bar is each word's share of what the log-odds gain on the way.",
}


def adds_up(reasons: Reasons, method: str) -> str:
    """Whether the weights add up to what there is to explain."""
    total = float(reasons.weight.sum())
    if method == GRADIENTS:
        ends = f"All words hidden: {reasons.without:+.2f} nats; all there: {reasons.whole:+.2f}"
        return f"{ends}, a gain of {reasons.whole - reasons.without:+.2f}. The bars add up to {total:+.2f}."
    return (
        f"The whole sentence: {reasons.whole:+.2f} nats. These bars need not add up, and sum to {total:+.2f}: two words can say the same."
    )


def agreement(found: Agreement) -> str:
    """How alike the two rank the words of held-out examples, as a sentence of Markdown."""
    if not len(found.correlation):
        return "No held-out example is short enough to compare the two."
    low, middle, high = np.quantile(found.correlation, (0.25, 0.5, 0.75))
    return (
        f"**Do the two agree?** On {len(found.correlation)} held-out examples they rank the words alike to {middle:.2f} "
        f"(Spearman's rank correlation, median; half of the examples lie between {low:.2f} and {high:.2f}; 1 is the same order, "
        f"0 no relation). "
        f"Integrated gradients miss adding up by {float(np.median(found.gap)):.3f} nats, median."
    )
