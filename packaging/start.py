"""Prepares this folder and starts aml_maint on the demo ward, or runs the tests.

    python3 packaging/start.py                  prepare, then open the demo ward
    python3 packaging/start.py test [options]   prepare, then run the tests (options go to pytest)

Prepared are: the system libraries that Qt needs (Linux), a virtual environment in .venv, and the
locked Python packages in it. What is already there is left as it is. Only the standard library is
used, and nothing newer than Python 3.7 is written here, so that an older Python can still say
what is wrong.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCREENS = ROOT / "build" / "demo-screens"
LOCKS = {
    "app": ROOT / "packaging" / "requirements.lock",
    "test": ROOT / "packaging" / "requirements-dev.lock",
}

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)  # the newest for which sqlcipher3 is released
OLDEST_GLIBC = (2, 34)  # PySide6 6.11 is built for manylinux_2_34

WITHOUT_DIGITS = str.maketrans("", "", "0123456789")

DONE, WRONG_USE, SYSTEM_INCOMPLETE, PACKAGES_INCOMPLETE = 0, 2, 3, 4


class PreparationError(Exception):
    """What keeps the program from starting, in a sentence for the person at the keyboard."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Need:
    """Something the system must bring, and the Debian packages that do (first found is taken)."""

    name: str
    packages: tuple[str, ...]
    required: bool = True


# Without one of these Qt cannot be imported at all.
DRAWING_LIBRARIES = (
    Need("libGL.so.1", ("libgl1",)),
    Need("libEGL.so.1", ("libegl1",)),
    Need("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Need("libfontconfig.so.1", ("libfontconfig1",)),
    Need("libxkbcommon.so.0", ("libxkbcommon0",)),
    Need("libdbus-1.so.3", ("libdbus-1-3",)),
)
# Without one of these Qt cannot open a window on X11; whichever is missing, Qt names the first.
WINDOW_LIBRARIES = (
    Need("libxcb-cursor.so.0", ("libxcb-cursor0",)),
    Need("libxcb-icccm.so.4", ("libxcb-icccm4",)),
    Need("libxcb-keysyms.so.1", ("libxcb-keysyms1",)),
    Need("libxcb-shape.so.0", ("libxcb-shape0",)),
    Need("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",)),
)
CHINESE_FONT = Need("a Chinese font", ("fonts-wqy-microhei",), required=False)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
CHINESE_FONT_FILES = (
    "wqy-*", "notosanscjk*", "notoserifcjk*", "notosanssc*", "sourcehan*", "droidsansfallback*",
    "uming*", "ukai*", "simsun*", "simhei*", "msyh*",
)  # fmt: skip


def say(sentence: str) -> None:
    print(sentence, flush=True)


def python_refusal(version: tuple[int, ...]) -> str | None:
    """Why this Python cannot be used; None when it can."""
    here = version[:2]
    if OLDEST_PYTHON <= here <= NEWEST_PYTHON:
        return None
    return (
        f"aml_maint needs Python {as_text(OLDEST_PYTHON)} to {as_text(NEWEST_PYTHON)}; "
        f"this is Python {as_text(here)}. "
        "Start it with another one, such as: python3.11 packaging/start.py"
    )


def as_text(version: Iterable[int]) -> str:
    return ".".join(str(part) for part in version)


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def glibc_refusal(system: str, libc: tuple[str, str]) -> str | None:
    """Why this Linux is too old; None when it is not, or when that cannot be known."""
    name, version = libc
    if system != "Linux" or name != "glibc":
        return None
    if as_numbers(version) >= OLDEST_GLIBC:
        return None
    return (
        f"aml_maint needs a Linux with glibc {as_text(OLDEST_GLIBC)} or newer (Debian 12, "
        f"Ubuntu 22.04, RHEL 9, or later); this one has {version}."
    )


# --- the system: libraries and a font (Linux only) -------------------------------------------


def loads(library: str) -> bool:
    """Whether the system finds that shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_display(env: Mapping[str, str], system: str) -> bool:
    """Whether a window can be shown."""
    chosen = env.get("QT_QPA_PLATFORM", "")
    if chosen:
        return not chosen.startswith(("offscreen", "minimal"))
    return system != "Linux" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def has_chinese_font(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Whether a font that draws Chinese is installed; asks fontconfig, else looks at the files."""
    if shutil.which("fc-list"):
        found = subprocess.run(["fc-list", ":lang=zh", "family"], stdout=subprocess.PIPE)
        return bool(found.stdout.strip())
    files = (path for folder in folders for path in Path(folder).expanduser().rglob("*.[ot]t[fc]"))
    return any(path.match(pattern) for path in map(_plain, files) for pattern in CHINESE_FONT_FILES)


def _plain(path: Path) -> Path:
    return Path(path.name.lower().replace("_", "").replace(" ", ""))


def missing_needs(
    found: Callable[[str], bool],
    *,
    chinese_font: bool,
    can_make_venv: bool,
    shows_windows: bool,
    python: tuple[int, ...],
) -> list[Need]:
    """What this Linux lacks; the libraries for windows count only where one is shown."""
    libraries = DRAWING_LIBRARIES + (WINDOW_LIBRARIES if shows_windows else ())
    missing = [need for need in libraries if not found(need.name)]
    if not can_make_venv:
        own = f"python{as_text(python[:2])}-venv"
        missing.append(Need("Python's venv module", (own, "python3-venv")))
    if not chinese_font:
        missing.append(CHINESE_FONT)
    return missing


def package_names(needs: Iterable[Need], offered: Callable[[str], bool]) -> list[str]:
    """The Debian package for each need: the first that is offered, else the last one known."""
    names = []
    for need in needs:
        name = next((name for name in need.packages if offered(name)), need.packages[-1])
        if name not in names:
            names.append(name)
    return names


def apt_offers(package: str) -> bool:
    """Whether this Debian's package lists hold that package."""
    asked = subprocess.run(
        ["apt-cache", "policy", package],
        env=dict(os.environ, LC_ALL="C"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    text = asked.stdout.decode("utf-8", "replace")
    return "Candidate:" in text and "Candidate: (none)" not in text


def complete_system(needs: Sequence[Need], *, debian: bool, root: bool) -> None:
    """Installs what Linux lacks, or says how to; stops only where nothing would work without."""
    if not needs:
        return
    if debian and root:
        names = install_with_apt(needs)
        say(f"System: installed {', '.join(names)}.")
        return
    sentence = "This system lacks " + ", ".join(need.name for need in needs) + "."
    if debian:
        names = package_names(needs, apt_offers)
        sentence += "\nInstall what is missing with:\n\n    sudo apt-get install -y "
        sentence += " ".join(names) + "\n"
    else:
        sentence += "\nInstall it with the package manager of this system."
    if any(need.required for need in needs):
        raise PreparationError(f"{sentence}\nThen run the same command again.", SYSTEM_INCOMPLETE)
    say(sentence)
    if CHINESE_FONT in needs:
        say("Going on without: Chinese text will show as boxes until a font is there.")


def install_with_apt(needs: Sequence[Need]) -> list[str]:
    """Installs the packages for these needs as root; their names."""
    say("System: reading the list of Debian packages ...")
    _apt("update")
    names = package_names(needs, apt_offers)
    say(f"System: installing {len(names)} Debian packages, a minute or two the first time ...")
    _apt("install", "--yes", "--no-install-recommends", *names)
    return names


def _apt(*arguments: str) -> None:
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    outcome = run_quietly(["apt-get", "--quiet", *arguments], env)
    if outcome is not None:
        raise PreparationError(
            f"apt-get {arguments[0]} did not work. Its last words:\n{outcome}", SYSTEM_INCOMPLETE
        )


# --- the virtual environment and its packages ------------------------------------------------


def venv_python(venv: Path = VENV) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def working_version(python: Path) -> str | None:
    """The version of the Python in the environment; None when it is absent or broken."""
    code = "import pip, sys; print('.'.join(map(str, sys.version_info[:3])))"
    try:
        asked = subprocess.run(
            [str(python), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    return asked.stdout.decode().strip() if asked.returncode == 0 else None


def make_venv() -> str:
    """Makes .venv unless a usable one is there; the version of its Python."""
    version = working_version(venv_python())
    if version and python_refusal(as_numbers(version)) is None:
        return version
    say(f"Environment: making {VENV} ...")
    base = getattr(sys, "_base_executable", None) or sys.executable
    outcome = run_quietly([base, "-m", "venv", "--clear", str(VENV)])
    version = working_version(venv_python())
    if outcome is not None or version is None:
        raise PreparationError(
            f"Python could not make the environment {VENV}. Its last words:\n{outcome or ''}",
            PACKAGES_INCOMPLETE,
        )
    return version


def fingerprint(lock: Path, python_version: str) -> str:
    """What the stamp holds: it changes with the lock and with the Python it was installed for."""
    return hashlib.sha256(lock.read_bytes() + python_version.encode()).hexdigest()


def is_installed(stamp: Path, lock: Path, python_version: str) -> bool:
    """Whether the stamp says that exactly this lock was installed completely."""
    return stamp.is_file() and stamp.read_text() == fingerprint(lock, python_version)


def install_packages(purpose: str) -> None:
    """Installs the locked packages for `app` or `test`, each checked against its hash."""
    version = make_venv()
    stamps = {name: VENV / f"aml_maint-{name}.stamp" for name in LOCKS}
    # What the tests need holds all that the app needs.
    if any(is_installed(stamps[name], LOCKS[name], version) for name in (purpose, "test")):
        return
    lock = LOCKS[purpose]
    say(f"Packages: installing {lock.name}, about 150 MB the first time ...")
    for stamp in stamps.values():
        stamp.unlink(missing_ok=True)
    command = [str(venv_python()), "-m", "pip", "install", "--require-hashes", "--only-binary"]
    command += [":all:", "--no-input", "--disable-pip-version-check", "--quiet", "-r", str(lock)]
    outcome = run_quietly(command)
    if outcome is not None:
        raise PreparationError(
            "The Python packages could not be installed. Is this machine online, and is there "
            f"enough room on the disk? The last words of pip:\n{outcome}",
            PACKAGES_INCOMPLETE,
        )
    stamps[purpose].write_text(fingerprint(lock, version))


def run_quietly(command: Sequence[str], env: Mapping[str, str] | None = None) -> str | None:
    """Runs a command without showing its output; its last lines when it fails, None when not."""
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode == 0:
        return None
    return last_words(done.stdout.decode("utf-8", "replace"))


def last_words(output: str) -> str:
    """The end of what a command printed, each line once and not endless, set in."""
    lines: dict[str, str] = {}
    for line in output.strip().splitlines():
        lines.setdefault(line.translate(WITHOUT_DIGITS), line[:240])  # retries differ by a number
    return "\n".join(f"    {line}" for line in list(lines.values())[-6:])


# --- the two commands ------------------------------------------------------------------------


def prepare(purpose: str) -> None:
    """Brings system and environment to what the lock describes, or raises PreparationError."""
    for refusal in (
        python_refusal(sys.version_info[:2]),
        glibc_refusal(platform.system(), platform.libc_ver()),
    ):
        if refusal:
            raise PreparationError(refusal, WRONG_USE)
    if platform.system() == "Linux":
        needs = missing_needs(
            loads,
            chinese_font=has_chinese_font(),
            can_make_venv=importlib.util.find_spec("ensurepip") is not None
            or working_version(venv_python()) is not None,
            shows_windows=purpose == "app" and bool(os.environ.get("DISPLAY")),
            python=sys.version_info[:2],
        )
        root = getattr(os, "geteuid", lambda: 1)() == 0
        complete_system(needs, debian=shutil.which("apt-get") is not None, root=root)
    install_packages(purpose)


def start_demo() -> int:
    """Opens the demo ward, or draws its screens into a folder where there is no display."""
    command = [str(venv_python()), "-m", "aml_maint", "demo"]
    if has_display(os.environ, platform.system()):
        say("Opening the demo ward. All its patients are invented.")
        code = subprocess.call(command, cwd=str(ROOT))
        if code < 0:
            say(
                f"The window ended by signal {-code}. If this machine has no usable screen, "
                "draw the screens into files instead:\n\n"
                "    QT_QPA_PLATFORM=offscreen python3 packaging/start.py\n"
            )
        return code
    say("No display here: drawing the main screens and a cycle report of the demo ward ...")
    shutil.rmtree(str(SCREENS), ignore_errors=True)
    env = dict(os.environ, QT_QPA_PLATFORM=os.environ.get("QT_QPA_PLATFORM") or "offscreen")
    return subprocess.call([*command, "--render", str(SCREENS)], cwd=str(ROOT), env=env)


def run_tests(options: Sequence[str]) -> int:
    """Runs the tests; without options, on as many processes as there are processors, at most 4."""
    chosen = list(options) or ["-n", str(min(os.cpu_count() or 1, 4)), "-q"]
    return subprocess.call([str(venv_python()), "-m", "pytest", *chosen], cwd=str(ROOT))


def main(arguments: Sequence[str]) -> int:
    """Runs one of the two commands; the exit status."""
    if arguments and arguments[0] != "test":
        say((__doc__ or "").strip())
        return DONE if arguments[0] in ("-h", "--help") else WRONG_USE
    try:
        prepare("test" if arguments else "app")
        return run_tests(arguments[1:]) if arguments else start_demo()
    except PreparationError as stop:
        print(stop, file=sys.stderr, flush=True)
        return stop.code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr, flush=True)
        return 130


def run() -> NoReturn:
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
