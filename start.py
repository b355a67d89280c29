"""One command for everything: `python3 start.py` opens the app, `python3 start.py test` runs all tests.

Needs Python 3.11 or newer and nothing else. It makes the folder .venv beside this file, installs into it exactly what the files in locks/
pin, once for each change of them, and runs in it. Arguments after the command go on to Streamlit or pytest. `python3 start.py install`
does no more than that, `python3 start.py install real` adds a model trained elsewhere, `install trl` what one test compares with;
`python3 start.py lock` pins anew.
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
INSTALLED = HOME / "installed.txt"  # the locks that are in the folder
MAKER = HOME / "maker.txt"  # the Python that made the folder, and a digest of all locks; with another one it is made anew
LOCKS = ROOT / "locks"
EXTRAS = ("real", "trl")  # locks that are installed where they are named, and only there
APART = ("trl",)  # of these, into a folder of .venv that nothing looks into by itself: with pandas in reach, every worker would load it
# Nothing is installed but what a lock names: no dependency that it leaves out, and no file without one of its hashes. From source comes
# seqeval alone, built by what build.lock pins. Most of these thousands of modules are never imported: they are compiled by who does.
PIP = ("-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:")
FROM_SOURCE = ("--no-binary=seqeval", "--no-build-isolation", "--use-pep517")

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
    word = arguments[0] if arguments else ""
    extras = arguments[1:] if word == "install" else []
    if unknown := sorted(set(extras) - set(EXTRAS)):
        return _complain(f"There is nothing to install that is called {unknown[0]}; there is {', '.join(EXTRAS)}.")
    if not _install("app", *(("dev",) if word in ("test", "lock") else extras)):
        return 1
    if word == "install":
        return 0
    if word == "test":
        return _test(arguments[1:])
    if word == "lock":
        return subprocess.call([str(PYTHON), str(LOCKS / "make.py"), *arguments[1:]], cwd=ROOT)
    command = [str(PYTHON), "-m", "llmviz.ui.serve", "app.py", *arguments]
    if os.name == "posix":
        os.chdir(ROOT)
        os.execv(command[0], command)  # the app takes this process's place, and so gets its signals
    try:
        return subprocess.call(command, cwd=ROOT)
    except KeyboardInterrupt:
        return 0


def _install(*locks: str) -> bool:
    """Bring .venv to what these locks pin; says so and returns False where that fails."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(LOCKS.glob("*.lock"))))
    maker = f"{sys.version} {sys.base_prefix} {digest.hexdigest()}"
    try:
        if not (PYTHON.exists() and MAKER.is_file() and MAKER.read_text(encoding="utf-8") == maker):
            venv.create(HOME, with_pip=True, clear=True, symlinks=os.name != "nt")  # anew, so that nothing stays that no lock names
            MAKER.write_text(maker, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError) as problem:
        _complain(f"Python could not make .venv ({problem}). On Debian and Ubuntu, install the package python3-venv first.")
        return False
    there = INSTALLED.read_text().split() if INSTALLED.is_file() else []
    missing = [name for name in locks if name not in there]
    if not missing:
        return True
    takes = "some minutes and 1.5 GB" if "app" in missing else "a minute"
    print(f"Installing what locks/ pins into .venv: {takes}, once.", flush=True)
    for name in missing:
        if name == "app" and not (_torch() and _pip("build")):
            return False
        if not _pip(name, *((f"--target={HOME / name}", "--upgrade") if name in APART else FROM_SOURCE)):
            return False
    changed = set(missing) - set(APART)
    loading = [subprocess.Popen([str(PYTHON), "-c", imports], cwd=ROOT) for imports in IMPORTS if changed]
    if any([process.wait() for process in loading]):
        _complain("What is installed does not load on this machine; why is above.")
        return False
    with INSTALLED.open("a") as file:
        file.writelines(f"{name}\n" for name in missing)
    return True


def _torch() -> bool:
    """On Linux, PyTorch's CPU build where pip knows one: its own index has it. Otherwise CUDA, which the build in app.lock needs."""
    if sys.platform != "linux":
        return True  # there app.lock has a CPU build
    tried = subprocess.run([str(PYTHON), *PIP, "-r", "locks/cpu.lock"], cwd=ROOT, capture_output=True, text=True, errors="replace")
    if not tried.returncode:
        return True
    if "No matching distribution" not in tried.stderr:
        print(tried.stderr, file=sys.stderr)
        _complain("pip could not install PyTorch; its message is above. The same command goes on from there.")
        return False
    print(
        "pip knows no CPU build of PyTorch: that with CUDA takes gigabytes more. The README says how to have the small one.",
        flush=True,
    )
    return _pip("cuda")


def _pip(lock: str, *options: str) -> bool:
    if subprocess.call([str(PYTHON), *PIP, *options, "-r", f"locks/{lock}.lock"], cwd=ROOT):
        _complain(f"pip could not install what locks/{lock}.lock pins; its message is above. The same command goes on from there.")
        return False
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
