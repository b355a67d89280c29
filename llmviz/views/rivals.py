"""The question that a page of a fine-tuned run asks, how far its rival comes from another start, and the answer that both runs give."""

from dataclasses import dataclass

from llmviz.core import catalogue
from llmviz.core.history import History
from llmviz.core.spec import RunSpec
from llmviz.core.update import Done
from llmviz.views.reveal import Quiz, Reveal

CLEAR = 0.05  # of a thousand test examples each; two models that are equally good differ by more once in forty times
LARGE = 0.1  # a smaller gain is called small, and both shares are said


@dataclass(frozen=True)
class Terms:
    """What a page calls what it measures.

    Attributes:
        metric: the share by which the two runs are compared, by its name, and `called`, by what a sentence calls it.
        examples, finds: what the runs learn from, and what they come to find: "labelled texts", "names". `finds` is empty where they find
            nothing, for each text has one label.
        bounds: the two shares that divide the answers to choose from.
        baseline: a figure that is no model's, by its name, and `baseline_called`, by what a sentence calls it.
    """

    metric: str
    called: str
    examples: str
    finds: str
    bounds: tuple[float, float]
    baseline: str
    baseline_called: str

    def quiz(self, spec: RunSpec) -> Quiz:
        """The question, for a run from this start."""
        low, high = (f"{100 * bound:.0f}" for bound in self.bounds)
        other = "the model from scratch" if spec.start else "the pretrained model"
        return Quiz(f"what {self.called} will {other} reach on unseen texts?", (f"up to {low}%", f"{low} to {high}%", f"above {high}%"))

    def claim(self, count: int, pretrained: History, scratch: History) -> str:
        """What the same labels came to with and without pretraining, as the title of a page; a question before both are measured."""
        higher, lower = self._share(pretrained), self._share(scratch)
        if higher is None or lower is None:
            return (
                f"How many {self.finds} do {count:,} {self.examples} teach it to find?"
                if self.finds
                else f"How far do {count:,} {self.examples} go?"
            )
        better = f"find more {self.finds}" if self.finds else "go further"
        if CLEAR <= higher - lower < LARGE:
            return f"{count:,} {self.examples} come to {higher:.0%} {self.called} after pretraining, {lower:.0%} without: a small gain"
        if higher - lower >= LARGE:
            return f"{count:,} {self.examples} {better} after pretraining"
        if lower - higher >= CLEAR:
            return f"Here {count:,} {self.examples} {better} without pretraining"
        return f"With {count:,} {self.examples}, pretraining makes little difference here"

    def shortfall(self, spec: RunSpec, ours: History) -> str:
        """That this run ended below the best of its experiment's baselines, and both figures; empty where it did not."""
        experiment, share = catalogue.experiment(spec.stage), self._share(ours)
        if share is None or not isinstance(ours.end, Done):
            return ""
        bound = experiment.metric(self.metric).bound
        known = {name: ours.end.metrics[key] for key, (name, _) in experiment.baselines.items() if key != bound and key in ours.end.metrics}
        best = max(known, key=known.__getitem__, default="")
        if not best or round(100 * share) >= round(100 * known[best]):
            return ""
        return f"{spec.objective.labels:,} {self.examples} come to {share:.0%} {self.called}, below “{best}” with {known[best]:.0%}"

    def outcome(self, ours: History, other: History) -> Reveal | None:
        """Where the other run ended on test examples, beside this one and the baseline; None where it has not been measured."""
        share = self._share(other)
        if share is None:
            return None
        beside, known = self._share(ours), other.end.metrics.get(self.baseline) if isinstance(other.end, Done) else None
        story = f"Its {self.called} on test texts is {share:.0%}"
        story += f", that of the model of this page {beside:.0%}" if beside is not None else ""
        story += f"; {self.baseline_called} comes to {known:.0%}." if known is not None else "."
        return Reveal(sum(share > bound for bound in self.bounds), story)

    def _share(self, history: History) -> float | None:
        return history.end.metrics.get(self.metric) if isinstance(history.end, Done) else None
