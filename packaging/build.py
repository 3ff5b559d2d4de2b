"""Builds the packages of this system, each tried before it is kept. Needs Python and a network.

    python3 packaging/build.py            everything that this system can build
    python3 packaging/build.py wheel      the wheel and the source archive
    python3 packaging/build.py portable   the program with its Python inside, as an archive
    python3 packaging/build.py deb        a Debian package (on Linux, with dpkg-deb)
    python3 packaging/build.py installer  a Windows installer (Inno Setup), a macOS disk image

The packages and their SHA-256 sums come into dist/; what is made on the way lies in build/package
and can be deleted. `--without-test` leaves out the self-test of the frozen program.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "package"
DIST = ROOT / "dist"
VENV = WORK / "venv"
ICONS = WORK / "icons"
FROZEN = WORK / "frozen" / "aml-maint"
LOCK = ROOT / "packaging" / "requirements-package.lock"
SYSTEMS = {"Darwin": "macos", "Linux": "linux", "Windows": "windows"}


def say(sentence: str) -> None:
    print(sentence, flush=True)


def run(command: Sequence[str | Path], **options: str) -> None:
    """Runs a command; ends the build with its output when it fails.

    Not from the source tree, whose program would be taken for the installed one.
    """
    done = subprocess.run(
        [str(word) for word in command],
        cwd=WORK,
        env={**os.environ, **options},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        raise SystemExit(f"Failed ({done.returncode}): {' '.join(map(str, command))}")


def version() -> str:
    """The version of the program, from its one place."""
    text = (ROOT / "aml_maint" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.M)
    if found is None:
        raise SystemExit("aml_maint/__init__.py names no version")
    return found[1]


def made_at() -> int:
    """The time that all files in the packages bear: that of the latest commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(asked, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    return int(done.stdout or 0) or 1_700_000_000


def name() -> str:
    """What the packages of this system are called."""
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return f"aml-maint-{version()}-{SYSTEMS[platform.system()]}-{machine}"


def python() -> Path:
    """The Python of the environment that the packages are built in."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


# -- steps -------------------------------------------------------------------------------------


def environment() -> None:
    """An environment with exactly what the lock names, made anew when it changes."""
    stamp = VENV / "lock.sha256"
    locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == locked:
        return
    say("Environment: installing the locked packages ...")
    run([sys.executable, "-m", "venv", "--clear", VENV])
    run([python(), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:",
         "--no-input", "--disable-pip-version-check", "--quiet", "-r", LOCK])  # fmt: skip
    stamp.write_text(locked)


def wheel() -> Path:
    """The wheel and the source archive, in dist/."""
    environment()
    say("Wheel: building ...")
    run([python(), "-m", "build", "--no-isolation", "--outdir", DIST, ROOT],
        SOURCE_DATE_EPOCH=str(made_at()))  # fmt: skip
    return DIST / f"aml_maint-{version()}-py3-none-any.whl"


def frozen(*, test: bool) -> Path:
    """The program with its Python inside, as a folder; it has passed its own test."""
    built = wheel()
    run([python(), "-m", "pip", "install", "--no-deps", "--force-reinstall", "--quiet",
         "--disable-pip-version-check", built])  # fmt: skip
    run([python(), ROOT / "packaging" / "icons.py", ICONS], QT_QPA_PLATFORM="offscreen")
    say("Frozen program: building ...")
    run([python(), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
         "--distpath", FROZEN.parent, "--workpath", WORK / "work",
         ROOT / "packaging" / "aml_maint.spec"])  # fmt: skip
    slim(FROZEN)
    licences_of_the_system(FROZEN)
    if test:
        say("Frozen program: trying every part ...")
        suffix = ".exe" if os.name == "nt" else ""
        run([FROZEN / f"aml-maint{suffix}", "self-test", "--language", "en"])
    return FROZEN


def slim(folder: Path) -> None:
    """Leaves out of Linux libraries what only a debugger reads.

    Not out of those whose names their wheel changed: they would not be found again.
    """
    if platform.system() != "Linux" or not shutil.which("strip"):
        return
    libraries = (p for p in folder.rglob("*.so*") if p.is_file() and not p.is_symlink())
    for path in libraries:
        if not path.parent.name.endswith(".libs") and path.parent.name != "lib":
            subprocess.run(["strip", "--strip-unneeded", path], check=False,
                           stderr=subprocess.DEVNULL)  # fmt: skip


def licences_of_the_system(folder: Path) -> None:
    """Adds the licences of the libraries that the frozen program takes along from this Debian."""
    if platform.system() != "Linux" or not shutil.which("dpkg-query"):
        return
    inside = folder / "_internal"
    own = [path.name for path in inside.glob("lib*.so*") if not path.is_symlink()]
    asked = ["dpkg-query", "--search", *(f"*/{name}" for name in own)]
    found = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    target = inside / "licences_of_system_libraries"
    target.mkdir(exist_ok=True)
    for line in found.stdout.decode("utf-8", "replace").splitlines():
        package = line.split(":", 1)[0]
        licence = Path("/usr/share/doc") / package / "copyright"
        if licence.is_file():
            shutil.copyfile(licence, target / f"{package}.txt")


def portable() -> Path:
    """The frozen program as an archive to unpack anywhere, on Linux and Windows."""
    texts = [ROOT / "LICENSE", ROOT / "packaging" / "portable.txt"]
    if platform.system() == "Windows":
        return _zip(DIST / f"{name()}.zip", FROZEN, texts)
    return _tar(DIST / f"{name()}.tar.gz", FROZEN, texts)


def _tar(target: Path, folder: Path, texts: Iterable[Path]) -> Path:
    """A tar archive whose bytes depend on nothing but the files."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = made_at()
        return entry

    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            inside = f"{name()}/{path.relative_to(folder).as_posix()}"
            archive.add(path, inside, recursive=False, filter=plain)
        for path in texts:
            archive.add(path, f"{name()}/{path.name}", filter=plain)
    return target


def _zip(target: Path, folder: Path, texts: Iterable[Path]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{name()}/{path.relative_to(folder).as_posix()}")
        for path in texts:
            archive.write(path, f"{name()}/{path.name}")
    return target


def deb() -> Path:
    """The Debian package."""
    from debian import build_deb

    return build_deb(FROZEN, ICONS, WORK / "deb", DIST, version=version(), made_at=made_at(),
                     python=python())  # fmt: skip


def installer() -> Path:
    """The Windows installer or the macOS disk image. Both are recipes for their own system."""
    if platform.system() == "Windows":
        compiler = shutil.which("iscc") or r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe"
        run([compiler, "/Qp", f"/DVersion={version()}", f"/DSource={FROZEN}",
             f"/DIcons={ICONS}", f"/O{DIST}", f"/F{name()}-setup",
             ROOT / "packaging" / "windows" / "aml_maint.iss"])  # fmt: skip
        return DIST / f"{name()}-setup.exe"
    target = DIST / f"{name()}.dmg"
    run(["hdiutil", "create", "-ov", "-volname", "aml_maint", "-format", "UDZO", "-srcfolder",
         FROZEN.parent / "aml_maint.app", target])  # fmt: skip
    return target


def sums() -> None:
    """SHA-256 sums of all packages, as sha256sum writes and checks them."""
    packages = sorted(p for p in DIST.iterdir() if p.is_file() and p.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in packages]
    (DIST / "SHA256SUMS").write_text("".join(lines), newline="\n")


def packages_of_this_system() -> list[str]:
    """What can be built here."""
    if platform.system() == "Linux":
        return ["wheel", "portable", *(["deb"] if shutil.which("dpkg-deb") else [])]
    # On macOS the disk image is what is carried about: an application is a folder of its own.
    return ["wheel", *(["portable"] if platform.system() == "Windows" else []), "installer"]


def main(arguments: Sequence[str]) -> int:
    """Builds what is asked for; the exit status."""
    makers = {"portable": portable, "deb": deb, "installer": installer}
    asked = [word for word in arguments if not word.startswith("-")]
    asked = asked or packages_of_this_system()
    known = {"wheel", *makers}
    if "-h" in arguments or "--help" in arguments or not known.issuperset(asked):
        say((__doc__ or "").strip())
        return 0 if {"-h", "--help"} & set(arguments) else 2
    for folder in (DIST, WORK):
        folder.mkdir(parents=True, exist_ok=True)
    if set(asked) & set(makers):
        frozen(test="--without-test" not in arguments)
    else:
        wheel()
    for word in asked:
        if word in makers:
            made = makers[word]()
            say(f"{made.name}: {made.stat().st_size / 1e6:.0f} MB")
    sums()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
