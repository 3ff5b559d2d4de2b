"""What the window remembers, and that a spoilt settings file does no harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from aml_maint.gui.desk import Looks
from aml_maint.gui.settings import Settings


def test_nothing_is_chosen_before_somebody_chose(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    assert settings.language is None
    assert settings.theme == "system"
    assert settings.scale == 100
    assert settings.last_file is None
    assert settings.narrow_rail is False
    assert settings.geometry == QByteArray()


def test_what_was_chosen_is_there_the_next_time(looks: Looks, tmp_path: Path) -> None:
    looks.use_language("zh")
    looks.use_theme("dark")
    looks.use_scale(150)
    looks.settings.remember("ward", "Ward A")
    del looks
    later = Settings(tmp_path / "window.ini")
    assert (later.language, later.theme, later.scale) == ("zh", "dark", 150)
    assert later.text("ward") == "Ward A"


@pytest.mark.parametrize(
    ("line", "theme", "scale"),
    [
        ("theme=purple", "system", 100),
        ("scale=huge", "system", 100),
        ("scale=100000", "system", 200),
        ("scale=-5", "system", 100),
        ("scale=²", "system", 100),
        ("language=tlh", "system", 100),
        ("narrow_rail=@Invalid()", "system", 100),
    ],
)
def test_a_value_that_cannot_be_meant_counts_as_not_set(
    tmp_path: Path, line: str, theme: str, scale: int
) -> None:
    path = tmp_path / "window.ini"
    path.write_text(f"[General]\n{line}\n", "utf-8")
    settings = Settings(path)
    assert (settings.theme, settings.scale, settings.language) == (theme, scale, None)


def test_a_file_that_is_gone_is_not_offered_again(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "window.ini")
    file = tmp_path / "ward.amldb"
    file.touch()
    settings.last_file = file
    assert settings.last_file == file
    file.unlink()
    assert settings.last_file is None
