"""How long default runs take: what is measured anew, and what stays."""

import json
import shutil
from pathlib import Path

import pytest

from llmviz.core.spec import RunSpec
from llmviz.runs import seconds
from llmviz.runs.rate import Rate


def test_only_what_is_missing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, measured = tmp_path / "seconds.json", list[str]()
    shutil.copyfile(seconds.FILE, file)
    written = json.loads(file.read_text(encoding="utf-8"))
    before = written.pop("clm-tinyland") and dict(written)
    written["mlm-sotu"]["run"] = "0" * 64  # of a recipe that is no longer the default
    file.write_text(json.dumps(written), encoding="utf-8")

    def trained(spec: RunSpec, each: float) -> Rate:
        measured.append(f"{spec.stage}-{spec.text.name}")
        return Rate(80.0, 10, 0.1, 0.2, whole=99.0)

    monkeypatch.setattr(seconds, "trained", trained)
    told = list(seconds.record(1.0, file, missing=True))
    assert sorted(measured) == ["clm-tinyland", "mlm-sotu"] == sorted(f"{timed.spec.stage}-{timed.spec.text.name}" for timed in told)
    after = json.loads(file.read_text(encoding="utf-8"))
    assert set(after) == set(seconds.defaults())
    assert {name: after[name] for name in before if name != "mlm-sotu"} == {name: before[name] for name in before if name != "mlm-sotu"}
    assert after["clm-tinyland"]["seconds"] == 99.0
