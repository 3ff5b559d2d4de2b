"""What every test needs before it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports Qt: without a platform the whole test process would abort.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# The same examples on every machine and in every run, and never a verdict by stopwatch.
settings.register_profile(
    "reproducible",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# For a longer search by hand: pytest --hypothesis-profile=search
settings.register_profile("search", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("reproducible")


@pytest.fixture(scope="session", autouse=True)
def _own_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps tests out of the folders and the keyring of the person who runs them."""
    home = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATA", "CACHE", "CONFIG", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        yield


@pytest.fixture(scope="session")
def demo_ward_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo ward of 10 March 2026 at 15:00, built once; tests work on copies of it."""
    from aml_maint.services.demo import build_demo_ward
    from tests.builders import moment

    path = tmp_path_factory.mktemp("demo") / "demo.amldb"
    build_demo_ward(path, moment("2026-03-10T15:00"))
    return path
