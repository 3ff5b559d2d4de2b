"""Diagnosis, risk, earlier therapy and follow-up in words."""

from __future__ import annotations

from aml_maint.domain.disease import (
    Diagnosis,
    EarlierTherapy,
    NoTransplant,
    SorafenibTiming,
)
from aml_maint.domain.follow_up import Contact, DiseaseEvent
from aml_maint.domain.marrow_facts import variant_fact
from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import Flt3Itd
from aml_maint.domain.risk import Cebpa
from aml_maint.gui.forms.lesions_input import lesion_told
from aml_maint.gui.models.rows_model import Column
from aml_maint.gui.widgets.facts import Fact, Text, literal

Entry = Contact | DiseaseEvent


def diagnosis_facts(known: Diagnosis) -> list[Fact]:
    """What was found at diagnosis; what nobody gave has no line."""
    found: list[tuple[str, Text | None]] = [
        ("diagnosed_on", say("banner.day", day=known.diagnosed_on) if known.diagnosed_on else None),
        ("who_class", literal(known.who_class) if known.who_class else None),
        ("fab", literal(known.fab) if known.fab else None),
        ("wbc", say("diagnosis.wbc.value", count=known.wbc) if known.wbc is not None else None),
        (
            "blasts",
            say("diagnosis.percent", percent=known.blasts_percent)
            if known.blasts_percent is not None
            else None,
        ),
        ("cytogenetics", _cytogenetics(known)),
        ("karyotype", literal(known.karyotype) if known.karyotype else None),
        ("fusion", literal(known.fusion) if known.fusion else None),
        ("flt3", _flt3(known)),
        ("mutations", _mutations(known)),
        ("sorafenib", _sorafenib(known)),
        ("no_transplant", _no_transplant(known)),
    ]
    return [
        Fact(say(f"diagnosis.fact.{name}"), value) for name, value in found if value is not None
    ]


def _cytogenetics(known: Diagnosis) -> Message:
    if known.cytogenetics is None:
        return say("cytogenetics.unknown")
    if not known.cytogenetics:
        return say("cytogenetics.normal")
    return say("follow_up.listed", parts=tuple(lesion_told(one) for one in known.cytogenetics))


def _flt3(known: Diagnosis) -> Message:
    told = say(f"flt3.{known.flt3_itd.value}")
    if known.flt3_ratio is None or known.flt3_itd is not Flt3Itd.POSITIVE:
        return told
    return say("diagnosis.flt3.ratio", found=told, ratio=known.flt3_ratio)


def _mutations(known: Diagnosis) -> Message | None:
    if not known.mutations:
        return None
    parts: list[Message] = [variant_fact(one) for one in known.mutations]
    cebpa = any(one.gene.upper() == "CEBPA" for one in known.mutations)
    if cebpa and known.cebpa is not Cebpa.UNSPECIFIED:
        parts.append(say("diagnosis.cebpa.is", kind=say(f"cebpa.{known.cebpa.value}")))
    return say("follow_up.listed", parts=tuple(parts))


def _sorafenib(known: Diagnosis) -> Message | None:
    if known.sorafenib is SorafenibTiming.NOT_RECORDED:
        return None
    return say(f"sorafenib.{known.sorafenib.value}")


def _no_transplant(known: Diagnosis) -> Message | None:
    if known.no_transplant is NoTransplant.NOT_RECORDED:
        return literal_message(known.no_transplant_note) if known.no_transplant_note else None
    told = say(f"no_transplant.{known.no_transplant.value}")
    if not known.no_transplant_note:
        return told
    return say("follow_up.noted", what=told, note=known.no_transplant_note)


def literal_message(text: str) -> Message:
    """A text that someone typed, as a message."""
    return say("follow_up.as_is", text=text)


def risk_facts(known: Diagnosis) -> list[Fact]:
    """The risk in force, what was computed and why, what to look at, and who overruled it."""
    verdict = known.computed_risk
    computed = say(f"risk.{verdict.risk.value}") if verdict.risk else say("diagnosis.no_risk")
    found = [Fact(say("diagnosis.risk.in_force"), say(f"risk.{known.risk.value}"))]
    if known.overrule is not None:
        by = say(
            "diagnosis.risk.overruled", by=known.overrule.decided_by, reason=known.overrule.reason
        )
        found.append(Fact(say("diagnosis.risk.physician"), by, "warning"))
    told = say("diagnosis.risk.because", risk=computed, reason=verdict.reason, rule=verdict.rule)
    found.append(Fact(say("diagnosis.risk.computed"), told))
    found += [Fact(say("diagnosis.risk.check"), flag, "warning") for flag in verdict.flags]
    return found


THERAPY_COLUMNS: tuple[Column[EarlierTherapy], ...] = (
    Column(say("therapy.kind"), lambda one: say(f"therapy_kind.{one.kind.value}")),
    Column(say("therapy.regimen"), lambda one: one.regimen, share=3),
    Column(say("therapy.cycles"), lambda one: "" if one.cycles is None else str(one.cycles)),
    Column(say("therapy.days"), lambda one: _days(one), share=3),
    Column(say("therapy.response"), lambda one: one.response, share=2),
)


def _days(one: EarlierTherapy) -> Message | str:
    match one.first_day, one.last_day:
        case None, None:
            return ""
        case first, None:
            return say("therapy.from", first=first)
        case None, last:
            return say("therapy.until", last=last)
        case first, last:
            return say("finding.days", first=first, last=last)


def therapy_told(one: EarlierTherapy) -> Message:
    """A therapy in one line."""
    return say("therapy.told", kind=say(f"therapy_kind.{one.kind.value}"), regimen=one.regimen)


def entry_told(one: Entry) -> Message:
    """What an entry of the follow-up says, without its day."""
    if isinstance(one, Contact):
        return say("follow_up.alive", means=say(f"means.{one.means.value}"))
    kind = say(f"event_kind.{one.kind.value}")
    if one.cause is None:
        return kind
    return say("follow_up.noted", what=kind, note=say(f"death_cause.{one.cause.value}"))


def _next(one: Entry) -> Message | str:
    if isinstance(one, Contact) and one.next_on is not None:
        return say("banner.day", day=one.next_on)
    return ""


ENTRY_COLUMNS: tuple[Column[Entry], ...] = (
    Column(say("follow_up.day"), lambda one: say("banner.day", day=one.on)),
    Column(
        say("follow_up.what"), entry_told, share=3,
        token=lambda one: "text" if isinstance(one, Contact) else "warning",
    ),
    Column(say("follow_up.note"), lambda one: one.note, share=4),
    Column(say("follow_up.next"), _next),
)  # fmt: skip
