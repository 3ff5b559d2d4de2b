"""The manual's page on growth, and its plot, in both languages, from the kept figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MANUAL = Path(__file__).parents[2] / "resources" / "manual"
LANGUAGES = ("en", "zh")

_NAMES = {
    "open": ("Open, with every check", "打开（全部检查）"),
    "today": ("Read Today", "读取今日工作"),
    "patients": ("List the patients", "患者列表"),
    "sheet": ("Read a flow sheet", "读取用药表"),
    "save": ("Save an entry", "保存一条记录"),
    "memory": ("Memory, MiB", "内存（MiB）"),
    "file": ("File, MiB", "文件（MiB）"),
    "sign_in": ("Sign in", "登录"),
}
_AXES = {
    "patients": (
        "Patients on therapy", "在治患者", "patients, three cycles each at most",
        "名患者，每人最多三个周期",
    ),
    "years": (
        "Years on record", "记录年数", "years of a ward with 20 patients on therapy",
        "年，20 名在治患者的病区",
    ),
    "people": (
        "People who sign in", "可登录人数", "people with a passphrase of their own",
        "名有各自口令的人员",
    ),
}  # fmt: skip
_TIMES = ("open", "today", "patients", "sheet", "save", "sign_in")

_LARGEST = {
    "en": """- The largest ward tried has {everyone} patients, 1,000 on therapy, {doses} doses over
  twenty years and {file} GiB: opening with every check takes {open} s, Today {today} s, saving
  an entry {save} s, with {memory} MiB of memory at most.""",
    "zh": """- 试验过的最大病区有 {everyone} 名患者（其中 1,000 名在治）、
二十年 {doses} 次用药、{file} GiB：打开并全部检查 {open} 秒，今日工作 {today} 秒，
保存一条记录 {save} 秒，内存最多 {memory} MiB。""",
}


def write(found: Mapping[str, Any]) -> None:
    """Write the page and the plot of each language."""
    for place, language in enumerate(LANGUAGES):
        text = Path(__file__).with_name(f"growth.{language}.md").read_text("utf-8")
        tables = [
            _table(axis, lines, found["exponents"][axis], place)
            for axis, lines in found["axes"].items()
        ]
        told = {
            "processor": found["machine"]["processor"],
            "tables": "\n\n".join(tables),
            "largest": _largest(found.get("largest"), language),
            **_size(found["axes"]["years"]),
        }
        for name, words in told.items():
            text = text.replace(f"@{name}@", words)
        (MANUAL / language / "growth.md").write_text(text.replace("\n\n\n", "\n\n"), "utf-8")
        _plot(found["axes"], place, MANUAL / "pictures" / language / "growth.png")


def _size(lines: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """What a dose takes (kB), a ward with 20 patients in a year (MB), and a hundred such (GB)."""
    last = lines[-1]
    written = last["file"] * 2**20
    year = written / last["size"] / 1e6
    return {
        "dose": f"{written / last['doses'] / 1e3:.1f}",
        "year": f"{year:.0f}",
        "years": f"{year / 10:.0f}",
    }


def _table(
    axis: str, lines: Sequence[Mapping[str, float]], fitted: Mapping[str, float], place: int
) -> str:
    columns = [name for name in _NAMES if name in lines[0]]
    doses = "doses" in lines[0]
    head = [_AXES[axis][place], *([("Doses", "用药次数")[place]] if doses else ())]
    head += [_NAMES[name][place] for name in columns]
    rows = [head]
    for line in lines:
        first = [f"{line['size']:,}", *([f"{line['doses']:,}"] if doses else ())]
        rows.append([*first, *(_shown(name, line[name]) for name in columns)])
    rows.append([("exponent", "幂指数")[place], *([""] if doses else ()),
                 *(f"{fitted[name]:.2f}" for name in columns)])  # fmt: skip
    title = f"## {_AXES[axis][place]} <!-- #{axis} -->"
    top, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((title, "", top, "|---:" * len(head) + "|", *body))


def _shown(name: str, value: float) -> str:
    if name in ("memory", "file"):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def _largest(line: Mapping[str, float] | None, language: str) -> str:
    if line is None:
        return ""
    told = {name: _shown(name, line[name]) for name in ("open", "today", "memory", "save")}
    return _LARGEST[language].format(
        **told, doses=f"{line['doses']:,}", everyone=f"{line['everyone']:,}",
        file=f"{line['file'] / 1024:.1f}",
    )  # fmt: skip


def _plot(axes: Mapping[str, Sequence[Mapping[str, float]]], place: int, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import font_manager, pyplot

    from aml_maint.reports.pdf import CHINESE_FAMILIES, LATIN_FAMILIES

    known = {font.name for font in font_manager.fontManager.ttflist}
    wanted = [*LATIN_FAMILIES, *CHINESE_FAMILIES]
    families = [name for name in wanted if name in known]
    marks = dict(zip(_TIMES, "osD^vP", strict=True))
    with pyplot.rc_context({"font.family": families, "font.size": 9}):
        figure, parts = pyplot.subplots(1, len(axes), figsize=(9.6, 3.4), layout="constrained")
        for part, (axis, lines) in zip(parts, axes.items(), strict=True):
            for name in _TIMES:
                if name in lines[0]:
                    x, y = zip(*((line["size"], line[name]) for line in lines), strict=True)
                    style = {"marker": marks[name], "color": f"C{_TIMES.index(name)}"}
                    part.loglog(x, y, ms=4, lw=1.2, label=_NAMES[name][place], **style)
            part.set_xlabel(_AXES[axis][place])
            sizes = [line["size"] for line in lines]
            part.set_xticks(sizes, [f"{size:g}" for size in sizes])
            part.minorticks_off()
            part.grid(visible=True, alpha=0.3)
            part.spines[["top", "right"]].set_visible(False)
        parts[0].set_ylabel(("seconds of the processor", "处理器秒数")[place])
        parts[-1].set_ylim(0.01, 10)
        handles = {
            label: handle
            for part in parts
            for handle, label in zip(*part.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=6)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=100)
        pyplot.close(figure)
