"""`python -m tests.lock`: do requirements*.txt still satisfy what requirements*.in ask for?

Compiling with the lock as the starting point changes nothing unless an .in file asks for more than the
lock gives, so the check needs no newer release to be looked at.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from config.settings import ROOT

UV = Path(sys.executable).parent / "uv"
COMPILE = (
    "pip",
    "compile",
    "--quiet",
    "--system-certs",  # as pip does
    "--universal",
    "--generate-hashes",
    "--python-version",
    "3.11",
    "--no-header",
)


def stale(name: str) -> bool:
    """Would compiling `name`.in anew give something else than `name`.txt?"""
    lock = ROOT / f"{name}.txt"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / lock.name
        fresh.write_bytes(lock.read_bytes())
        subprocess.run([UV, *COMPILE, "--output-file", fresh, f"{name}.in"], cwd=ROOT, check=True)
        return _pins(fresh) != _pins(lock)


def _pins(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]


def main() -> int:
    behind = [name for name in ("requirements", "requirements-dev") if stale(name)]
    for name in behind:
        print(f"{name}.txt does not match {name}.in; run: make lock", file=sys.stderr)  # noqa: T201
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
