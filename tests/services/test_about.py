"""The list of parts is the one of the lock, each with its licence; diagnostics name nobody."""

from __future__ import annotations

import getpass
import re
import socket
from pathlib import Path

from aml_maint import files
from aml_maint.services.about import diagnostics, parts

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "packaging" / "requirements.lock").read_text("utf-8")
PINNED = re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", LOCK, re.M)
HINT = "run packaging/licences.py after a change of packaging/requirements.lock"


def test_every_package_of_the_lock_is_listed_in_its_version_and_no_other_is() -> None:
    itself, *others = parts()
    assert (itself.name, itself.licence) == ("aml_maint", "MIT")
    listed = {
        (part.name, version)
        for part in others
        if part.name != "Python"
        for version in part.versions
    }
    assert listed == set(PINNED), HINT


def test_what_has_no_version_of_its_own_is_inside_a_package_of_the_lock() -> None:
    names = {name for name, _ in PINNED}
    inside = [part for part in parts() if not part.versions]
    assert {part.name for part in inside} >= {"Qt 6", "OpenSSL", "Libertinus Serif (font)"}
    assert all(part.inside and set(part.inside) <= names | {"aml_maint"} for part in inside)


def test_every_part_has_the_full_text_of_its_licence_and_no_text_is_left_over() -> None:
    used = set()
    for part in parts():
        assert part.licence and len(part.text) > 200, part.name
        used |= set(part.texts)
    assert used == {path.name for path in files.listing("licences", "texts", suffix=".txt")}


def test_the_licence_of_the_program_is_that_of_the_source() -> None:
    assert parts()[0].text == (ROOT / "LICENSE").read_text("utf-8")


def test_diagnostics_tell_versions_and_name_no_person_no_computer_and_no_folder() -> None:
    told = diagnostics("6.11.3", [("theme", "dark")])
    assert "aml_maint: " in told and "Qt: 6.11.3" in told and told.endswith("theme: dark\n")
    values = {line.split(": ", 1)[1] for line in told.splitlines()}
    assert not values & {getpass.getuser(), socket.gethostname()}
    assert str(Path.home()) not in told and "/" not in told
