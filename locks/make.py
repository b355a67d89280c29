"""Pin all that is installed, with hashes: `python3 start.py lock`, after a change of the requirements; `--upgrade` takes newer ones.

uv resolves for every system and every Python from 3.11 on at once, and keeps what is pinned already.

app.lock    requirements.txt, without what without.txt names
dev.lock    what requirements-dev.txt needs on top
real.lock   what requirements-real.txt needs on top of the app
trl.lock    what requirements-trl.txt needs on top of it; installed into a folder of its own
build.lock  what builds the one package that comes as source alone
cuda.lock   what PyTorch needs on Linux where it is not a CPU build
cpu.lock    PyTorch's CPU builds for Linux. They lie on an index of PyTorch's own: where that cannot be reached the file stays as it is
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
UNIVERSAL = ("--universal", "--python-version=3.11", "--generate-hashes", "--only-binary=:all:", "--no-binary=seqeval")
# Left out of the app, and read by TRL.
TABLES = {"pandas", "pyarrow"}
HEADER = ("--custom-compile-command=python3 start.py lock", "--no-annotate", "--quiet")


def main(arguments: list[str]) -> int:
    """Write every lock, the widest first, so that the others agree with it."""
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "everything.lock"
        everything.write_text("".join(path.read_text() for path in (HERE / "app.lock", HERE / "dev.lock") if path.exists()))
        left_out = Path(folder) / "without.txt"
        tested = names((ROOT / "requirements-dev.txt").read_text())
        left_out.write_text("\n".join(sorted(names((HERE / "without.txt").read_text()) - tested)))
        resolve(everything, "requirements-dev.txt", "locks/build.txt", f"--excludes={left_out}", *arguments)
        agreeing = ("--constraints", str(everything))
        resolve(HERE / "app.lock", "requirements.txt", "--excludes=locks/without.txt", *agreeing)
        app = names((HERE / "app.lock").read_text())
        resolve(HERE / "build.lock", "locks/build.txt", *agreeing)
        build = names((HERE / "build.lock").read_text())
        resolve(HERE / "dev.lock", "requirements-dev.txt", f"--excludes={left_out}", *agreeing, *unless(app | build))
        resolve(HERE / "real.lock", "requirements-real.txt", "--excludes=locks/without.txt", *agreeing, *unless(app))
        tables = Path(folder) / "without_tables.txt"
        tables.write_text("\n".join(sorted(names((HERE / "without.txt").read_text()) - TABLES)))
        resolve(HERE / "trl.lock", "requirements-trl.txt", f"--excludes={tables}", *agreeing, *unless(app))
        torch = Path(folder) / "torch.txt"
        torch.write_text(re.findall(r"^torch==.*", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[0])
        resolve(HERE / "cuda.lock", str(torch), *agreeing, *unless(app))
        return cpu_builds(torch, Path(folder) / "cpu.lock")


def cpu_builds(torch: Path, found: Path) -> int:
    """Bring cpu.lock up to date; 1 where it is not and PyTorch's index does not answer."""
    wanted, kept = torch.read_text().strip(), HERE / "cpu.lock"
    try:
        resolve(found, str(torch), "--no-deps", "--torch-backend=cpu", stderr=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        fits = f"{wanted}+cpu " in kept.read_text()
        but = "" if fits else f", which is not for {wanted}"
        print(f"PyTorch's own index does not answer: locks/cpu.lock stays as it is{but}.", file=sys.stderr)
        return 0 if fits else 1
    kept.write_text(found.read_text())
    return 0


def resolve(to: Path, *arguments: str, stderr: int | None = None) -> None:
    """Let uv write one of the files."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *arguments, *UNIVERSAL, *HEADER, "-o", str(to)]
    subprocess.run(command, cwd=ROOT, check=True, stderr=stderr)


def names(requirements: str) -> set[str]:
    """The packages that lines of requirements name."""
    return {name.lower() for name in re.findall(r"^[A-Za-z][\w.-]*", requirements, re.MULTILINE)}


def unless(others: set[str]) -> list[str]:
    """The options that leave out what another file has already."""
    return [f"--no-emit-package={name}" for name in sorted(others)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
