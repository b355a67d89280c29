"""One command for everything: `python3 start.py` opens the app, `python3 start.py test` runs all tests.

Needs Python 3.11 or newer and nothing else. It makes the folder .venv beside this file, installs into it what the requirements name,
once for each change of them, and runs in it. Arguments after the command go on to Streamlit or pytest.
"""

from __future__ import annotations  # an older Python shall get as far as being told so

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
INSTALLED = HOME / "installed.txt"  # a digest of the requirements that are in the folder
MAKER = HOME / "maker.txt"  # the Python that made the folder; with another one it is made anew

# Imports all that the model workers import, and all that the server does.
IMPORTS = ("from llmviz.runs.worker import Real; Real().warm('answer')", "import streamlit.web.bootstrap, llmviz.ui.lesson, llmviz.ui.path")

CHECKS = (
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "ruff", "check", "."),
    ("-m", "tests.javascript"),
    ("-m", "pytest"),
)
# While pytest runs, in the time in which its tests wait for a browser or a worker. In one process: workers of its own, started beside
# pytest on two cores, come up too late for it, and it ends with an internal error.
BESIDE = ("-m", "mypy", "--num-workers", "0")


def main(arguments: list[str]) -> int:
    """Run the app, or with "test" the tests. Returns the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before anything else could check
        return _complain(f"llmviz needs Python 3.11 or newer; this is Python {sys.version_info[0]}.{sys.version_info[1]}.")
    # Many a container asks Python to write no bytecode. Every worker would then compile three thousand modules anew: 24 s of start, not 9.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    testing = arguments[:1] == ["test"]
    if not _install("requirements-dev.txt" if testing else "requirements.txt"):
        return 1
    if testing:
        return _test(arguments[1:])
    command = [str(PYTHON), "-m", "llmviz.ui.serve", "app.py", *arguments]
    if os.name == "posix":
        os.chdir(ROOT)
        os.execv(command[0], command)  # the app takes this process's place, and so gets its signals
    try:
        return subprocess.call(command, cwd=ROOT)
    except KeyboardInterrupt:
        return 0


def _install(requirements: str) -> bool:
    """Bring .venv to what the file names; says so and returns False where that fails."""
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", requirements):
        wanted.update((ROOT / name).read_bytes())
    if INSTALLED.is_file() and wanted.hexdigest() in INSTALLED.read_text().split():
        return True
    print(f"Installing what {requirements} names into .venv: some minutes and 2 GB, once.", flush=True)
    maker = f"{sys.version} {sys.base_prefix}"
    try:
        if not (PYTHON.exists() and MAKER.is_file() and MAKER.read_text(encoding="utf-8") == maker):
            venv.create(HOME, with_pip=True, clear=True, symlinks=os.name != "nt")
            MAKER.write_text(maker, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError) as problem:
        _complain(f"Python could not make .venv ({problem}). On Debian and Ubuntu, install the package python3-venv first.")
        return False
    # Most of these thousands of modules are never imported: those that are compile themselves, the first time here and not for a visitor.
    if subprocess.call([str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile", "-r", requirements], cwd=ROOT):
        _complain(f"pip could not install what {requirements} names; its message is above. The same command goes on from there.")
        return False
    loading = [subprocess.Popen([str(PYTHON), "-c", imports], cwd=ROOT) for imports in IMPORTS]
    if any([process.wait() for process in loading]):
        _complain("What is installed does not load on this machine; why is above.")
        return False
    with INSTALLED.open("a") as file:
        file.write(wanted.hexdigest() + "\n")
    return True


def _test(arguments: list[str]) -> int:
    """Every check, also after one has failed; the status of the first that did."""
    failed: dict[str, int] = {}
    for check in CHECKS[:-1]:
        print(f"\n$ python {' '.join(check)}", flush=True)
        if status := subprocess.call([str(PYTHON), *check], cwd=ROOT):
            failed[" ".join(check[1:])] = status
    print(f"\n$ python {' '.join(BESIDE)} & python {' '.join([*CHECKS[-1], *arguments])}", flush=True)
    give_way = (lambda: os.nice(10)) if os.name == "posix" else None
    beside = subprocess.Popen(
        [str(PYTHON), *BESIDE], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", preexec_fn=give_way
    )
    try:
        if status := subprocess.call([str(PYTHON), *CHECKS[-1], *arguments], cwd=ROOT):
            failed["pytest"] = status
        print(f"\nmypy: {beside.communicate()[0]}", end="", flush=True)  # after pytest, so that their lines do not mix
    finally:
        beside.kill()  # where pytest was interrupted
    if beside.returncode:
        failed["mypy"] = beside.returncode
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return next(iter(failed.values()), 0)


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
