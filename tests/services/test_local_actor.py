"""Who sits at the computer before accounts exist."""

from __future__ import annotations

import getpass

import pytest

from aml_maint import bootstrap


@pytest.mark.parametrize("error", [KeyError, OSError, ImportError])
def test_a_user_who_is_only_a_number_can_work_too(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def nameless() -> str:
        raise error("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert bootstrap.local_actor().name.startswith(("user ", "unknown"))


def test_a_blank_name_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "  ")
    assert bootstrap.local_actor().name.strip()
