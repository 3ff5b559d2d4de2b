"""packaging/start.py: what it finds missing, what it says, and when it installs again."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def start() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("start", ROOT / "packaging" / "start.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["start"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["start"]


def complete(_library: str) -> bool:
    return True


def names(start: ModuleType, missing: set[str], offered: set[str] | None = None) -> list[str]:
    """The Debian packages for those missing libraries, where only `offered` exist (None: all)."""
    needs = start.missing_needs(
        lambda library: library not in missing,
        chinese_font=True,
        can_make_venv=True,
        shows_windows=True,
        python=(3, 11),
    )
    found: list[str] = start.package_names(needs, lambda name: offered is None or name in offered)
    return found


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_each_python_that_the_packages_exist_for_is_accepted(
    start: ModuleType, version: tuple[int, int]
) -> None:
    assert start.python_refusal(version) is None


@pytest.mark.parametrize("version", [(3, 10), (3, 15), (2, 7)])
def test_any_other_python_is_refused_in_words_that_name_both_versions(
    start: ModuleType, version: tuple[int, int]
) -> None:
    sentence = start.python_refusal(version)
    assert "needs Python 3.11 to 3.14" in sentence
    assert f"this is Python {version[0]}.{version[1]}" in sentence


@pytest.mark.parametrize(
    ("system", "libc", "refused"),
    [
        ("Linux", ("glibc", "2.31"), True),
        ("Linux", ("glibc", "2.34"), False),
        ("Linux", ("glibc", "2.36"), False),
        ("Linux", ("", ""), False),
        ("Darwin", ("", ""), False),
        ("Windows", ("", ""), False),
    ],
)
def test_a_linux_older_than_the_qt_packages_is_refused(
    start: ModuleType, system: str, libc: tuple[str, str], refused: bool
) -> None:
    assert (start.glibc_refusal(system, libc) is not None) == refused


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libGL.so.1", "libgl1"),
        ("libEGL.so.1", "libegl1"),
        ("libfontconfig.so.1", "libfontconfig1"),
        ("libxkbcommon.so.0", "libxkbcommon0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
        ("libxcb-shape.so.0", "libxcb-shape0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ],
)
def test_a_missing_library_is_named_by_its_debian_package(
    start: ModuleType, library: str, package: str
) -> None:
    assert names(start, {library}) == [package]


@pytest.mark.parametrize(
    ("offered", "package"),
    [
        ({"libglib2.0-0t64"}, "libglib2.0-0t64"),
        ({"libglib2.0-0"}, "libglib2.0-0"),
        (set(), "libglib2.0-0"),
    ],
)
def test_a_package_that_was_renamed_is_asked_for_by_the_name_this_release_has(
    start: ModuleType, offered: set[str], package: str
) -> None:
    assert names(start, {"libglib-2.0.so.0"}, offered) == [package]


def test_a_complete_system_lacks_nothing(start: ModuleType) -> None:
    assert names(start, set()) == []


def test_libraries_for_windows_are_asked_for_only_where_a_window_is_shown(
    start: ModuleType,
) -> None:
    for shown in (True, False):
        needs = start.missing_needs(
            lambda library: not library.startswith("libxcb"),
            chinese_font=True,
            can_make_venv=True,
            shows_windows=shown,
            python=(3, 11),
        )
        assert bool(needs) == shown


@pytest.mark.parametrize(
    ("offered", "package"),
    [({"python3.12-venv", "python3-venv"}, "python3.12-venv"), ({"python3-venv"}, "python3-venv")],
)
def test_a_missing_venv_is_asked_for_by_the_python_that_runs(
    start: ModuleType, offered: set[str], package: str
) -> None:
    needs = start.missing_needs(
        complete, chinese_font=True, can_make_venv=False, shows_windows=False, python=(3, 12, 1)
    )
    assert start.package_names(needs, lambda name: name in offered) == [package]


def test_without_root_a_missing_library_stops_with_the_exact_command(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "apt_offers", lambda _name: True)
    needs = [*start.DRAWING_LIBRARIES[:2], start.CHINESE_FONT]
    with pytest.raises(start.PreparationError) as stopped:
        start.complete_system(needs, debian=True, root=False)
    assert "    sudo apt-get install -y libgl1 libegl1 fonts-wqy-microhei\n" in str(stopped.value)
    assert stopped.value.code == start.SYSTEM_INCOMPLETE == 3


def test_without_root_a_missing_font_is_said_and_the_program_goes_on(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "apt_offers", lambda _name: True)
    start.complete_system([start.CHINESE_FONT], debian=True, root=False)
    printed = capsys.readouterr().out
    assert "sudo apt-get install -y fonts-wqy-microhei" in printed
    assert "Chinese text will show as boxes" in printed


def test_outside_debian_the_libraries_are_named_and_no_package_is_guessed(
    start: ModuleType,
) -> None:
    with pytest.raises(start.PreparationError) as stopped:
        start.complete_system(start.DRAWING_LIBRARIES[:1], debian=False, root=True)
    assert "libGL.so.1" in str(stopped.value)
    assert "apt" not in str(stopped.value)


@pytest.mark.parametrize(
    ("env", "system", "shown"),
    [
        ({}, "Linux", False),
        ({"DISPLAY": ":0"}, "Linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "Linux", True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "Linux", False),
        ({}, "Windows", True),
        ({}, "Darwin", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "Darwin", False),
    ],
)
def test_a_window_is_opened_only_where_it_can_be_seen(
    start: ModuleType, env: dict[str, str], system: str, shown: bool
) -> None:
    assert start.has_display(env, system) == shown


@pytest.mark.parametrize(
    ("file", "chinese"),
    [
        ("wqy-microhei.ttc", True),
        ("NotoSansCJK-Regular.ttc", True),
        ("Noto Sans CJK SC.otf", True),
        ("DroidSansFallbackFull.ttf", True),
        ("DejaVuSans.ttf", False),
        ("wqy-microhei.txt", False),
    ],
)
def test_a_chinese_font_is_known_by_its_file_where_fontconfig_has_no_command(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, chinese: bool
) -> None:
    monkeypatch.setattr(start.shutil, "which", lambda _command: None)
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / file).touch()
    assert start.has_chinese_font([str(tmp_path), str(tmp_path / "absent")]) == chinese


def test_packages_are_installed_again_only_after_the_lock_or_python_changed(
    start: ModuleType, tmp_path: Path
) -> None:
    lock, stamp = tmp_path / "requirements.lock", tmp_path / "stamp"
    lock.write_text("a==1")
    assert not start.is_installed(stamp, lock, "3.11.7")
    stamp.write_text(start.fingerprint(lock, "3.11.7"))
    assert start.is_installed(stamp, lock, "3.11.7")
    assert not start.is_installed(stamp, lock, "3.12.1")
    lock.write_text("a==2")
    assert not start.is_installed(stamp, lock, "3.11.7")


def test_an_environment_that_is_absent_or_broken_has_no_version(
    start: ModuleType, tmp_path: Path
) -> None:
    assert start.working_version(tmp_path / "bin" / "python") is None
    assert start.working_version(Path(sys.executable)).startswith("3.")


def test_a_command_that_fails_tells_its_last_words_and_one_that_works_nothing(
    start: ModuleType,
) -> None:
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.exit({})"
    assert start.run_quietly([sys.executable, "-c", code.format(0)]) is None
    told = start.run_quietly([sys.executable, "-c", code.format(7)])
    assert sorted(told.split()) == ["one", "two"]


def test_lines_that_differ_by_a_number_only_are_told_once(start: ModuleType) -> None:
    retries = "".join(f"WARNING: retry {left}\n" for left in range(4, -1, -1))
    told = start.last_words(f"{retries}ERROR: no route to host").splitlines()
    assert told == ["    WARNING: retry 4", "    ERROR: no route to host"]


def test_an_unknown_command_is_answered_with_the_usage(
    start: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["tset"]) == start.WRONG_USE
    assert "python3 packaging/start.py test" in capsys.readouterr().out


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_hold_a_hash_for_each_package_and_name_no_host(lock: str) -> None:
    lines = (ROOT / "packaging" / lock).read_text("utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    pinned = [at for at, line in enumerate(lines) if not line.startswith(" ")]
    assert len(pinned) > 20
    for at in pinned:
        assert "==" in lines[at] and lines[at].endswith("\\")
        assert lines[at + 1].startswith("    --hash=sha256:")


def test_the_locks_agree_on_every_package_that_both_hold() -> None:
    app, tests = (
        dict(
            line.partition(" ")[0].split("==")
            for line in (ROOT / "packaging" / lock).read_text("utf-8").splitlines()
            if "==" in line and not line.startswith(" ")
        )
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert app.items() <= tests.items()
