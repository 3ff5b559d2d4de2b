"""Every text exists in both languages, takes the same values, and is there when code asks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "i18n"
LANGUAGES = ("en", "zh")

# Chinese counts in ten thousands (万), and so takes another figure of the same dose.
OTHER_VALUES_IN_CHINESE = {"dose.million_units"}

# Abbreviations on the lists of error-prone ones; people's words stand in their place.
UNSAFE_ENGLISH = re.compile(r"\b(?:BID|TID|QD|QOD|QHS|mcg|ug)\b|[μµ]g\b")


def files_of(language: str) -> list[Path]:
    return sorted(FOLDER.glob(f"*.{language}.toml"))


def texts_of(language: str) -> list[tuple[str, str, Any]]:
    """File, key and text of everything in one language."""
    return [
        (path.name, key, text)
        for path in files_of(language)
        for key, text in tomllib.loads(path.read_text("utf-8")).items()
    ]


TEXTS = {language: {key: text for _, key, text in texts_of(language)} for language in LANGUAGES}


def placeholders(template: object) -> set[str]:
    if not isinstance(template, str):
        return set()  # reported by the test of empty texts
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_there_are_texts_at_all() -> None:
    assert len(TEXTS["en"]) > 100


def test_each_file_of_texts_has_its_twin_in_the_other_language() -> None:
    names = {
        language: {path.name.removesuffix(f"{language}.toml") for path in files_of(language)}
        for language in LANGUAGES
    }
    assert names["en"] == names["zh"]


def test_both_languages_have_the_same_keys() -> None:
    assert sorted(TEXTS["en"].keys() ^ TEXTS["zh"].keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_given_twice(language: str) -> None:
    count = Counter(key for _, key, _ in texts_of(language))
    assert [key for key, times in count.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_a_text_and_not_empty(language: str) -> None:
    empty = [
        f"{name}: {key}"
        for name, key, text in texts_of(language)
        if not isinstance(text, str) or not text.strip()
    ]
    assert empty == [], "a key with a dot in it stands in quotes"


def test_both_languages_take_the_same_values() -> None:
    # A Chinese million is counted in ten thousands, so that text takes another figure.
    shared = (TEXTS["en"].keys() & TEXTS["zh"].keys()) - {"dose.million_units"}
    differing = {
        key: (placeholders(TEXTS["en"][key]), placeholders(TEXTS["zh"][key]))
        for key in sorted(shared - OTHER_VALUES_IN_CHINESE)
        if placeholders(TEXTS["en"][key]) != placeholders(TEXTS["zh"][key])
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_for_a_value_has_a_plain_name(language: str) -> None:
    odd = [
        key
        for key, text in TEXTS[language].items()
        if not all(name.isidentifier() for name in placeholders(text))
    ]
    assert odd == []


def test_english_texts_use_no_abbreviation_known_to_cause_dose_errors() -> None:
    assert {
        key: text for key, text in TEXTS["en"].items() if UNSAFE_ENGLISH.search(str(text))
    } == {}


def test_chinese_texts_hold_no_full_english_sentence() -> None:
    untranslated = [
        key
        for key, text in TEXTS["zh"].items()
        if text == TEXTS["en"].get(key) and len(re.findall(r"[A-Za-z]{2,}", str(text))) > 3
    ]
    assert untranslated == []


def asked_for() -> Iterator[tuple[str, str, set[str] | None]]:
    """Each text that code asks for by name: place, key, and values (None: not known here)."""
    for path in sorted((ROOT / "aml_maint").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            key = node.args[0]
            if name not in {"say", "Message"} or not isinstance(key, ast.Constant):
                continue
            place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
            yield place, str(key.value), values_given(node)


def values_given(call: ast.Call) -> set[str] | None:
    names: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg == "params":
            return None
        names.add(keyword.arg)
    for argument in call.args[1:]:
        if not isinstance(argument, ast.Dict):
            return None
        for key in argument.keys:
            if not isinstance(key, ast.Constant):
                return None
            names.add(str(key.value))
    return names


def test_every_text_that_code_asks_for_exists() -> None:
    missing = [f"{place} {key}" for place, key, _ in asked_for() if key not in TEXTS["en"]]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_code_asks_for_gets_the_values_it_takes(language: str) -> None:
    lacking = {
        f"{place} {key}": sorted(placeholders(TEXTS[language].get(key)) - given)
        for place, key, given in asked_for()
        if given is not None and placeholders(TEXTS[language].get(key)) - given
    }
    assert lacking == {}


# One word for one thing: what is not said (or said elsewhere for another thing), and what instead.
# The command line and the manual's tables take their words from the same files.
CHINESE_GLOSSARY = {
    r"微小残留(?!病)|微量残留": "微小残留病",
    r"病历号|住院号": "病案号",
    r"(?<!间)隔天": "隔日",
    r"副作用|毒副反应|毒性反应": "不良反应",
    r"按需用药|备用医嘱": "必要时用药，必要时医嘱",
    r"血象": "血常规",
    r"红血球|白血球": "红细胞，白细胞",
    r"白细胞介素|白介素2|IL-2": "白介素-2",
    r"危险分层": "危险度",
    r"略去|决定省略|省略用药": "停给",
    r"疗程第(?=[ \d{])": "周期第 n 天",
    r"药物剂次": "剂次",
    r"帐户|帐号": "账户",
    r"登陆": "登录",
    r"其它": "其他",
}


@pytest.mark.parametrize("variant", list(CHINESE_GLOSSARY))
def test_chinese_texts_say_one_thing_by_one_word(variant: str) -> None:
    wrong = {k: t for k, t in TEXTS["zh"].items() if re.search(variant, str(t))}
    assert wrong == {}, f"say {CHINESE_GLOSSARY[variant]}"
