"""The command line: train, runs, check, record, export. `python -m llmviz --help`."""

import inspect
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, TypeGuard

import typer
from rich.console import Console

from llmviz.core import catalogue
from llmviz.core.address import change, entries
from llmviz.core.home import home
from llmviz.core.recorded import RECORDED
from llmviz.core.run import RunRef
from llmviz.core.settings import TextSpec
from llmviz.core.spec import NO_PARENT, RunSpec, begun, others, playing, preset, restarted
from llmviz.core.texts import TEXTS
from llmviz.core.update import Failed, Stopped, Update
from llmviz.runs import check as machine
from llmviz.runs import checkpoints, learning_curves, report, seconds
from llmviz.runs.attempt import Attempt, sentence
from llmviz.runs.export import PRECISION, export_checkpoint
from llmviz.runs.export import export as export_run
from llmviz.runs.library import Library, named, take_in
from llmviz.runs.parcel import pack
from llmviz.runs.record import MOST_BYTES, MOST_OF_A_LARGER_MODEL, record_text_answers
from llmviz.runs.record import record as record_run
from llmviz.runs.recordings import HERE, READ_ONLY, STAYS, TEXT_ANSWERS, Recordings
from llmviz.runs.store import Store, short
from llmviz.text.store import BOUNDS, CAME_WITH
from llmviz.text.store import record as record_kept

BAD_INPUT, BROKEN_OFF = 2, 130
app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
runs = typer.Typer(help="List, show and delete the runs of this machine.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(runs, name="runs")

RunName = Annotated[str, typer.Argument(help="A run's key, or its beginning: at least 6 digits; or a recording's name.")]


def train(stage: str | None, parent: str | None, resume: str | None, as_json: bool, **settings: Any) -> None:
    """Train a stage, first what it is made from where that is not here, or let a run that stopped go on; and show how it does."""
    from llmviz.runs import worker  # imports here: only who trains waits for torch

    store = Store(home())
    given = {name: value for name, value in settings.items() if value is not None}
    if resume:
        if stage or parent or given:
            raise ValueError("a run that goes on keeps its settings: give --resume alone")
        _follow(worker.resume(_own(store, resume, READ_ONLY)), as_json)
    elif stage:
        spec = spec_of(store, stage, parent, given)
        if spec.lineage[0].text != spec.text:
            report.vocabulary(spec, worker.unknown(spec))
        very = [named(store, Recordings(), name)[0] for name in (parent, *map(given.get, roles())) if _names_a_run(name)]
        for each in Library(store, Recordings()).before(spec, very):
            print(f"First {catalogue.experiment(each.stage).title}, which it is made from.", file=sys.stderr)
            _follow(worker.train(each), as_json)
        _follow(worker.train(spec, named=very), as_json)
    else:
        raise ValueError(f"say what to train: {', '.join(catalogue.BY_NAME)}; or --resume RUN")


def _follow(attempt: Attempt, as_json: bool) -> None:
    """Train to the end, or until Ctrl-C, and show it."""
    wish_to_end = _end_between_updates()
    last: Update | None = None
    with report.json_lines(attempt.run) if as_json else report.progress(attempt.run, attempt.folder.spec()) as show:
        for last in attempt:
            show(last)
            if wish_to_end() and attempt.settled:
                last = attempt.stop("stopped by hand") or last
                show(last)
                break
    match last:
        case Stopped():
            Console(stderr=True).print(f"Stopped after {last.step} steps. Go on with: python -m llmviz train --resume {short(attempt.run)}")
            raise typer.Exit(BROKEN_OFF)
        case Failed():
            print(last.reason, file=sys.stderr)
            raise typer.Exit(1)


def spec_of(store: Store, stage: str, parent: str | None, given: dict[str, Any]) -> RunSpec:
    """The spec of these settings. A child takes its parent's text and model where nothing else is said; without one, the page's default.

    A folder as parent, or in another role, is a checkpoint, and is kept.
    """
    given = dict(given)
    played = {role: given.pop(role) for role in roles() if role in given}
    spec = _begun(store, stage, parent, given)
    for role, name in played.items():
        if name in (*catalogue.BY_NAME, NO_PARENT):
            spec = playing(spec, role, name)
        else:
            plays = checkpoints.keep(store.home, Path(name)) if Path(name).is_dir() else named(store, Recordings(), name)[1].spec()
            spec = replace(spec, inputs={**spec.inputs, role: plays})
    return spec


def _names_a_run(name: str | None) -> TypeGuard[str]:
    """Whether an input is one run, neither the default run of a stage nor a folder."""
    return bool(name) and name not in (*catalogue.BY_NAME, NO_PARENT) and not Path(str(name)).is_dir()


def _begun(store: Store, stage: str, parent: str | None, given: dict[str, Any]) -> RunSpec:
    """The same, with what its page has in every role but that of the start."""
    if "labels" in given and "labels" not in {entry.name for entry in entries(preset(stage))}:
        raise ValueError(f"{stage} takes no --labels: the text itself says what is right")
    text = TextSpec(given.get("text", catalogue.experiment(stage).usual_text))
    if not parent or parent in (*catalogue.BY_NAME, NO_PARENT):
        return change(preset(stage, text, parent or ""), given)
    if Path(parent).is_dir():
        return change(begun(stage, checkpoints.keep(store.home, Path(parent)), text), given)
    root = named(store, Recordings(), parent)[1].spec()
    spec = change(begun(stage, root, root.text), given)
    return replace(spec, inputs=restarted(spec, root).inputs)


def _own(store: Store, run: str, refusal: str) -> RunRef:
    """The run of this machine that a person means; a recording is refused with its own sentence."""
    try:
        return store.match(run)
    except ValueError:
        if named(store, Recordings(), run)[0].recorded:
            raise ValueError(refusal) from None
        raise


def _end_between_updates() -> Callable[[], bool]:
    """Whether Ctrl-C was pressed: the step under way ends first, so that there is something whole to keep. A second one ends at once."""
    pressed = False

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, press)
    return lambda: pressed


def roles() -> list[str]:
    """The roles of inputs in any stage, but that of the start."""
    return list(dict.fromkeys(role for entry in catalogue.BY_NAME.values() for role in others(entry.inputs)))


def _signature() -> inspect.Signature:
    """The options of `train`: its own, and one for each setting of any stage, as the setting's field describes it."""
    option = inspect.Parameter.KEYWORD_ONLY
    parameters = {
        "stage": (str | None, typer.Argument(help=f"What to train: {', '.join(catalogue.BY_NAME)}.")),
        "parent": (str | None, typer.Option(help="What it starts from: a run, a stage's default run, a folder with a model, or none.")),
        **{role: (str | None, typer.Option(help=f"Its {role}, named as a parent is, where a stage has one.")) for role in roles()},
        "resume": (str | None, typer.Option(help="Let this run go on instead.")),
        "labels": (int | None, typer.Option(help="How many labelled examples it learns from, where a stage has labels.")),
        "as_json": (bool, typer.Option("--json", help="Print one update per line.")),
    }
    for name in catalogue.BY_NAME:
        for entry in entries(preset(name)):
            setting = entry.setting
            numbers = f"{setting.low:.10g} … {setting.high:.10g}"
            limits = ", ".join(setting.choices) or (f"at most {setting.letters} letters" if setting.letters else numbers)
            help = typer.Option(help=f"{setting.help} ({limits})", show_default=False)
            parameters.setdefault(entry.name, (type(entry.value) | None, help))
    listed = [
        inspect.Parameter(name, option, default=False if kind is bool else None, annotation=Annotated[kind, help])
        for name, (kind, help) in parameters.items()
    ]
    return inspect.Signature(listed)


train.__signature__ = _signature()  # type: ignore[attr-defined] # every function takes one
train.__annotations__ = {name: parameter.annotation for name, parameter in _signature().parameters.items()}
app.command()(train)


@runs.command("list")
def list_runs() -> None:
    """Every run of this machine, the newest first, and what recordings came with the program."""
    library = Library(Store(home()), Recordings())
    report.listing(library.shelf(), library.recordings.names())


@runs.command()
def show(run: RunName) -> None:
    """What a run trained, where it stands and what it measured."""
    library = Library(Store(home()), Recordings())
    found, folder = named(library.store, library.recordings, run)
    report.one(found, folder, library.place(found).status(found))


@runs.command()
def delete(run: RunName, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete a run for good."""
    store = Store(home())
    found = _own(store, run, STAYS)
    if not yes:
        typer.confirm(f"Delete {short(found)}, {store.folder(found).size() / 1e6:.1f} MB, for good?", abort=True)
    store.delete(found)
    print(f"Deleted {short(found)}.")


@runs.command("import")
def import_run(file: Annotated[Path, typer.Argument(help="A zip that `export --zip` or the Lab book wrote.")]) -> None:
    """Take in a run from another machine, as a new attempt at its settings."""
    with file.open("rb") as opened:
        print(f"Imported as {short(take_in(Store(home()), opened))}.")


@app.command()
def record(
    run: RunName,
    to: Annotated[Path | None, typer.Option(help="The folder to write; by default that of the program's own recordings.")] = None,
    megabytes: Annotated[float, typer.Option(min=0.1, max=MOST_BYTES / 1e6, help="The most it takes; all together have 40.")] = MOST_BYTES
    / 1e6,
    eight_bits: Annotated[bool, typer.Option("--eight-bits", help="Keep matrices in eight bits: for a larger model, 8 MB.")] = False,
    only_curve: Annotated[bool, typer.Option("--curve", help="Keep its curves and figures alone, for a band over seeds.")] = False,
) -> None:
    """Make a recording of a run that is done: with as many of its snapshots as fit."""
    _, folder = named(Store(home()), Recordings(), run)
    if only_curve:
        print(f"{learning_curves.keep(to or HERE, folder)} runs have their learning curve in {(to or HERE) / learning_curves.FILE}.")
        return
    spec = folder.spec()
    name = next((name for name, recorded in RECORDED.items() if recorded == spec), None)
    if not to and not name:
        raise ValueError("the program comes with no recording of these settings; say where to write it with --to")
    from llmviz.runs import worker  # here: only a whole recording waits for torch

    to = to or HERE / str(name)
    most = MOST_OF_A_LARGER_MODEL if eight_bits else round(1e6 * megabytes)
    kept = record_run(folder, to, worker.Real().answer, most, eight_bits)
    print(f"Recorded in {to} with {len(kept)} snapshots.")


@app.command()
def check(
    port: Annotated[int, typer.Option(help="The port that the app shall listen on.")] = machine.PORT,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Look for what is missing, train for three seconds, and say how long each default run takes here and how many students it bears."""
    with Console(stderr=True).status("training for three seconds"):
        found = machine.check(port=port)
    if as_json:
        print(json.dumps(machine.as_json(found), indent=1))
    else:
        report.checked(found)
    if not found.good:
        raise typer.Exit(1)


@app.command()
def record_seconds(
    each: Annotated[float, typer.Option(min=1, help="Seconds of training to measure, for each.")] = 4.0,
    missing: Annotated[bool, typer.Option("--missing", help="Only those that are not measured yet.")] = False,
) -> None:
    """Measure how long the default runs take and keep it with the program, for `check`; for when a recipe has changed. Ten minutes."""
    for timed in seconds.record(each, missing=missing):
        print(f"{timed.spec.stage} {timed.spec.text.name}: {timed.seconds:.1f} s at {timed.gflops:.0f} GFLOP/s")


@app.command()
def record_texts() -> None:
    """Learn the vocabularies that come with the program, and measure them; for when a text has changed or how one is learnt."""
    from llmviz.runs import worker

    print(f"{record_text_answers(HERE / TEXT_ANSWERS, worker.Real().answer)} answers about texts are in {HERE / TEXT_ANSWERS}.")


@app.command()
def record_bounds() -> None:
    """Keep the lines that this machine has worked out for its runs with the program, so that no other has to; for the default runs."""
    print(f"{record_kept(BOUNDS, (text.digest for text in TEXTS.values()))} of them are in {CAME_WITH}.")


@app.command()
def export(
    run: RunName,
    to: Annotated[Path, typer.Argument(help="A new or empty folder; with --zip a new file.")],
    as_zip: Annotated[bool, typer.Option("--zip", help="The whole run, for `runs import` on another machine.")] = False,
) -> None:
    """Write a run's newest weights, which `from_pretrained` reads, and its history as CSV and JSON; of a checkpoint its files."""
    if not as_zip and (kept := checkpoints.named(home(), run)):
        export_checkpoint(kept, to)
        print(f"Exported to {to}.")
        return
    _, folder = named(Store(home()), Recordings(), run)
    if as_zip:
        with to.open("xb") as file:
            pack(folder, file)
    else:
        export_run(folder, to)
    print(f"Exported to {to}." + ("" if as_zip else f" {PRECISION}"))


def main() -> None:
    """Run the command line; a refusal is one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no "·" shows "?" there; a finished run is not lost for it
    try:
        app()
    except (ValueError, OSError) as problem:
        print(sentence(problem), file=sys.stderr)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        print("Broken off.", file=sys.stderr)
        sys.exit(BROKEN_OFF)


if __name__ == "__main__":
    main()
