"""The lecture's two lists, what each phase is good for: each entry one sentence with a measured figure. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from llmviz.core import address, catalogue, costs
from llmviz.core.experiment import PRETRAINING
from llmviz.core.spec import RunSpec, preset, seedless
from llmviz.core.texts import TEXTS
from llmviz.experiments.side_by_side.case_view import Case, Run
from llmviz.experiments.side_by_side.view import NO_RUN, WITHHELD, carried, different, listed, lost, missing, prose, share, worth
from llmviz.parts.table.payload import Bit, Cell, Table
from llmviz.views import records, words
from llmviz.views.methods import billions
from llmviz.views.records import Recipe
from llmviz.views.tables import bit, cell, opening

SCOREBOARD, OWN, CONTINUAL = "scoreboard", "own", "continual"
SCALE = "scale"  # the place of its page
SHARE = 0.9  # of the final figure, to say how soon a run comes near it
NO_PROBE = "Nothing asks for it on this text: choose a model of Tinyland above."


def pretraining(case: Case, visit: int = 0, withheld: bool = False) -> Table:
    """The list of pretraining. What answers the page's question may be `withheld`."""
    entries = {
        "broad understanding": _broad(case.root),
        "large, diverse data": _large(case),
        "knowledge base": _facts(case.root),
        "transfer": _transfer(case),
        "high initial cost": _high(case),
        "scalable with continual learning": _continual(case),
        "benchmarks": _benchmarks(case),
        "flexible": cell(*carried(case)),
    }
    return _listed("pretraining", entries, visit, ("large, diverse data", "high initial cost") if withheld else ())


def fine_tuning(case: Case, visit: int = 0, withheld: bool = False) -> Table:
    """The list of fine-tuning."""
    run = case.tuned
    entries = {
        "task adaptation": _adapted(run) if run else missing(case),
        "small, targeted data": _small(case, run) if run else NO_RUN,
        "rapid specialisation": _rapid(run) if run else NO_RUN,
        "quick learning from few examples": _few(case, run) if run else NO_RUN,
        "lower cost": _lower(case, run) if run else NO_RUN,
        "customisable to current data": _own(case),
        "task performance": _performance(run) if run else NO_RUN,
        "niche use": _niche(case, run) if run else NO_RUN,
    }
    return _listed("fine-tuning", entries, visit, ("small, targeted data", "lower cost") if withheld else ())


def _listed(phase: str, entries: Mapping[str, Cell], visit: int, withheld: Sequence[str]) -> Table:
    shown = {name: [cell(WITHHELD, faint=True) if name in withheld else each] for name, each in entries.items()}
    return prose(f"What {phase} is good for", (phase,), shown, visit)


def _broad(root: Run) -> Cell:
    preferred = [metric for metric in root.probes if metric.chance is not None]
    if not preferred:
        return cell(NO_PROBE, faint=True)
    return cell("Of two texts it finds the right one likelier: ", root.link(listed(root, preferred)), ". Chance is 50 %.")


def _large(case: Case) -> Cell:
    root, text = case.root, TEXTS[case.root.spec.text.name]
    buys = bit("What more of it, and more different text, buys", SCALE)
    read = root.link(words.counted(root.history.tokens, "token"))
    return cell(read, f" of {text.title}. ", buys, ".", more=[text.about, different(case)])


def _facts(root: Run) -> Cell:
    known = [metric for metric in root.probes if metric.chance is None]
    if not known:
        return cell(NO_PROBE, faint=True)
    return cell("Asked for facts that its text tells: ", root.link(listed(root, known)), ".")


def _transfer(case: Case) -> Cell:
    run, other = case.tuned, case.scratch
    if run is None:
        return missing(case)
    metric = run.headline
    lead = f"With the same {words.counted(run.labels, 'label')}, {metric.title}: " if run.labels else f"{metric.title}: "
    here = run.link(f"{run.said(metric)} from this model")
    if other is None:
        page = bit("its page", run.experiment.lesson.page)
        return cell(lead, here, "; from random weights nobody has trained it yet. On ", page, " press Train from scratch too.")
    return cell(lead, here, ", ", other.link(f"{other.said(metric)} from random weights"), ".")


def _high(case: Case) -> Cell:
    root, run = case.root, case.tuned
    cost = f"{billions(root.flops)} FLOPs, {_time(root)}" if root.flops else _time(root)
    if run is None or not run.history.seconds:
        return cell(root.link(cost), ", once.")
    times = [f"{_times(root.flops / run.flops)} times as many FLOPs"] if root.flops and run.flops else []
    times.append(f"{_times(root.history.seconds / run.history.seconds)} times as long")
    return cell(root.link(cost), f", once: {' and '.join(times)} as fine-tuning took.".replace("FLOPs and", "FLOPs, and"))


def _time(run: Run) -> str:
    return words.duration(run.history.seconds)


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _continual(case: Case) -> Cell:
    """Pretraining that goes on from what was pretrained before, where a run has done so: what it costs the text read before."""
    if read_on := _read_on(case):
        run, now = read_on
        old, before = now.experiment.metric("old_loss"), case.root.figure("loss")
        losses = f"{old.title} {now.said(old)}{f', {words.measured(before, old.unit)} before' if before is not None else ''}"
        again = _read_on(case, replay=True)
        remedy: list[Bit | str] = ["; with replay ", opening(again[1].said(old), again[0])] if again else []
        new = f"{now.experiment.headline.title} {now.said(now.experiment.headline)}"
        return cell("Pretrained further on a newer text: ", opening(new, run), f"; {losses}", *remedy, ".")
    went_on = [recipe for recipe in case.found if _goes_on(recipe) and recipe.opened]
    if not went_on:
        page = bit(_name(CONTINUAL), catalogue.experiment(CONTINUAL).lesson.page)
        return cell("Not measured here yet: no run pretrains this model further. On ", page, " press Train live.")
    run = went_on[0]
    on, headline = TEXTS[run.spec.text.name].title, Run(run).experiment.headline
    return cell("Pretrained further on ", Run(run).link(f"{on}: {headline.title} {Run(run).said(headline)}"), ".")


def _name(stage: str) -> str:
    return catalogue.experiment(stage).title


def _read_on(case: Case, replay: bool = False) -> tuple[Recipe, Run] | None:
    """The run that starts from this root and reads a newer text, in which one fact has changed, as its page does; perhaps with replay."""
    usual = preset(CONTINUAL)
    wanted = CONTINUAL, replace(usual.objective, replay=float(replay)), usual.train
    for recipe in records.children(case.root.recipe, case.found):
        if (recipe.spec.stage, recipe.spec.objective, recipe.spec.train) == wanted and recipe.opened:
            return recipe, Run(recipe)
    return None


def _goes_on(recipe: Recipe) -> bool:
    return recipe.spec.start is not None and catalogue.experiment(recipe.spec.stage).phase == PRETRAINING


def _benchmarks(case: Case) -> Cell:
    text = case.root.spec.text
    there = [recipe for recipe in case.found if recipe.spec.text == text]
    board = bit("the scoreboard", SCOREBOARD)
    return cell("One table holds ", f"{words.counted(len(there), 'model')} of {TEXTS[text.name].title} against each other: ", board, ".")


def _adapted(run: Run) -> Cell:
    values = run.validated.values
    if len(values) < 2:
        return cell(run.link(f"{run.headline.title} {run.said(run.headline)}"), ".")
    first, last = (words.measured(value, run.headline.unit) for value in (values[0], values[-1]))
    return cell(f"{run.headline.title}: {first} before its first step, ", run.link(last), " after its last. On validation data.")


def _small(case: Case, run: Run) -> Cell:
    read, before = run.history.tokens, case.root.history.tokens
    part = f", {share(read, before)} of what pretraining read" if before else ""
    return cell(run.link(words.counted(run.labels, "label")), f" and {words.counted(read, 'token')}{part}.")


def _rapid(run: Run) -> Cell:
    found = near(run)
    if found is None:
        return cell("Its figure did not rise on validation data, so there is nothing to come near.", faint=True)
    if not found:
        return cell("It is within a tenth of its final figure before the first step: here it hardly learns.", faint=True)
    part = words.figure(SHARE, "%")
    steps = f"{found:,} of {words.counted(run.spec.train.steps, 'step')}"
    return cell(f"{part} of its final figure after ", run.link(steps), f"; all of them took {_time(run)}.")


def near(run: Run) -> int | None:
    """The step from which on its headline figure stays at nine tenths of the last; None for one that did not rise."""
    curve = run.validated
    if not curve.values or curve.values[-1] <= curve.values[0]:
        return None
    below = [place for place, value in enumerate(curve.values) if value < SHARE * curve.values[-1]]
    return curve.steps[below[-1] + 1] if below else curve.steps[0]


def _few(case: Case, run: Run) -> Cell:
    """What the fewest labels that were tried come to, learnt as in the run of the page, with pretraining and without."""
    children = [recipe for recipe in records.children(case.root.recipe, case.found) if recipe.opened]
    tried = [recipe for recipe in children if _alike(recipe.spec, run.spec)]
    fewest = min(tried, key=lambda recipe: costs.labels(recipe.spec))
    least, other = Run(fewest), records.scratch(fewest, case.found)
    said: list[Bit | str] = [
        f"With {words.counted(least.labels, 'label')}, the fewest tried here: ",
        least.link(least.said(least.headline)),
    ]
    if other and other.opened:
        said += ["; from scratch ", opening(Run(other).said(least.headline), other)]
    return cell(*said, ".")


def _alike(one: RunSpec, other: RunSpec) -> bool:
    """Whether two runs differ in nothing but their labels and seeds."""
    return one.stage == other.stage and seedless(address.change(one, {"labels": other.objective.labels})) == seedless(other)


def _lower(case: Case, run: Run) -> Cell:
    seconds = f"{_time(run)} against {_time(case.root)}"
    if not (run.flops and case.root.flops):
        return cell(run.link(seconds), " of training.")
    return cell(run.link(f"{share(run.flops, case.root.flops)} of pretraining's FLOPs"), f", {seconds} of training.")


def _own(case: Case) -> Cell:
    """A fact of today, learnt from a text that tells it; and a visitor's own labels."""
    experiment = catalogue.experiment(OWN)
    page = bit(experiment.title, experiment.lesson.page)
    there = [recipe for recipe in case.found if recipe.spec.stage == OWN and recipe.opened]
    said: list[Bit | str] = []
    if read_on := _read_on(case):
        run, now = read_on
        new, kept = (now.experiment.metric(name) for name in ("changed", "kept"))
        fact = opening(f"{new.title} {now.said(new)}", run)
        said += [f"After {words.counted(now.spec.train.steps, 'step')} on a text in which one capital has changed: ", fact]
        said += [f", {kept.title} {now.said(kept)}. "]
    if there:
        return cell(*said, "On a table of one's own, ", *worth(Run(there[0])), " Bring yours to ", page, ".")
    if said:
        return cell(*said, "For a table of your own, see ", page, ".")
    current = bit(_name(CONTINUAL), catalogue.experiment(CONTINUAL).lesson.page)
    return cell("Not measured here yet: press Train live on ", current, ", or bring a table of your own to ", page, " and press it there.")


def _performance(run: Run) -> Cell:
    baselines = {name: run.figure(key) for key, (name, _) in run.experiment.baselines.items() if key not in ("chance", run.headline.bound)}
    beside = [f"{name} {words.measured(value, run.headline.unit)}" for name, value in baselines.items() if value is not None]
    return cell("On held-out data: ", *worth(run), *([f" No model: {', '.join(beside)}."] if beside else []))


def _niche(case: Case, run: Run) -> Cell:
    return cell(run.link("One model for one task"), f": it {run.experiment.exercise}.", more=lost(case, run))
