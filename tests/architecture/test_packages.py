"""What the packages say fits the program: names, kinds of files, versions, every command."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aml_maint.cli.parser import MODULES
from aml_maint.files import WARD_FILE
from aml_maint.gui.desktop import ENTRY

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
PINNED = re.compile(r"^([a-z0-9._-]+==[^ ;]+)", re.M)


def desktop_entry() -> configparser.ConfigParser:
    entry = configparser.ConfigParser(interpolation=None, delimiters="=")
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(LINUX / f"{ENTRY}.desktop", encoding="utf-8")
    return entry


def test_the_frozen_program_holds_what_the_tests_were_run_with() -> None:
    program = set(PINNED.findall((PACKAGING / "requirements.lock").read_text("utf-8")))
    build = set(PINNED.findall((PACKAGING / "requirements-package.lock").read_text("utf-8")))
    assert program - build == set(), "run packaging/lock.sh"


def test_entry_kind_of_file_and_software_centre_name_the_same_program() -> None:
    entry = desktop_entry()["Desktop Entry"]
    kind = ElementTree.parse(LINUX / f"{ENTRY}.xml").find(f"{MIME}mime-type")
    metainfo = ElementTree.parse(LINUX / f"{ENTRY}.metainfo.xml")
    assert kind is not None
    assert entry["MimeType"] == f"{kind.get('type')};"
    assert metainfo.findtext("provides/mediatype") == kind.get("type")
    assert metainfo.findtext("id") == entry["Icon"] == ENTRY
    assert metainfo.findtext("launchable") == f"{ENTRY}.desktop"
    glob = kind.find(f"{MIME}glob")
    assert glob is not None and glob.get("pattern") == f"*{WARD_FILE}"


def test_the_menu_starts_the_window_with_a_file_or_with_the_demo_ward() -> None:
    entry = desktop_entry()
    assert entry["Desktop Entry"]["Exec"] == "aml-maint %f"
    assert entry["Desktop Action demo"]["Exec"] == "aml-maint demo"


@pytest.mark.parametrize("key", ["GenericName", "Comment", "Keywords"])
def test_the_menu_speaks_both_languages(key: str) -> None:
    entry = desktop_entry()["Desktop Entry"]
    assert entry[key] and re.search("[\u4e00-\u9fff]", entry[f"{key}[zh_CN]"])


def test_the_page_of_the_manual_has_every_command_and_gives_roff_no_order_by_mistake() -> None:
    done = subprocess.run(
        [sys.executable, str(LINUX / "manpage.py")], check=True, capture_output=True,
        encoding="utf-8", cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip
    named = set(re.findall(r"^\.B (.+)$", done.stdout, re.M))
    assert named >= {name.replace("-", "\\-") for name in MODULES}
    orders = {line.split()[0] for line in done.stdout.splitlines() if line[:1] in ".'"}
    assert orders == {".TH", ".SH", ".TP", ".B", ".br", ".I", ".PP"}


def test_windows_and_macos_open_the_same_kind_of_file() -> None:
    installer = (PACKAGING / "windows" / "aml_maint.iss").read_text("utf-8")
    recipe = (PACKAGING / "aml_maint.spec").read_text("utf-8")
    assert rf"Software\Classes\{WARD_FILE}\OpenWithProgids" in installer
    assert f'"CFBundleTypeExtensions": ["{WARD_FILE.removeprefix(".")}"]' in recipe
    assert f'bundle_identifier="{ENTRY}"' in recipe
    compile(recipe, "aml_maint.spec", "exec")
