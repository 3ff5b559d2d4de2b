"""The manual is whole in both languages; its links lead somewhere, its words are the screen's."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from aml_maint import __version__
from aml_maint.cli.parser import MODULES
from aml_maint.domain.messages import LANGUAGES, Language
from aml_maint.services.language import catalogue
from aml_maint.services.manual import help_places, manual, picture
from aml_maint.services.manual_markup import links_of
from tests.benchmarks import speed_page
from tests.manual.pictures import PICTURES

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "resources" / "manual"
GUI = ROOT / "aml_maint" / "gui"
CONTENTS = tomllib.loads((MANUAL / "contents.toml").read_text("utf-8"))
NAMES = [name for section in CONTENTS["sections"] for name in section["pages"]]
PAGES = [(language, name) for language in LANGUAGES for name in NAMES]

# Written by tests and from the code, or about more than the screen: bold is only stress there.
NOT_ABOUT_THE_SCREEN = {"faults", "growth", "speed", "trust"}

KEY_HINT = re.compile(r"\(&\w\)|\s*[(（][^()（）]*[)）]$|…|&|\s+$")


def anchors(language: Language, name: str) -> set[str]:
    return {part.anchor for part in manual(language).page(name).parts}


def read(language: str, name: str) -> str:
    return (MANUAL / language / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_contents_once_and_every_file_is_a_page(language: str) -> None:
    files = sorted(path.stem for path in (MANUAL / language).glob("*.md"))
    assert files == sorted(NAMES)


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_links_lead_to_pages_and_headings_that_are_there(language: Language, name: str) -> None:
    dead = []
    for target in links_of(read(language, name)):
        page, _, anchor = target.partition("#")
        if "pictures/" in target:
            assert target == f"../pictures/{language}/{target.rpartition('/')[2]}"
            continue
        page = page.removesuffix(".md") or name
        if page not in NAMES or (anchor and anchor not in anchors(language, page)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_headings_and_tables(name: str) -> None:
    shapes = []
    for language in LANGUAGES:
        lines = read(language, name).splitlines()
        heads = [(line.split(" ")[0], *re.findall(r"<!--.*-->", line))
                 for line in lines if re.match("#+ ", line)]  # fmt: skip
        shapes.append((heads, sum(line.startswith("|") for line in lines)))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_name_the_same_keys_and_show_the_same_pictures(name: str) -> None:
    keys, pictures = [], []
    for language in LANGUAGES:
        text = read(language, name)
        keys.append(sorted(re.findall(r"<kbd>(.*?)</kbd>", text)))
        targets = [target for target in links_of(text) if "pictures/" in target]
        pictures.append([target.rpartition("/")[2] for target in targets])
    assert keys[0] == keys[1]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_there_is_shown_and_is_small(language: Language) -> None:
    targets = [target for name in NAMES for target in links_of(read(language, name))]
    shown = {target.rpartition("/")[2] for target in targets if "pictures/" in target}
    # All but the plot of `tests.benchmarks.growth` are drawn from the demo ward.
    drawn = {f"{name}.png" for name in PICTURES}
    assert shown == {*drawn, "growth.png"}, "python -m tests.manual --pictures"
    for name in shown:
        path = picture(name, language)
        assert path is not None and path.stat().st_size < 150_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_speed_says_what_the_kept_tables_say(language: Language) -> None:
    assert read(language, "speed") == speed_page.page(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_bold_stand_so_on_the_screen(language: Language) -> None:
    shown = {bare(text) for text in catalogue(language).templates.values()}
    strange = [
        f"{name}: {words}"
        for name in NAMES
        if name not in NOT_ABOUT_THE_SCREEN
        for words in re.findall(r"\*\*(.+?)\*\*", read(language, name))
        if bare(words) not in shown
    ]
    assert strange == []


def bare(text: str) -> str:
    """A text of the screen without its key and without the dots of a question to come."""
    before = ""
    while text != before:
        before, text = text, KEY_HINT.sub("", text).strip()
    return text.replace("\N{NO-BREAK SPACE}", " ")


def bases_of() -> dict[str, list[str]]:
    """The classes of the window with the names of what they inherit from."""
    return {
        node.name: [
            base.id if isinstance(base, ast.Name) else getattr(base.value, "id", "")
            for base in node.bases
            if isinstance(base, ast.Name | ast.Subscript)
        ]
        for path in GUI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_that_pages_name_are_there(language: str) -> None:
    named = {
        words
        for name in NAMES
        for words in re.findall(r"`aml-maint ([a-z][a-z -]*[a-z])", read(language, name))
    }
    assert len(named) > 5
    strange = [
        words
        for words in named
        if words.split(" --")[0] not in MODULES and words.split(" ")[0] not in MODULES
    ]
    assert strange == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_new_begins_with_this_version(language: Language) -> None:
    newest = manual(language).page("whats-new").parts[1]
    assert newest.anchor == "newest"
    assert __version__ in newest.title


def test_every_place_of_help_is_a_class_of_the_window_and_leads_to_a_page() -> None:
    assert sorted(set(help_places()) - set(bases_of())) == []
    for target in help_places().values():
        page, _, anchor = target.partition("#")
        assert page in NAMES
        assert not anchor or anchor in anchors("en", page), target


def test_every_dialog_and_every_page_has_its_place_in_the_manual() -> None:
    classes = bases_of()

    def line(name: str) -> set[str]:
        return {name, *(one for base in classes.get(name, []) for one in line(base))}

    inherited = {base for bases in classes.values() for base in bases}
    shown = [
        name
        for name in classes
        if name not in inherited
        and ("QDialog" in line(name) or (name.endswith(("Page", "Tab")) and name[0] != "_"))
    ]
    assert len(shown) > 80
    without = [name for name in shown if not line(name) & set(help_places())]
    assert without == ["OpeningPage"], "name its page under `places` in contents.toml"


def test_every_kind_of_dialog_has_its_f1() -> None:
    without = [
        path.name
        for path in GUI.rglob("*.py")
        if re.search(r"^class \w+\(QDialog\):", path.read_text("utf-8"), re.M)
        and "help_key(self)" not in path.read_text("utf-8")
    ]
    assert without == []
