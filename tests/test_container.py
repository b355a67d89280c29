"""The Dockerfile and what goes with it: what they start is started here, on the files that a build would see."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.hostile.client import rerun, visiting

ROOT = Path(__file__).parents[1]
SEEN = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
PATIENCE = 60.0


def instructions(stage: int = -1) -> list[tuple[str, str]]:
    """The last stage's instructions and what each is given."""
    text = re.sub(r"\\\n", "", (ROOT / "Dockerfile").read_text())
    lines = [(match[1], match[2].strip()) for match in re.finditer(r"^([A-Z]+)\s+(.*)$", text, re.MULTILINE)]
    begins = [place for place, (word, _) in enumerate(lines) if word == "FROM"]
    return lines[begins[stage] :]


def given(word: str) -> str:
    """What the last instruction of this kind in the last stage says."""
    return [said for name, said in instructions() if name == word][-1]


def environment() -> dict[str, str]:
    return dict(each.split("=", 1) for each in shlex.split(given("ENV")))


@pytest.mark.skipif(os.name != "posix", reason="a container's command is one of a shell")
def test_what_a_build_sees_is_enough_and_its_health_is_told(tmp_path: Path) -> None:
    place, home = tmp_path / "app", tmp_path / "data"
    place.mkdir()
    for name in SEEN:
        (place / name).symlink_to(ROOT / name)
    (place / ".venv").symlink_to(sys.prefix)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    around = os.environ | environment() | {"PORT": str(port), "LLMVIZ_HOME": str(home)}
    health = given("HEALTHCHECK").partition("CMD ")[2]

    def healthy() -> bool:
        return not subprocess.run(["sh", "-c", health], cwd=place, env=around, stderr=subprocess.DEVNULL).returncode

    server = subprocess.Popen(
        ["sh", "-c", given("CMD")], cwd=place, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + PATIENCE
        while not healthy():
            assert server.poll() is None and time.monotonic() < end
            time.sleep(0.2)
        with visiting(f"localhost:{port}") as opened:
            for page in ("start", "masked-tokens"):
                assert rerun(opened, page)
    finally:
        server.terminate()
        _, said = server.communicate(timeout=20)
    assert not healthy()
    assert '"event": "start"' in said and '"hosted": true' in said
    assert '"error"' not in said


def test_it_runs_as_nobody_in_particular_and_keeps_its_runs_in_the_volume() -> None:
    assert given("USER").isdecimal() and int(given("USER")) > 0
    assert f"--uid {given('USER')} " in given("RUN")
    assert environment()["LLMVIZ_HOSTED"] == "1"
    assert environment()["LLMVIZ_HOME"] == given("VOLUME")
    assert environment()["PORT"] == given("EXPOSE")
    built = dict(instructions(0)[: -len(instructions())])
    assert "python3 start.py install" in built["RUN"] and "pip install" not in built["RUN"], "by the locks, and nothing else"


def test_the_file_for_render_says_the_same() -> None:
    [service] = yaml.safe_load((ROOT / "render.yaml").read_text())["services"]
    assert service["runtime"] == "docker"
    assert service["disk"]["mountPath"] == given("VOLUME")
    assert service["healthCheckPath"] in given("HEALTHCHECK")
    assert {each["key"] for each in service["envVars"]} == {"LLMVIZ_HOSTS", "LLMVIZ_WORKERS", "PIP_EXTRA_INDEX_URL"}
