"""The manual's page on speed, in both languages, from the tables kept of a quiet and a busy time.

`python -m tests.benchmarks --json tests/benchmarks/speed.quiet.json` (and `speed.loaded.json` while
the machine does other things as well) keeps a table; `python -m tests.benchmarks.speed_page` writes
the page from both, and measures nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.growth_page import LANGUAGES, MANUAL
from tests.benchmarks.measuring import shown

HERE = Path(__file__).parent
KEPT = {name: HERE / f"speed.{name}.json" for name in ("quiet", "loaded")}
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")

# What is measured, and against what, in Chinese; a sign # stands for each number in turn.
CHINESE = {
    "plan one cycle, # doses": "排一个周期（# 次用药）",
    "worklist of #, all history": "# 名患者的工作列表，全部历史",
    "log a dose: key to durable and painted": "记录一次用药：从按键到落盘并显示",
    "open a patient with # cycles, sheet painted": "打开有 # 个周期的患者，画出用药表",
    "Kaplan-Meier, intervals, log-rank, # people": "Kaplan-Meier、置信区间、对数秩检验，# 人",
    "cycle report PDF": "周期报告 PDF",
    "a report late in a batch of #": "批量 # 份报告中靠后的一份",
    "memory after # reports": "# 份报告之后的内存",
    "window's own work at once during a batch": "批量期间窗口一次连续占用的时间",
    "stop of a batch answered": "批量停止的响应",
    "export # patients as xlsx": "导出 # 名患者为 xlsx",
    "export # patients as sav": "导出 # 名患者为 sav",
    "export # patients as fhir": "导出 # 名患者为 FHIR",
    "verify the audit chain": "核对审计链",
    "the same, and every row by its events": "同上，并逐行与审计条目核对",
    "start to painted Today, # patients": "启动到画出今日工作，# 名患者",
    "memory on Today, just painted": "刚画出今日工作时的内存",
    "memory with every page made": "所有页面建好后的内存",
    "dateutil.rrule": "dateutil.rrule",
    "the same with a short history": "同样的列表，短历史",
    "a bare durable INSERT": "一条落盘的 INSERT",
    "a plain cursor on the same rows": "普通游标读取同样的行",
    "lifelines": "lifelines",
    "typst on such pages": "typst 排同类页面",
    "one early in it": "靠前的一份",
    "after a quarter of them": "四分之一之后",
    "# ms": "# 毫秒",
    "the time of one report": "一份报告的时间",
    "XlsxWriter": "XlsxWriter",
    "pyreadstat": "pyreadstat",
    "json": "json",
    "hashlib, bytes read": "hashlib（含读取字节）",
    "an empty QMainWindow": "空的 QMainWindow",
    "an empty PySide# program": "空的 PySide# 程序",
}

_HEAD = {
    "en": ("What", "Against", "Goal", "Quiet", "", "Sides", "Busy"),
    "zh": ("项目", "对照", "目标", "空闲时", "", "两侧耗时", "繁忙时"),
}
_VERDICTS = {
    "en": {"met": "met", "MISSED": "missed", "not measured": "not measured"},
    "zh": {"met": "达到", "MISSED": "未达到", "not measured": "未测"},
}


def told(words: str, language: str) -> str:
    """A name of a row in a language; KeyError for one that nobody has translated."""
    if language == "en":
        return words
    numbers = _NUMBER.findall(words)
    parts = CHINESE[_NUMBER.sub("#", words)].split("#")
    return "".join(
        part + (numbers[place] if place < len(numbers) else "") for place, part in enumerate(parts)
    )


def table(
    quiet: Sequence[Mapping[str, Any]], loaded: Sequence[Mapping[str, Any]], language: str
) -> str:
    """A line for each row of the table, with its ratio on the quiet and on the busy machine."""
    busy = {one["name"]: one for one in loaded}
    lines = [_HEAD[language]]
    for one in quiet:
        other = busy.get(one["name"], {}).get("ratio")
        lines.append(
            (
                told(one["name"], language), told(one["against"], language), one["goal"],
                _ratio(one["ratio"]), _VERDICTS[language][one["verdict"]],
                f"{shown(one['ours'], one['unit'])} : {shown(one['bare'], one['unit'])}",
                _ratio(other),
            )
        )  # fmt: skip
    top, *body = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join((top, "|---|---|---:|---:|---|---|---:|", *body))


def page(language: str) -> str:
    """The page in a language."""
    kept = {name: json.loads(path.read_text("utf-8")) for name, path in KEPT.items()}
    quiet, loaded = (kept[name]["figures"] for name in ("quiet", "loaded"))
    machine = kept["quiet"]["machine"]
    words = {
        "processor": machine["processor"],
        "processors": str(machine["processors"]),
        "rounds": str(kept["quiet"]["rounds"]),
        "quiet": str(machine["load"][0]),
        "loaded": str(kept["loaded"]["machine"]["load"][0]),
        "table": table(quiet, loaded, language),
    }
    text = (HERE / f"speed.{language}.md").read_text("utf-8")
    for name, value in words.items():
        text = text.replace(f"@{name}@", value)
    return text


def write() -> None:
    """Write the page of each language."""
    for language in LANGUAGES:
        (MANUAL / language / "speed.md").write_text(page(language), "utf-8")


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}"


if __name__ == "__main__":
    write()
