"""Draws the README’s screenshot, .github/screenshot.png: the flow sheet of a demo patient’s cycle.

.venv/bin/python packaging/screenshot.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".github" / "screenshot.png"
SCENE = "patient-cycle"
PERSON = "Wu Min"  # who seems to sit there


def main() -> int:
    """Draws the scene and writes the picture; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.gallery", folder, "--language", "en", "--theme", "light",
             "--size", "1366x768", "--only", SCENE],
            cwd=ROOT, check=False, env={**os.environ, "LOGNAME": PERSON},
        )  # fmt: skip
        if done.returncode:
            return done.returncode
        picture = Image.open(Path(folder) / f"{SCENE}-en-light.png").convert("RGB")
    # Half the size; the most different colours are kept, so that a rare red does not turn brown.
    few = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(TARGET, optimize=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
