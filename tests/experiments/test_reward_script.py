"""*Show the code* of the reward model: the script runs alone beside its parent, with the losses of the stage."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from llmviz.core.update import Step
from llmviz.experiments.building import build
from llmviz.models import files
from llmviz.text import own_choices
from llmviz.training.loop import Training
from llmviz.views.script import script
from tests import scripts
from tests.experiments.test_reward import spec, tuned  # noqa: F401 - a fixture
from tests.text.test_own_choices import made


@pytest.mark.parametrize("own", [False, True])
def test_the_script_has_the_losses_of_the_stage(own: bool, tuned: Mapping[int, Path], tmp_path: Path) -> None:  # noqa: F811 - the fixture
    of = spec(choices_digest=own_choices.keep(made(*(1 + place % 2 for place in range(25))))) if own else spec()
    of = replace(of, train=replace(of.train, steps=3))
    (tmp_path / "script.py").write_text(script(of).replace('"test", 1000', '"test", 12'), encoding="utf-8")
    assert f"export {of.parent.id[:12] if of.parent else ''} parent" in scripts.run(tmp_path).refused
    files.load(tuned[10]).save_pretrained(tmp_path / "parent")  # in single precision, as it is exported
    shutil.copy(tuned[10] / "tokenizer.json", tmp_path / "parent")
    ran = scripts.run(tmp_path)
    assert not ran.refused
    told = [float(line.split()[-1]) for line in ran.printed.splitlines() if line.startswith("step")]
    losses = [update.loss for update in Training(build(of, tuned[10]), of.train).updates() if isinstance(update, Step)]
    assert told == pytest.approx(losses, abs=2e-4) and len(told) == 3
    assert "preferences told" in ran.printed and json.loads((tmp_path / "reward/config.json").read_text())["architectures"]
