import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from llmviz import RunSpec, train
from llmviz.__main__ import spec_of
from llmviz.core.checkpoint import Checkpoint
from llmviz.core.recorded import RECORDED
from llmviz.core.run import parse
from llmviz.core.settings import TextSpec
from llmviz.core.spec import NO_PARENT, preset, starting_from
from llmviz.core.update import Begin, Done
from llmviz.runs import learning_curves
from llmviz.runs.store import Store
from tests.listed import listed
from tests.roles import ENTRIES, REWARD
from tests.runs.conftest import attempt_at, until
from tests.runs.fake import spec

# The command line as it is, with the tiny workshop in the place of torch.
PROGRAM = "from llmviz.runs import worker; from tests.runs.fake import Fake; worker.Real = Fake; from llmviz.__main__ import main; main()"

KNOWING = (
    f"import pytest; from tests.listed import listed; from tests.roles import ENTRIES; listed(pytest.MonkeyPatch(), *ENTRIES); {PROGRAM}"
)


def start(home: Path, *arguments: str, columns: int = 160, program: str = PROGRAM, **more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "LLMVIZ_HOME": str(home), "PYTHONUTF8": "1", "COLUMNS": str(columns), **more}
    command = [sys.executable, "-c", program, *arguments]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, env=environment, text=True, encoding="utf-8", **pipes)  # type: ignore[call-overload, no-any-return]


def call(home: Path, *arguments: str, columns: int = 160, program: str = PROGRAM, **more: str) -> tuple[int, str, str]:
    process = start(home, *arguments, columns=columns, program=program, **more)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_train_list_show_export_delete(store: Store) -> None:
    home = store.home
    code, out, _ = call(home, "train", "mlm", "--steps", "30", "--clip", "0", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert sum(line["type"] == "step" for line in lines) == 30
    last = lines[-1]
    assert last["type"] == "done"
    assert {"run", "metrics", "seconds"} <= set(last)
    run = parse(last["run"])
    assert store.folder(run).spec().train.steps == 30
    short = run.id[:8]
    code, listed, _ = call(home, "runs", "list", columns=80)
    assert (code, listed.count(run.id[:12] + "-1"), max(map(len, listed.splitlines())) <= 80) == (0, 1, True)
    assert f"{last['metrics']['loss']:.3f}" in listed
    assert "done" in call(home, "runs", "show", short)[1]
    assert call(home, "export", short, str(home / "out"))[0] == 0
    assert (home / "out" / "model.safetensors").exists()
    assert call(home, "record", short, "--to", str(home / "recorded"))[0] == 0
    assert (home / "recorded" / "answers" / "0.npz").exists()
    assert call(home, "record", short, "--curve", "--to", str(home))[0] == 0
    assert [learning_curve.spec.id for learning_curve in learning_curves.read(home)] == [run.id]
    code, out, err = call(home, "train", "mlm", "--parent", short, "--steps", "10", "--json")
    assert (code, err.count("Traceback")) == (0, 0)
    child = json.loads(out.splitlines()[-1])["run"]
    assert call(home, "runs", "delete", short)[0] == 1  # asked, and nobody says yes
    assert call(home, "runs", "show", short)[0] == 0
    code, _, err = call(home, "runs", "delete", short, "--yes")
    assert code == 2 and child[:12] in err and "delete those first" in err
    assert call(home, "runs", "delete", child, "--yes")[0] == 0
    assert call(home, "runs", "delete", short, "--yes")[0] == 0
    assert call(home, "runs", "show", short)[0] == 2


@pytest.mark.parametrize("text", ["tinyland", "reviews"])
def test_without_a_parent_it_trains_what_the_page_does(store: Store, text: str) -> None:
    assert spec_of(store, "sentiment", None, {"text": text}) == preset("sentiment", TextSpec(text))
    assert spec_of(store, "sentiment", NO_PARENT, {"text": text, "labels": 4}).lineage[0].stage == "sentiment"


def test_a_closing_table(tmp_path: Path) -> None:
    code, out, _ = call(tmp_path, "train", "mlm", "--steps", "10", "--clip", "0")
    assert code == 0
    assert "loss on held-out text" in out
    assert "25.0%" in out
    assert "0.500 nats" in out  # the floor beside the loss


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "nonsense"),
        ("train",),
        ("train", "mlm", "--steps", "0"),
        ("train", "mlm", "--labels", "16"),
        ("train", "mlm", "--text", "../x"),
        ("train", "mlm", "--parent", "abcdef"),
        ("train", "mlm", "--resume", "abcdef"),
        ("runs", "show", "../../etc/passwd"),
        ("runs", "delete", "abcdef"),
        ("record", "abc"),
        ("export", "abcdef", "out"),
        ("runs", "import", "pyproject.toml"),
        ("runs", "import", "there/is/none.zip"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, err = call(tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    code, _, err = call(tmp_path / "file", "train", "mlm", "--steps", "5")
    assert code == 2
    assert "cannot be written" in err and "LLMVIZ_HOME" in err
    assert len(err.splitlines()) == 1
    assert call(tmp_path / "file", "runs", "list")[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to one process there")
def test_ctrl_c_keeps_a_checkpoint_and_says_how_to_go_on(store: Store) -> None:
    process = start(store.home, "train", "mlm", "--steps", "400", "--clip", "2", "--json")
    assert process.stdout
    until(lambda: '"step"' in process.stdout.readline())  # type: ignore[union-attr]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["type"] == "stopped"
    (run,) = store.runs()
    assert f"--resume {run.id[:12]}-1" in err.replace("\n", " ")
    code, out, _ = call(store.home, "train", "--resume", run.id[:12], "--json")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["run"] == run.key
    assert "is done" in call(store.home, "train", "--resume", run.id[:12])[2]


def test_a_recording_is_named_as_a_run_is(tmp_path: Path) -> None:
    name, spec = next((name, spec) for name, spec in RECORDED.items() if spec.stage == "mlm" and not spec.parent)
    for run in (name, spec.id[:12], f"{spec.id[:12]}-0"):
        code, shown, err = call(tmp_path, "runs", "show", run)
        assert code == 0, err
        assert spec.id in shown and "recorded" in shown
    assert name in call(tmp_path, "runs", "list")[1]
    assert call(tmp_path, "export", name, str(tmp_path / "out"))[0] == 0
    assert (tmp_path / "out" / "model.safetensors").exists()
    assert spec_of(Store(tmp_path), "sentiment", name, {}).parent == spec
    assert "cannot be deleted" in call(tmp_path, "runs", "delete", name, "--yes")[2]
    assert "only watched" in call(tmp_path, "train", "--resume", spec.id[:12])[2]


def test_a_parent_of_another_text_is_warned_of(tmp_path: Path, home: Path) -> None:
    with suppress(OSError):  # of Windows, which may forbid the link: to prepare the speeches anew takes ten seconds
        (tmp_path / "texts").symlink_to(home / "texts", target_is_directory=True)
    assert call(tmp_path, "train", "mlm", "--steps", "5", "--json")[0] == 0
    (parent,) = Store(tmp_path).runs()
    code, _, err = call(tmp_path, "train", "mlm", "--parent", parent.id[:12], "--text", "sotu", "--steps", "5", "--json")
    warned = re.match(r"(\d+)% of .* is \[UNK\] to this run: it keeps the vocabulary that its lineage learnt on Tinyland", err)
    assert code == 0 and warned and 30 < int(warned[1]) < 100, err
    assert "UNK" not in call(tmp_path, "train", "mlm", "--parent", parent.id[:12], "--steps", "5", "--json")[2]


ASCII: dict[str, Any] = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}


def test_a_terminal_without_unicode_loses_nothing_but_the_letters(tmp_path: Path) -> None:
    code, out, err = call(tmp_path, "train", "mlm", "--steps", "10", "--clip", "0", **ASCII)
    assert code == 0, err
    assert "Masked tokens ? " in out and "loss on held-out text" in out and "0.500 nats" in out
    (run,) = Store(tmp_path).runs()
    for arguments in (("runs", "list"), ("runs", "show", run.id[:12]), ("train", "--help"), ("export", run.id[:12], str(tmp_path / "to"))):
        code, out, err = call(tmp_path, *arguments, **ASCII)
        assert (code, bool(out), err) == (0, True, "")
    code, _, err = call(tmp_path, "train", "mlm", "--steps", "0", **ASCII)
    assert code == 2 and "Steps" in err and len(err.splitlines()) == 1


def test_json_is_whole_whatever_the_terminal_can_spell() -> None:
    reason = "Mädchen · слово … 😀"
    program = (
        "from llmviz.core.run import RunRef; from llmviz.core.update import Failed; from llmviz.runs import report\n"
        f"with report.json_lines(RunRef('0' * 64, 1)) as show: show(Failed(3, {reason!a}))"
    )
    for more in (ASCII, {"PYTHONIOENCODING": "utf-8"}, {"PYTHONIOENCODING": "latin-1"}):
        told = subprocess.run([sys.executable, "-c", program], env={**os.environ, **more}, capture_output=True, check=True).stdout
        (line,) = told.decode(more["PYTHONIOENCODING"]).splitlines()
        assert json.loads(line) == {"type": "failed", "step": 3, "reason": reason}


def test_a_run_travels_as_a_zip(tmp_path: Path) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "run.zip"
    assert call(here, "train", "mlm", "--steps", "5", "--json")[0] == 0
    (run,) = Store(here).runs()
    assert call(here, "export", run.id[:12], str(file), "--zip")[0] == 0
    assert call(here, "export", run.id[:12], str(file), "--zip")[0] == 2  # it is there already
    program = f"from llmviz.runs import rebuild; rebuild.OURS = 'tests.runs.fake:Fake'; {PROGRAM}"
    code, out, _ = call(there, "runs", "import", str(file), program=program)
    assert (code, out) == (0, f"Imported as {run.id[:12]}-1.\n")
    assert Store(there).runs() == [run]
    assert "here already" in call(there, "runs", "import", str(file), program=program)[2]
    assert "tokenizer.json does not begin with" in call(there, "runs", "import", str(file))[2]  # the fake's is none of ours


def test_importing_us_does_not_import_torch() -> None:
    program = "import sys, llmviz, llmviz.runs.local, llmviz.__main__; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from llmviz.runs import worker
    from tests.runs.fake import Fake, spec

    monkeypatch.setattr(worker, "Real", Fake)
    updates = list(run := train(spec(20), home=tmp_path))
    assert isinstance(updates[0], Begin)
    assert isinstance(updates[-1], Done)
    assert (run.snapshot / "model.safetensors").exists()
    assert RunSpec("mlm") != run.folder.spec()


def test_what_plays_a_role_is_named_as_a_parent_is(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(monkeypatch, *ENTRIES)
    assert spec_of(store, "pleasing", None, {}) == preset("pleasing")
    assert spec_of(store, "pleasing", "mlm", {REWARD: "rule", "steps": 7}).inputs == {
        "start": preset("mlm"),
        REWARD: preset("rule"),
    }
    root = attempt_at(store, spec(20))
    list(root)
    taste = attempt_at(store, RunSpec("taste", starting_from(spec(20)), seed=4))
    list(taste)
    found = spec_of(store, "pleasing", root.run.id[:12], {REWARD: taste.run.id[:12], "seed": 2})
    assert found.inputs == {"start": spec(20), REWARD: taste.folder.spec()} and found.seed == 2
    assert spec_of(store, "pleasing", root.run.id[:12], {}).inputs[REWARD] == RunSpec("taste", starting_from(spec(20)))
    judge = spec_of(store, "pleasing", root.run.id[:12], {REWARD: str(taste.snapshot)}).inputs[REWARD]
    assert isinstance(judge, Checkpoint) and (store.home / "checkpoints" / judge.digest).is_dir()
    with pytest.raises(ValueError, match="has no input named reward"):
        spec_of(store, "mlm", None, {REWARD: "taste"})
    with pytest.raises(ValueError, match="same model"):
        spec_of(store, "pleasing", root.run.id[:12], {"size": "0.3M"})


def test_what_a_run_is_made_from_is_trained_before_it(store: Store) -> None:
    home = store.home
    root = attempt_at(store, spec(20))
    list(root)
    code, out, err = call(home, "train", "tuned", "--parent", root.run.id[:12], "--json", program=KNOWING)
    tuned = json.loads(out.splitlines()[-1])["run"]
    code, out, err = call(home, "train", "pleasing", "--parent", tuned[:12], "--json", program=KNOWING)
    assert code == 0 and err.splitlines() == ["First Taste, which it is made from."]
    ends = [json.loads(line) for line in out.splitlines() if json.loads(line)["type"] == "done"]
    assert len(ends) == 2
    code, out, _ = call(home, "runs", "show", ends[1]["run"][:12], program=KNOWING)
    assert parse(ends[0]["run"]).id in out and parse(tuned).id in out
    code, _, err = call(home, "train", "pleasing", "--parent", tuned[:12], "--steps", "9", "--json", program=KNOWING)
    assert (code, err) == (0, "")  # all of it is here now
    code, _, err = call(home, "runs", "delete", ends[0]["run"][:12], "--yes", program=KNOWING)
    assert code == 2 and ends[1]["run"][:12] in err
