"""The table of faults in the manual, in both languages, as the kept results of the runs tell it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CATALOGUE = HERE / "catalogue.toml"
KEPT = HERE / "results.json"
MANUAL = HERE.parents[1] / "resources" / "manual"
NIGHT = 10  # the rounds of the night are ten times those of every run
EVERY = "every"

TITLES = {"en": "Faults tried", "zh": "故障试验"}
HEADS = {
    "en": ("Fault", "Every run", "By night", "Lost", "Undetected", "Half done", "Control"),
    "zh": ("故障", "每次运行", "夜间运行", "丢失", "未发现", "只完成一半", "对照"),
}
STORIES = {
    "en": (
        "Each row is a fault that the tests of `tests/faults` cause on purpose: how often in every"
        " run of the tests, and how often by night, when it is ten times as much, with other"
        " chances. *Lost* counts what the program had called saved and what was not there"
        " afterwards, *undetected* the changes that nobody was told of, *half done* the imports,"
        " migrations, backups and writes of which a part remained; all of them over both columns,"
        " and all must be 0. The control is the same test without the protection: it must find"
        " something, or the test would prove nothing. `python -m tests.faults` runs the rounds of"
        " the night, with `--ci` those of every run, and writes this page."
    ),
    "zh": (
        "每一行是 `tests/faults` 中有意制造的一种故障：每次运行测试时试验多少次，夜间试验多少次"
        "（十倍次数，随机数不同）。“丢失”指程序已显示保存而之后不存在的记录；“未发现”指没有告知任何人的"
        "改动；“只完成一半”指只留下一部分的导入、升级、备份和写入；均为两列合计，必须全部为 0。"
        "对照是去掉保护后的同一试验：必须能发现问题，否则试验不能说明什么。"
        "`python -m tests.faults` 运行夜间次数，加 `--ci` 运行常规次数，并生成本页。"
    ),
}
WORDS = {
    "en": {"every": "{n}, every one", "short": "{n} of {asked} asked", "never": "not run yet",
           "so_far": "{n} so far",
           "day": "{cell} ({day})",
           "days": "Every run: {day}. By night: {night}. Program version {version}.",
           "what": "What was done", "told": "**{name}.** {text} Control: {control}."},
    "zh": {"every": "{n}（全部）", "short": "{n}（要求 {asked}）", "never": "尚未运行",
           "so_far": "已运行 {n}",
           "day": "{cell}（{day}）",
           "days": "常规次数：{day}。夜间次数：{night}。程序版本 {version}。",
           "what": "试验内容", "told": "**{name}**：{text}对照：{control}。"},
}  # fmt: skip


def day_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The latest day of some runs; empty without any."""
    return max((row["day"] for row in rows), default="")


def tried(
    row: Mapping[str, Any] | None, asked: int | str | None, language: str, usual: str = ""
) -> str:
    """How often a fault was tried, and what was asked if that is more; the day if not as usual."""
    words = WORDS[language]
    if row is None:
        return words["never"]
    count = f"{row['rounds']:,}"
    if not isinstance(asked, int) and not row.get("whole", True):
        count = words["so_far"].format(n=count)
    elif asked == EVERY:
        count = words["every"].format(n=count)
    elif isinstance(asked, int) and row["rounds"] < asked:
        count = words["short"].format(n=count, asked=f"{asked:,}")
    return count if row["day"] == usual else words["day"].format(cell=count, day=row["day"])


def line(
    told: Mapping[str, Any],
    runs: tuple[Mapping[str, Any] | None, ...],
    days: Sequence[str],
    language: str,
) -> str:
    """One row of the table."""
    asked = told.get("asked")
    found = [row for row in runs if row is not None]
    nights = asked * NIGHT if isinstance(asked, int) else asked
    sums = [f"{sum(row[name] for row in found):,}" for name in ("lost", "undetected", "half")]
    control = " / ".join(f"{sum(row[name] for row in found):,}" for name in ("control", "of"))
    counts = [
        tried(row, n, language, day)
        for row, n, day in zip(runs, (asked, nights), days, strict=True)
    ]
    return f"| {' | '.join((told['name'][language], *counts, *sums, control))} |"


def page(kept: Mapping[str, Any], language: str) -> str:
    """The page in one language, as Markdown."""
    catalogue = tomllib.loads(CATALOGUE.read_text("utf-8"))
    words = WORDS[language]
    days = [day_of(kept.get(kind, {}).values()) for kind in ("ci", "nightly")]
    versions = sorted({row["version"] for run in kept.values() for row in run.values()})
    lines = [
        f"# {TITLES[language]}",
        "",
        STORIES[language],
        "",
        words["days"].format(
            day=days[0], night=days[1] or words["never"], version=" ".join(versions)
        ),
        "",
        f"| {' | '.join(HEADS[language])} |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for fault, told in catalogue.items():
        runs = tuple(kept.get(kind, {}).get(fault) for kind in ("ci", "nightly"))
        lines.append(line(told, runs, days, language))
    lines += ["", f"## {words['what']}", ""]
    lines += [
        "- " + words["told"].format(
            name=told["name"][language], text=told[language], control=told["control"][language]
        )
        for told in catalogue.values()
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def results() -> dict[str, Any]:
    """What came of the last run of each row."""
    found: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return found


def write_pages() -> None:
    """Write the pages of both languages."""
    for language in ("en", "zh"):
        (MANUAL / language / "faults.md").write_text(page(results(), language), "utf-8")
