"""The chapter of site settings: every figure that a site decides, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from aml_maint.domain.messages import LANGUAGES, Catalogue
from aml_maint.domain.site import Applies, Setting
from aml_maint.services.language import catalogue
from aml_maint.services.library import site_catalogue
from tests.manual.table import Both, code, table

TITLE: Both = {"en": "Site settings", "zh": "本单位设置"}
STORY: Both = {
    "en": (
        "What the paper leaves open, the site decides: *Settings › Site settings* lists every such"
        " value. <kbd>Enter</kbd> changes one, with a reason and from a day on;"
        " <kbd>A</kbd> accepts its default. This chapter is written from the program’s own"
        " list. How each figure is used stands in [Rules](rules.md)."
    ),
    "zh": (
        "论文没有写明的数值由本单位决定：*设置 › 本单位设置* 列出全部项目。"
        "按 <kbd>Enter</kbd> 修改（须写原因和生效日），按 <kbd>A</kbd> 接受默认值。"
        "本章由程序自身的清单生成；各数值如何使用见[规则](rules.md)。"
    ),
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "en": ("Setting", "Default", "May be", "Source"),
    "zh": ("设置", "默认值", "可选范围", "出处"),
}
APPLIES: Both = {"en": "When a change holds", "zh": "修改何时生效"}


def chapters() -> Iterator[tuple[str, str, str]]:
    """Language, name and text."""
    for language in LANGUAGES:
        yield language, "site-settings", _text(catalogue(language))


def _text(words: Catalogue) -> str:
    lines = [f"# {TITLE[words.language]}", "", STORY[words.language], ""]
    settings = site_catalogue().values()
    for section, members in groupby(settings, key=lambda setting: setting.section):
        lines += [f"## {words.text(f'site.section.{section}')} <!-- #{section} -->", ""]
        lines += table(COLUMNS[words.language], (_row(one, words) for one in members))
    lines += [f"## {APPLIES[words.language]} <!-- #applies -->", ""]
    for when in Applies:
        names = [words.text(one.name) for one in settings if one.applies is when]
        joint = "、" if words.language == "zh" else "; "
        lines += [words.text(f"setting.applies.{when.value}"), "", f"> {joint.join(names)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(one: Setting, words: Catalogue) -> list[str]:
    name = f"{words.text(one.name)} {code(one.key)}<br>{words.text(one.why)}"
    allowed = one.allowed
    return [
        name,
        words.text(one.shown(one.default)),
        words.text(allowed) if allowed is not None else "",
        words.text(one.source.title),
    ]
