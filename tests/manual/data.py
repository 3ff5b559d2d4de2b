"""The chapter of exported data: every table and variable that can leave the program."""

from __future__ import annotations

from collections.abc import Iterator

from aml_maint.domain.data_dictionary import DataTable, Kind, Variable
from aml_maint.domain.messages import LANGUAGES, Catalogue
from aml_maint.services.data_terms import data_dictionary
from aml_maint.services.language import catalogue
from tests.manual.table import Both, code, table

TITLE: Both = {"en": "Exported data", "zh": "导出数据字典"}
STORY: Both = {
    "en": (
        "CSV, Excel and SPSS files hold the same tables and variables, and each export brings this"
        " dictionary along. How to export is told in [Export data](export.md). A pseudonymised"
        " export, which is the usual one, replaces ids, moves dates by days that nobody knows or"
        " counts them from day 0, and leaves out what could name somebody. FHIR bundles have"
        " resources instead of tables."
    ),
    "zh": (
        "CSV、Excel 和 SPSS 文件的表和变量相同，每次导出都附有本字典。"
        "导出方法见[导出数据](export.md)。"
        "默认的去标识导出会替换编号，把日期整体移动若干天（天数无人知晓）或改为距第 0 天的天数，"
        "并去掉可能识别个人的内容。"
        "FHIR 文件以资源代替表。"
    ),
}
COLUMNS: dict[str, tuple[str, ...]] = {
    "en": ("Variable", "Meaning", "Holds", "Without names"),
    "zh": ("变量", "含义", "内容", "去标识导出"),
}
KINDS: dict[Kind, Both] = {
    Kind.PATIENT: {"en": "patient id", "zh": "患者编号"},
    Kind.RECORD: {"en": "record id", "zh": "记录编号"},
    Kind.TEXT: {"en": "text", "zh": "文字"},
    Kind.CODE: {"en": "code", "zh": "编码"},
    Kind.TERM: {"en": "term", "zh": "术语"},
    Kind.FLAG: {"en": "yes or no", "zh": "是或否"},
    Kind.WHOLE: {"en": "whole number", "zh": "整数"},
    Kind.NUMBER: {"en": "number", "zh": "数值"},
    Kind.DAY: {"en": "day", "zh": "日期"},
    Kind.TIME: {"en": "time", "zh": "时间"},
    Kind.KNOWN_TIME: {"en": "time as exactly as it is known", "zh": "时间（按已知精度）"},
}
LEAVES: dict[str, Both] = {
    "replaced": {"en": "replaced", "zh": "替换"},
    "moved": {"en": "moved", "zh": "移动"},
    "form": {"en": "if it has a known form", "zh": "格式可识别时保留"},
    "most": {"en": "as it is, up to {most}", "zh": "原样，最大 {most}"},
    "yes": {"en": "as it is", "zh": "原样"},
    "no": {"en": "left out", "zh": "不导出"},
}
CODES: Both = {"en": "Codes", "zh": "编码表"}
CODE_COLUMNS: dict[str, tuple[str, ...]] = {
    "en": ("List", "Number, word, meaning"),
    "zh": ("编码表", "数字、代码词、含义"),
}


def chapters() -> Iterator[tuple[str, str, str]]:
    """Language, name and text."""
    for language in LANGUAGES:
        yield language, "data", _text(catalogue(language))


def _text(words: Catalogue) -> str:
    lines = [f"# {TITLE[words.language]}", "", STORY[words.language], ""]
    dictionary = data_dictionary()
    for one in dictionary.tables:
        lines += [f"## {words.text(one.label)} <!-- #{one.name.replace('_', '-')} -->", ""]
        lines += [code(one.name), "", *_table(one, words)]
    lines += [f"## {CODES[words.language]} <!-- #codes -->", ""]
    rows = [
        [code(name), "; ".join(f"{c.number} {code(c.word)} {words.text(c.label)}" for c in codes)]
        for name, codes in dictionary.codes.items()
    ]
    lines += table(CODE_COLUMNS[words.language], rows)
    return "\n".join(lines).rstrip() + "\n"


def _table(one: DataTable, words: Catalogue) -> list[str]:
    rows = [
        [code(v.name), words.text(v.label), _holds(v, words), _leaves(v, words)]
        for v in one.variables
    ]
    return table(COLUMNS[words.language], rows)


def _holds(variable: Variable, words: Catalogue) -> str:
    told = KINDS[variable.kind][words.language]
    detail = variable.codes_name or variable.terms or variable.unit
    return f"{told}, {code(detail)}" if detail else told


def _leaves(variable: Variable, words: Catalogue) -> str:
    if not variable.leaves:
        name = "no"
    elif variable.kind in {Kind.PATIENT, Kind.RECORD}:
        name = "replaced"
    elif variable.kind.is_date:
        name = "moved"
    elif variable.kind is Kind.TEXT:
        name = "form"
    else:
        name = "yes" if variable.most is None else "most"
    return LEAVES[name][words.language].format(most=variable.most)
