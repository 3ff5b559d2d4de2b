"""The chapter of the command line: the commands from the parser, JSON from what they answer."""

from __future__ import annotations

import io
import json
import os
import tempfile
from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from aml_maint import bootstrap
from aml_maint.cli import main
from aml_maint.cli.parser import MODULES, PROGRAM, command_of, help_key
from aml_maint.domain.messages import LANGUAGES, Catalogue
from aml_maint.services.clock import SetClock
from aml_maint.services.language import catalogue
from aml_maint.store import engine
from tests.builders import PASSPHRASE, ZONE, moment
from tests.manual.table import Both, code, table

DATA = Path(__file__).parents[1] / "data"
NOW = "2026-03-20T12:00"

TITLE: Both = {"en": "Command line", "zh": "命令行"}
STORY: Both = {
    "en": (
        "Every task of the window can be done by a command, for scripts and other programs. This"
        " chapter is written from the program: its own help, and what the commands answer. The"
        " commands whose name stands in *JSON answers* keep the keys shown there; new ones may be"
        " added."
    ),
    "zh": (
        "窗口中的每项工作也可以用命令完成，便于脚本和其他程序调用。本章由程序生成：内容来自程序自身的帮助和命令的实际回答。"
        "*JSON 回答* 一节列出的键保持不变，以后可能增加新的键。"
    ),
}
HEADS: dict[str, Both] = {
    "everywhere": {"en": "Options that work everywhere", "zh": "通用选项"},
    "codes": {"en": "Exit codes", "zh": "退出码"},
    "json": {"en": "JSON answers", "zh": "JSON 回答"},
    "commands": {"en": "Commands", "zh": "命令"},
}
JSON_STORY: Both = {
    "en": (
        "With `--json` a command prints one document on standard output and nothing else; messages"
        " go to standard error. Days are `YYYY-MM-DD`, moments ISO 8601, `null` is not known or not"
        " reached. `NAME` and the like stand for words that depend on the data."
    ),
    "zh": (
        "加 `--json` 时，标准输出只有一个 JSON 文档，提示信息写到标准错误。"
        "日期为 `YYYY-MM-DD`，时刻用 ISO 8601，`null` 表示未知或未达到。"
        "`NAME` 一类的大写词代表随数据而定的名称。"
    ),
}
CODES: dict[int, Both] = {
    0: {"en": "done", "zh": "完成"},
    1: {"en": "a fault in the program, or a part of it is missing", "zh": "程序出错或缺少组成部分"},
    2: {"en": "wrong use: the command was not written as it has to be", "zh": "用法不对"},
    3: {"en": "bad input; nothing was written", "zh": "输入有误，未写入任何内容"},
    4: {"en": "refused by a rule, a role or a lock", "zh": "被规则、角色或锁定拒绝"},
    5: {"en": "storage: the file or the disk", "zh": "存储问题：文件或磁盘"},
    130: {"en": "interrupted from the keyboard", "zh": "用键盘中断"},
}
COLUMNS: dict[str, tuple[str, ...]] = {"en": ("Option", "Meaning"), "zh": ("选项", "含义")}
CODE_COLUMNS: dict[str, tuple[str, ...]] = {"en": ("Code", "Meaning"), "zh": ("退出码", "含义")}
NEEDED: Both = {"en": "needed", "zh": "必填"}

EVERYWHERE = (
    ("--database FILE", "cli.help.database"),
    ("--passphrase-file FILE", "cli.help.passphrase_file"),
    ("--user NAME", "cli.help.user"),
    ("--demo", "cli.help.in_demo"),
    ("--json", "cli.help.json"),
    ("--language {en,zh}", "cli.help.language"),
)

# Words of the data that stand as keys: below which key, and what stands for them.
OPEN = {
    "totals": "COMPONENT", "groups": "NAME", "at": "MONTHS", "outcomes": "DEFINITION",
    "files": "NAME", "counts": "NAME",
}  # fmt: skip
SAMPLE = {"blasts_percent": 1, "morphology_adequate": True, "anc": 2, "platelets": 150,
          "circulating_blasts": False, "fcm": {"percent": 0.02, "events": 600_000}}  # fmt: skip
GENETICS = {"cytogenetics": ["t(8;21)"], "mutations": ["KIT"], "flt3_itd": False}


def chapters() -> Iterator[tuple[str, str, str]]:
    """Language, name and text."""
    for language in LANGUAGES:
        yield language, "commands", _text(catalogue(language))


def _text(words: Catalogue) -> str:
    language = words.language

    def head(name: str) -> list[str]:
        return [f"## {HEADS[name][language]} <!-- #{name} -->", ""]

    lines = [f"# {TITLE[language]}", "", STORY[language], "", *head("everywhere")]
    rows = [[code(option), words.text(key)] for option, key in EVERYWHERE]
    lines += table(COLUMNS[language], rows)
    lines += head("codes")
    assert set(main.EXIT_CODES.values()) | {main.DONE, main.BUG} == set(CODES)
    lines += table(CODE_COLUMNS[language], ([str(n), told[language]] for n, told in CODES.items()))
    lines += [*head("json"), JSON_STORY[language], ""]
    for command, shape in _shapes().items():
        lines += [code(f"{PROGRAM} {command}"), "", "```", shape, "```", ""]
    lines += head("commands")
    for name in MODULES:
        lines += _command(name, words)
    return "\n".join(lines).rstrip() + "\n"


def _command(name: str, words: Catalogue) -> list[str]:
    lines = [
        f"### {code(name)} <!-- #{name.replace(' ', '-')} -->",
        "",
        words.text(help_key(name)),
        "",
    ]
    if MODULES[name] is None:
        return lines
    parser = ArgumentParser(prog=f"{PROGRAM} {name}", add_help=False)
    command_of(name).arguments(parser)
    rows = [_option(action, words) for action in parser._actions if action.help is not SUPPRESS]
    return [*lines, *(table(COLUMNS[words.language], rows) if rows else [])]


def _option(action: Action, words: Catalogue) -> list[str]:
    value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    if action.choices is not None and action.metavar is None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    written = ", ".join(action.option_strings) or str(value)
    if action.option_strings and action.nargs != 0:
        written += f" {value}"
    if action.nargs in ("+", "*"):
        written += " …"
    told = words.text(action.help) if action.help is not None else ""
    if action.option_strings and action.required:
        told += f" ({NEEDED[words.language]})"
    return [code(written.replace("|", "/")), told]


# ---- what commands answer


@cache
def _shapes() -> Mapping[str, str]:
    """The shape of the answers, by the command as it was written."""
    with tempfile.TemporaryDirectory() as own, mock.patch.object(engine, "KDF_ITERATIONS", 1_000):
        folder = Path(own)
        surroundings = {
            "AML_MAINT_DATABASE": str(folder / "ward.amldb"), "AML_MAINT_PASSPHRASE": PASSPHRASE,
            "TZ": ZONE, "LANG": "en_GB.UTF-8",
        }  # fmt: skip
        clock = mock.patch.object(
            bootstrap, "SystemClock", lambda zone: SetClock(moment(NOW, zone))
        )
        with mock.patch.dict(os.environ, surroundings), clock:
            return dict(_answers(folder))


def _answers(folder: Path) -> Iterator[tuple[str, str]]:
    def told(shown: str, *arguments: object) -> tuple[str, str]:
        return shown, _shape(_call(*arguments))

    one, course, risk, table_file, batch = (
        folder / name for name in ("sample.json", "course.json", "risk.json", "s.csv", "g.json")
    )
    one.write_text(json.dumps(SAMPLE), "utf-8")
    samples = [{**SAMPLE, "day": day} for day in (28, 56)]
    course.write_text(json.dumps({"baseline_mrd_positive": False, "samples": samples}), "utf-8")
    risk.write_text(json.dumps(GENETICS), "utf-8")
    table_file.write_text("t,e,g\n1,1,a\n2,0,a\n3,1,b\n4,1,b\n", "utf-8")
    batch.write_text('[{"item": "platelets", "value": 50, "unit": "10*9/L"}]', "utf-8")
    yield told("plan REGIMEN --start DAY", "plan", "sorafenib_iti", "--start", "2026-03-02")
    yield told(
        "gate COMPONENT --value V --unit U --collected ISO --at ISO", "gate", "danshen",
        "--value", 60, "--unit", "10*9/L", "--collected", NOW, "--at", NOW,
    )  # fmt: skip
    yield told("grade ITEM VALUE UNIT", "grade", "platelets", 50, "10*9/L")
    yield told("grade --batch FILE", "grade", "--batch", batch)
    yield told("assess-marrow FILE", "assess-marrow", one)
    yield told("risk FILE", "risk", risk)
    yield told(
        "survival FILE --time COL --event COL --group COL --at T", "survival", table_file,
        "--time", "t", "--event", "e", "--group", "g", "--at", "2",
    )  # fmt: skip
    _call("create")
    cohort = DATA / "cohort19.csv"
    yield told("import-cohort FILE --dry-run", "import-cohort", cohort, "--dry-run")
    _call("import-cohort", cohort)
    yield told("cohort", "cohort")
    _call("admit", "1001", "Li", "Mei", "--born", "1970-02-03")
    _call("start-course", "1001", "sorafenib_iti", "--start", "2026-03-02")
    yield told("worklist --date DAY", "worklist", "--date", "2026-03-20")
    yield told("findings", "findings")
    yield told("verify", "verify")
    yield told("backup", "backup")
    yield told("manual --out DIR", "manual", "--out", folder / "manual")
    yield "…", _shape(_call("plan", "nope", "--start", "2026-03-02", code=3))


def _call(*arguments: object, code: int = 0) -> Any:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        ended = main.run([*map(str, arguments), "--json"])
    assert ended == code, f"{arguments}: {err.getvalue()}"
    return json.loads(out.getvalue())


def _shape(value: Any, name: str = "", depth: int = 0) -> str:
    """What an answer looks like: its keys, and what kind of value each has."""
    if isinstance(value, list):
        inner = next((item for item in value if item not in ([], {})), None)
        return "[]" if inner is None else f"[{_shape(inner, '', depth)}, …]"
    if isinstance(value, dict):
        if name in OPEN and value:
            first = next((one for one in value.values() if one), next(iter(value.values())))
            return f'{{"{OPEN[name]}": {_shape(first, "", depth)}, …}}'
        pad = "  " * (depth + 1)
        inside = [f'"{key}": {_shape(one, key, depth + 1)}' for key, one in value.items()]
        flat = "{" + ", ".join(inside) + "}"
        if len(flat) + 2 * depth <= 90 and "\n" not in flat:
            return flat
        return "{\n" + ",\n".join(pad + one for one in inside) + "\n" + "  " * depth + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    return "number" if isinstance(value, int | float) else "text"
