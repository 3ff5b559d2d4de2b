"""The chapter of rules: what `tests/spec` holds as tables, with the program's own reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aml_maint.domain.endpoints import Endpoint
from aml_maint.domain.findings import FindingKind
from aml_maint.domain.gate import evaluate, rule_text
from aml_maint.domain.labs import LabResult
from aml_maint.domain.marrow import FlowResult, Morphology
from aml_maint.domain.messages import Catalogue, Message
from aml_maint.domain.moment import Moment
from aml_maint.domain.mrd import classify
from aml_maint.domain.quantities import LabValue, dose_text, unit_text
from aml_maint.domain.regimen import Component, GateRule, Regimen, Rhythm
from aml_maint.domain.response import Counts, judge
from aml_maint.domain.risk import Cebpa, Genetics, eln2022
from aml_maint.domain.toxicity import ToxicityItem, grade
from aml_maint.services import library
from aml_maint.services.language import catalogue
from tests.manual.table import Both, table
from tests.spec import test_gate, test_response, test_risk, test_who_grading

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

STORY: Both = {
    "en": (
        "This chapter is written by the program: the figures are those it computes with, the"
        " examples are the tables of its tests (`tests/spec`), and the reasons are the sentences"
        " it shows. What the paper leaves open is decided by the site: see"
        " [Site settings](site-settings.md)."
    ),
    "zh": (
        "本章由程序生成：数值就是程序计算所用的数值，示例取自其测试表（`tests/spec`），理由就是程序显示的语句。"
        "论文没有写明的，由本单位决定：见[本单位设置](site-settings.md)。"
    ),
}
HEADS: dict[str, Both] = {
    "title": {"en": "Rules", "zh": "规则"},
    "regimens": {"en": "Regimens", "zh": "方案"},
    "gates": {"en": "Gates", "zh": "给药条件"},
    "gate_cases": {"en": "Compound Danshen by platelets", "zh": "复方丹参片与血小板计数"},
    "grading": {"en": "WHO grades", "zh": "WHO 分级"},
    "grading_cases": {"en": "Grades at the limits", "zh": "界值处的分级"},
    "blasts": {"en": "Marrow: response", "zh": "骨髓：疗效"},
    "flow": {"en": "Marrow: MRD by flow", "zh": "骨髓：流式微小残留病"},
    "course": {"en": "MRD over time", "zh": "微小残留病的变化过程"},
    "risk": {"en": "Genetic risk, ELN 2022", "zh": "遗传学危险度（ELN 2022）"},
    "endpoints": {"en": "Survival: definitions", "zh": "生存：定义"},
    "findings": {"en": "Findings", "zh": "提示"},
}
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "regimens": {
        "en": ("Drug", "Dose", "Days of the cycle", "Times", "In a cycle", "Source"),
        "zh": ("药物", "剂量", "周期内用药日", "时间", "每周期次数", "出处"),
    },
    "gates": {
        "en": ("Drug", "Rule", "In date for", "Source"),
        "zh": ("药物", "规则", "有效期", "出处"),
    },
    "gate_cases": {"en": ("Platelets, × 10⁹/L", "Verdict"), "zh": ("血小板（×10⁹/L）", "判定")},
    "grading": {
        "en": ("Item", "Grade 0", "1", "2", "3", "4", "Source"),
        "zh": ("项目", "0 级", "1", "2", "3", "4", "出处"),
    },
    "grading_cases": {"en": ("Item", "Value", "Grade"), "zh": ("项目", "数值", "分级")},
    "blasts": {
        "en": ("Blasts, %", "Neutrophils", "Platelets", "By the study", "By ELN"),
        "zh": ("原始细胞（%）", "中性粒细胞", "血小板", "按研究方案", "按 ELN"),
    },
    "flow": {
        "en": ("Flow, %", "Events", "Age, h", "By the study", "By ELN", "Why"),
        "zh": ("流式（%）", "获取细胞数", "标本时间（小时）", "按研究方案", "按 ELN", "理由"),
    },
    "course": {
        "en": ("MRD at the start", "Samples: day, flow", "What each brings to light", "State"),
        "zh": ("起始 MRD", "标本：第几天，流式结果", "各标本的意义", "状态"),
    },
    "risk": {"en": ("Findings", "Risk", "Why"), "zh": ("检查结果", "危险度", "理由")},
    "endpoints": {"en": ("Name", "Definition"), "zh": ("名称", "定义")},
}
WORDS: dict[str, Both] = {
    "daily": {"en": "every day", "zh": "每日"},
    "every": {"en": "every {n} days", "zh": "每 {n} 天"},
    "alternate": {"en": "every other day", "zh": "隔日"},
    "from": {"en": "{rhythm}, days {first} to {last}", "zh": "{rhythm}，第 {first} 至 {last} 天"},
    "end": {"en": "the end", "zh": "末"},
    "cycles": {"en": "cycle {first} on", "zh": "第 {first} 周期起"},
    "only": {"en": "cycles {first} to {last}", "zh": "第 {first} 至 {last} 周期"},
    "only_one": {"en": "cycle {first} only", "zh": "仅第 {first} 周期"},
    "later": {"en": "from cycle {cycle} on from day {day}", "zh": "第 {cycle} 周期起自第 {day} 天"},
    "with": {"en": "with each {drug}", "zh": "每次{drug}之时"},
    "same": {"en": "as above", "zh": "同上"},
    "prescriber": {"en": "as the prescriber orders", "zh": "遵医嘱"},
    "before": {"en": "{minutes} min before {drug}", "zh": "{drug}前 {minutes} 分钟"},
    "after": {"en": "{minutes} min after {drug}", "zh": "{drug}后 {minutes} 分钟"},
    "days": {"en": "{days} days", "zh": "{days} 天"},
    "watched": {
        "en": "{days} days; {short} where the last was below {below} or fell by {fall} %",
        "zh": "{days} 天；上次低于 {below} 或下降 {fall}% 时为 {short} 天",
    },
    "site": {"en": "as the site sets it", "zh": "由本单位设置"},
    "off": {"en": "off until the site switches it on", "zh": "本单位启用后才生效"},
    "uln": {"en": "{value} {unit}, upper limit {uln}", "zh": "{value} {unit}，正常上限 {uln}"},
    "none": {"en": "not detected", "zh": "未检出"},
    "unknown": {"en": "not reported", "zh": "未报告"},
    "positive": {"en": "positive", "zh": "阳性"},
    "negative": {"en": "negative", "zh": "阴性"},
    "sample": {"en": "day {day}: {flow}", "zh": "第 {day} 天：{flow}"},
    "blasts": {"en": ", blasts {blasts} %", "zh": "，原始细胞 {blasts}%"},
    "events": {"en": ", events {events}", "zh": "，细胞数 {events}"},
    "at": {"en": "day {day}: {event}", "zh": "第 {day} 天：{event}"},
    "no_event": {"en": "nothing new", "zh": "无变化"},
    "no_findings": {"en": "nothing found", "zh": "无异常发现"},
    "not_done": {"en": "cytogenetics not done", "zh": "未做细胞遗传学"},
    "itd": {"en": "FLT3-ITD", "zh": "FLT3-ITD"},
    "itd_unknown": {"en": "FLT3-ITD not known", "zh": "FLT3-ITD 未知"},
    "findings": {
        "en": "What the program can point out; each says why, and by whose rule. None of them"
        " decides anything.",
        "zh": "程序会提示的事项；每条都说明理由和所依据的规则。提示不作任何决定。",
    },
    "grading": {
        "en": "A value in a gap of the printed table takes the worse grade; nothing is rounded."
        " Multiples are of the laboratory’s own upper limit of normal.",
        "zh": "数值落在原表空隙处时取较重的一级；不作四舍五入。倍数以本检验室的正常上限为准。",
    },
}


class Chapter:
    """The rules in one language."""

    def __init__(self, words: Catalogue) -> None:
        self.words = words
        self.language = words.language

    def text(self) -> str:
        """The whole chapter."""
        lines = [f"# {self._head('title')}", "", STORY[self.language], ""]
        for name in ("regimens", "gates", "gate_cases", "grading", "grading_cases", "blasts",
                     "flow", "course", "risk", "endpoints", "findings"):  # fmt: skip
            level = "###" if name.endswith("_cases") else "##"
            lines += [f"{level} {self._head(name)} <!-- #{name.replace('_', '-')} -->", ""]
            lines += getattr(self, f"_{name}")()
        return "\n".join(lines).rstrip() + "\n"

    # -- regimens and gates --------------------------------------------------------------------

    def _regimens(self) -> list[str]:
        lines: list[str] = []
        ours = library.regimen("sorafenib_iti")
        for regimen in (ours, *(one for one in library.regimens().values() if one is not ours)):
            lines += [
                f"### {self.words.text(regimen.name)} <!-- #{regimen.id.replace('_', '-')} -->"
            ]
            lines += ["", self.words.text(regimen.indication), "",
                      self.words.text(regimen.evidence[0].title), ""]  # fmt: skip
            rows = [self._component(regimen, one) for one in regimen.components]
            lines += table(COLUMNS["regimens"][self.language], rows)
        return lines

    def _component(self, regimen: Regimen, one: Component) -> list[str]:
        dose = self._say("prescriber") if one.dose is None else self.words.text(dose_text(one.dose))
        days = self._rhythm(one.rhythm)
        times = ", ".join(self.words.value(slot.at) for slot in one.slots)
        if one.link is not None:
            # Its own rhythm only narrows that of the drug it is given with.
            drug = self.words.text(regimen.component(one.link.to).drug.name)
            minutes = one.link.offset_minutes
            where = "before" if minutes < 0 else "after"
            times = self._say(where, minutes=abs(minutes), drug=drug)
            days = self._say("with", drug=drug)
            if one.rhythm.last_cycle is not None:
                days = self._joined(days, self._cycles(one.rhythm))
        source = self.words.text(one.dose_source.title)
        known = source == self.words.text(regimen.evidence[0].title)
        return [
            self.words.text(one.drug.name),
            dose,
            days,
            times,
            str(one.planned_per_cycle),
            self._say("same") if known else source,
        ]

    def _cycles(self, rhythm: Rhythm) -> str:
        name = "only_one" if rhythm.first_cycle == rhythm.last_cycle else "only"
        return self._say(name, first=rhythm.first_cycle, last=rhythm.last_cycle)

    def _rhythm(self, rhythm: Rhythm) -> str:
        n = rhythm.interval_days
        told = self._say({1: "daily", 2: "alternate"}.get(n, "every"), n=n)
        if rhythm.first_day > 1 or rhythm.last_day is not None:
            last = rhythm.last_day or self._say("end")
            told = self._say("from", rhythm=told, first=rhythm.first_day, last=last)
        if rhythm.last_cycle is not None:
            return self._joined(told, self._cycles(rhythm))
        if rhythm.later_first_day is not None:
            later = self._say("later", day=rhythm.later_first_day, cycle=rhythm.first_cycle + 1)
            return self._joined(told, later)
        if rhythm.first_cycle > 1:
            return self._joined(told, self._say("cycles", first=rhythm.first_cycle))
        return told

    def _gates(self) -> list[str]:
        rows: list[list[str]] = []
        for component in library.regimen("sorafenib_iti").components:
            for rule in component.gates:
                rows.append(self._gate(component, rule))
            if component.pregnancy is not None:
                rule = component.pregnancy
                rows.append([
                    self.words.text(component.drug.name),
                    self._joined(self.words.text("gate.short.pregnancy.open"), self._say("off")),
                    self._say("days", days=rule.days),
                    self.words.text(rule.source.title),
                ])  # fmt: skip
        return table(COLUMNS["gates"][self.language], rows)

    def _gate(self, component: Component, rule: GateRule) -> list[str]:
        name = self.words.text(Message(f"analyte.{rule.analyte}"))
        told = f"{name} {self.words.text(rule_text(rule))}"
        told += "" if rule.active else self._joined("", self._say("off"))
        age = self._say("days", days=rule.max_age_days)
        if rule.watch_age_days is not None and rule.watch_fall is not None:
            age = self._say(
                "watched", days=rule.max_age_days, short=rule.watch_age_days,
                below=rule.watch_below, fall=f"{rule.watch_fall * 100:.0f}",
            )  # fmt: skip
        return [self.words.text(component.drug.name), told, age,
                self.words.text(rule.source.title)]  # fmt: skip

    def _gate_cases(self) -> list[str]:
        rule = test_gate.danshen()
        rows = []
        for reported, expected in test_gate.PLATELETS:
            collected = Moment.at(NOW - timedelta(days=1), "Asia/Shanghai")
            value = LabValue.parse(reported, "10*9/L")
            verdict = evaluate(rule, [LabResult("", "", rule.analyte, value, collected)], NOW)
            assert verdict.state.value == expected
            rows.append([reported, self.words.text(f"cli.gate.{expected}")])
        return table(COLUMNS["gate_cases"][self.language], rows)

    # -- toxicities ----------------------------------------------------------------------------

    def _grading(self) -> list[str]:
        cited: dict[str, int] = {}
        rows = []
        for item in library.toxicity_items():
            titles = [self.words.text(source.title) for source in item.sources]
            numbers = [str(cited.setdefault(title, len(cited) + 1)) for title in titles]
            grades = [self.words.text(item.band(number).text) for number in range(5)]
            rows.append([self.words.text(item.term), *grades, ", ".join(numbers)])
        listed = [f"{number}. {title}" for title, number in cited.items()]
        return [
            self._say("grading"), "", *table(COLUMNS["grading"][self.language], rows), *listed, "",
        ]  # fmt: skip

    def _grading_cases(self) -> list[str]:
        rows = []
        for name, text, unit, uln, expected in test_who_grading.GAPS:
            limit = None if uln is None else Decimal(uln)
            item = _item(name)
            assert grade(item, LabValue.parse(text, unit), limit).grade == expected
            unit = self._unit(unit)
            value = f"{text} {unit}"
            if uln is not None:
                value = self._say("uln", value=text, unit=unit, uln=uln)
            rows.append([self.words.text(item.term), value, str(expected)])
        for name, texts, grades in (*test_who_grading.FALLING, *test_who_grading.RISING):
            item = _item(name)
            for text, expected in zip(texts, grades, strict=True):
                value = f"{text} {self._unit(item.unit or '')}"
                rows.append([self.words.text(item.term), value, str(expected)])
        return table(COLUMNS["grading_cases"][self.language], rows)

    # -- marrow --------------------------------------------------------------------------------

    def _blasts(self) -> list[str]:
        cases = [(blasts, "2.0", "150") for blasts, *_ in test_response.BLASTS]
        cases += [("2", cells, platelets) for cells, platelets, _ in test_response.COUNTS]
        rows = []
        for blasts, cells, platelets in cases:
            counts = Counts(*(None if x is None else Decimal(x) for x in (cells, platelets)))
            verdict = judge(Morphology(Decimal(blasts)), counts)
            assert verdict.study is not None and verdict.eln is not None
            rows.append([
                blasts,
                cells or self._say("unknown"),
                platelets or self._say("unknown"),
                self.words.text(f"response.class.{verdict.study.value}"),
                self.words.text(f"response.eln_class.{verdict.eln.value}"),
            ])  # fmt: skip
        return table(COLUMNS["blasts"][self.language], rows)

    def _flow(self) -> list[str]:
        rows = []
        for percent, events, hours, limit, study, eln in test_response.FLOW:
            value = None if percent == "-" else Decimal(percent)
            reach = None if limit is None else Decimal(limit)
            verdict = classify(FlowResult(value, value is None, events, hours, reach))
            assert verdict is not None and verdict.study.value == study
            found = self._say("none") if value is None else percent
            rows.append([
                found if limit is None else f"{found} (< {limit})",
                self._say("unknown") if events is None else _grouped(events),
                "–" if hours is None else str(hours),
                self.words.text(f"mrd_class.{study}"),
                self.words.text(f"mrd_class.{eln}"),
                self.words.text(verdict.reason),
            ])  # fmt: skip
        return table(COLUMNS["flow"][self.language], rows)

    def _course(self) -> list[str]:
        starts = {True: "positive", False: "negative", None: "unknown"}
        rows = []
        for _, baseline, samples, events, state in test_response.COURSES:
            told = [
                self._say("at", day=day, event=self.words.text(f"course_event.{code}"))
                for day, code in events
            ]
            rows.append([
                self._say(starts[baseline]),
                self._joined(*(self._sample(*sample) for sample in samples)),
                self._joined(*told) or self._say("no_event"),
                self.words.text(f"mrd_state.{state}"),
            ])  # fmt: skip
        return table(COLUMNS["course"][self.language], rows)

    def _sample(self, day: int, blasts: str, flow: str | None, *rest: Any) -> str:
        found = {"-": self._say("none"), None: self._say("unknown")}.get(flow, f"{flow} %")
        told = self._say("sample", day=day, flow=found)
        if rest:
            number = self._say("unknown") if rest[0] is None else _grouped(rest[0])
            told += self._say("events", events=number)
        return told if blasts == "1" else told + self._say("blasts", blasts=blasts)

    def _risk(self) -> list[str]:
        rows = []
        for cytogenetics, genes, itd, vaf, cebpa, risk, _ in test_risk.MORE:
            percent = None if vaf is None else Decimal(vaf)
            verdict = eln2022(Genetics(cytogenetics, genes, itd, percent, Cebpa(cebpa)))
            assert verdict.word == risk
            found = [*(cytogenetics or ()), *genes]
            if cytogenetics is None:
                found.insert(0, self._say("not_done"))
            found += {True: [self._say("itd")], None: [self._say("itd_unknown")]}.get(itd, [])
            name = f"risk.{risk}"
            known = name in self.words.templates
            rows.append([
                ", ".join(found) or self._say("no_findings"),
                self.words.text(name) if known else risk.replace("_", " "),
                self.words.text(verdict.reason),
            ])  # fmt: skip
        return table(COLUMNS["risk"][self.language], rows)

    # -- outcomes and findings -----------------------------------------------------------------

    def _endpoints(self) -> list[str]:
        keys = [f"endpoint.{one.value}" for one in Endpoint]
        rows = [[self.words.text(key), self.words.text(f"{key}.definition")] for key in keys]
        return table(COLUMNS["endpoints"][self.language], rows)

    def _findings(self) -> list[str]:
        kinds = [f"- {self.words.text(f'finding.kind.{kind.value}')}" for kind in FindingKind]
        return [self._say("findings"), "", *kinds, ""]

    def _joined(self, *parts: str) -> str:
        return ("；" if self.language == "zh" else "; ").join(parts)

    def _unit(self, unit: str) -> str:
        shown = unit_text(unit)
        return shown if isinstance(shown, str) else self.words.text(shown)

    def _head(self, name: str) -> str:
        return HEADS[name][self.language]

    def _say(self, name: str, **values: object) -> str:
        return WORDS[name][self.language].format(**values)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _item(name: str) -> ToxicityItem:
    return library.toxicity_items_by_id()[name]


def chapters() -> Iterator[tuple[str, str, str]]:
    """Language, name and text."""
    for language in ("en", "zh"):
        words = catalogue("zh" if language == "zh" else "en")
        yield language, "rules", Chapter(words).text()
