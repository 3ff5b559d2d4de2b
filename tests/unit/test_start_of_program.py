"""Which arguments open the window, and which are a command."""

from __future__ import annotations

import pytest

from aml_maint.__main__ import opens_window


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ("", True),
        ("demo", True),
        ("demo --render folder", True),
        ("--database ward.amldb", True),
        ("--database=ward.amldb --theme dark", True),
        ("--database ward.amldb --language zh demo", True),
        ("ward.amldb", True),
        ("/home/li/My_Ward.AMLDB --theme dark", True),
        ("ward.pdf", False),
        ("verify", False),
        ("self-test", False),
        ("--database ward.amldb verify", False),
        ("--language zh worklist --date 2026-03-01", False),
        ("--help", False),
        ("--version", False),
        ("--json demo", False),
    ],
)
def test_the_window_opens_when_no_command_is_named(arguments: str, window: bool) -> None:
    assert opens_window(arguments.split()) is window
