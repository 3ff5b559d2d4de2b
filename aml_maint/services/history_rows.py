"""Rows of the audit trail in words: what each record said when it was written.

A row is read as it stands in the event, whatever became of the record since; columns that a
later version of the program added may be missing in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from aml_maint.domain.administration import TAKEN, Status
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.marrow_facts import result_facts, variant_fact
from aml_maint.domain.messages import Message, Name, say
from aml_maint.domain.quantities import Comparator, Dose, LabValue, dose_text, lab_text
from aml_maint.domain.regimen import Regimen
from aml_maint.store import marrows
from aml_maint.store.audit import Change
from aml_maint.store.columns import decimal_value, optional_moment

Row = Mapping[str, Any]
Text = Message | Name | str

# Rows that belong to another row of the same entry stand in it under this name.
CHILDREN = "children"
_PARENTS = {
    "specimens": ("marrows", "marrow_id"),
    "toxicity_grades": ("toxicities", "toxicity_id"),
    "toxicity_causes": ("toxicities", "toxicity_id"),
    "toxicity_reviews": ("toxicities", "toxicity_id"),
    "assessment_findings": ("assessments", "assessment_id"),
    "gene_variants": ("specimens", "specimen_id"),
}


@dataclass(frozen=True)
class Names:
    """What rows name by code: the regimens of the patient's courses, toxicity terms, drugs."""

    regimens: Mapping[str, Regimen]
    terms: Mapping[str, Name]
    drugs: Mapping[str, Name] = field(default_factory=dict)

    def drug(self, course_id: str, component: str) -> Text:
        """The drug of a component, or its code if nothing is known of it."""
        regimen = self.regimens.get(course_id)
        if regimen is not None:
            for one in regimen.components:
                if one.id == component:
                    return one.drug.name
        return self.drugs.get(component, component)

    def term(self, code: str) -> Text:
        """The name of a toxicity term."""
        return self.terms.get(code, code)


@dataclass(frozen=True)
class Record:
    """A row that an entry made (`is_new`) or changed, with the rows that belong to it."""

    table: str
    is_new: bool
    row: Row


def records(changes: Sequence[Change]) -> list[Record]:
    """What an entry is about: rows that belong to another one of the same entry stand in it."""
    known = {(change.table, change.id) for change in changes}
    children: dict[tuple[str, str], list[Row]] = {}
    whole: list[Change] = []
    for change in changes:
        table, column = _PARENTS.get(change.table, ("", ""))
        parent = table, str(change.after.get(column))
        if parent in known:
            children.setdefault(parent, []).append(change.after)
        else:
            whole.append(change)
    return [
        Record(
            change.table,
            change.before is None,
            {**change.after, CHILDREN: children.get((change.table, change.id), [])},
        )
        for change in whole
    ]


def described(table: str, row: Row, names: Names) -> Message:
    """A row in words; one that has no words of its own says only what kind of record it is.

    So does a row that an older version of the program wrote with other columns.
    """
    try:
        return _DESCRIBED[table](row, names)
    except (KeyError, ValueError, TypeError):
        return Message(f"history.table.{table}")


def doses_described(rows: Sequence[Row], names: Names) -> Message:
    """Several doses in a sentence: how many, of which days, of which drugs."""
    planned = [datetime.fromisoformat(row["planned_local"]).date() for row in rows]
    drugs: dict[tuple[str, str], Text] = {}
    for row in rows:
        key = row["course_id"], row["component"]
        drugs.setdefault(key, names.drug(*key))
    days = _span(min(planned), max(planned))
    return say("history.doses", count=len(rows), span=days, drugs=tuple(drugs.values()))


def results_described(rows: Sequence[Row], names: Names) -> Message:
    """The results of one sample in a sentence."""
    values = tuple(
        say("history.value", analyte=say(f"analyte.{row['analyte']}"), value=_lab_value(row))
        for row in rows
    )
    return say("history.results", values=values, collected=_moment(rows[0], "collected"))


def _dose(row: Row, names: Names) -> Message:
    status = Status(row["status"])
    planned = datetime.fromisoformat(row["planned_local"])
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "planned": planned,
        "state": say(f"state.{status.value}"),
    }
    given = optional_moment(row, "given")
    if row.get("ordered_by"):
        return _unplanned(row, told)
    if status in TAKEN:
        assert given is not None  # the table's own check
        told["dose"] = dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"]))
        same_day = given.local.date() == planned.date()
        told["given"] = given.local.time() if same_day else given.local
        what = Message("history.dose.taken", told)
    else:
        what = Message("history.dose.not_taken", told)
    if row.get("reason_code"):
        what = say("history.because", what=what, reason=say(f"reason.{row['reason_code']}"))
    return _noted(what, row)


def _unplanned(row: Row, told: dict[str, object]) -> Message:
    """A dose that no plan asked for: what, when, why, and who ordered it."""
    given = optional_moment(row, "given")
    assert given is not None  # an unplanned dose is only ever recorded as given
    told["dose"] = dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"]))
    told["given"] = given.local
    told["by"] = row["ordered_by"]
    if row.get("indication"):
        told["what_for"] = say(f"indication.{row['indication']}")
        return _noted(Message("history.dose.as_needed", told), row)
    reason = row.get("reason_code") or "other"
    told["what_for"] = say(f"reason.{reason}")
    return _noted(Message("history.dose.extra", told), row)


def _as_needed(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug("", row["drug"]),
        "dose": dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"])),
        "what_for": say(f"indication.{row['indication']}"),
        "first": date.fromisoformat(row["first_day"]),
        "by": row["ordered_by"],
    }
    if row.get("last_day") is None:
        return _noted(Message("history.as_needed", told), row)
    told["last"] = date.fromisoformat(row["last_day"])
    return _noted(Message("history.as_needed.ended", told), row)


def _result(row: Row, _: Names) -> Message:
    return say(
        "history.result",
        analyte=say(f"analyte.{row['analyte']}"),
        value=_lab_value(row),
        collected=_moment(row, "collected"),
    )


def _lab_value(row: Row) -> Message:
    return lab_text(LabValue(Decimal(row["value"]), row["unit"], Comparator(row["comparator"])))


def _marrow(row: Row, _: Names) -> Message:
    assays = tuple(say(f"assay.{one['assay']}") for one in row.get(CHILDREN, ()))
    told = {
        "day": _moment(row, "collected").date(),
        "purpose": say(f"purpose.{row['purpose']}"),
        "assays": assays,
    }
    return _noted(Message("history.marrow.sent" if assays else "history.marrow", told), row)


def _specimen(row: Row, _: Names) -> Message:
    specimen = marrows.specimen_of(row)
    assay = say(f"assay.{specimen.assay.value}")
    if specimen.result is not None:
        return say("history.specimen", assay=assay, facts=result_facts(specimen.result))
    if specimen.received is not None:
        at = specimen.received.local
        return say("history.specimen.received", assay=assay, received=at)
    return say("history.specimen.out", assay=assay)


def _variant(row: Row, _: Names) -> Message:
    vaf = decimal_value(row.get("vaf_percent"))
    return variant_fact(GeneVariant(row["gene"], row.get("change") or "", vaf))


def _toxicity(row: Row, names: Names) -> Message:
    steps = tuple(_grade(one, names) for one in row.get(CHILDREN, ()) if "grade" in one)
    told: dict[str, object] = {
        "term": row.get("detail") or names.term(row["term"]),
        "onset": KnownTime.parse(row["onset_at"]).text(),
        "steps": steps,
    }
    key = "history.toxicity.graded" if steps else "history.toxicity"
    if row.get("resolved_at"):
        told["resolved"] = KnownTime.parse(row["resolved_at"]).text()
        key += ".resolved"
    return _noted(Message(key, told), row)


def _grade(row: Row, _: Names) -> Message:
    grade = row["grade"]
    told = say("history.not_evaluated") if grade is None else say("history.grade", grade=grade)
    return say("history.grade_since", grade=told, at=KnownTime.parse(row["at"]).text())


def _review(row: Row, _: Names) -> Message:
    told = say("history.review", by=row["reviewed_by"])
    comment = str(row.get("comment") or "").strip()
    return say("history.noted", what=told, note=comment) if comment else told


def _assessment(row: Row, names: Names) -> Message:
    graded = tuple(
        say("history.assessed", term=names.term(one["term"]), grade=one["grade"])
        for one in row.get(CHILDREN, ())
        if one.get("grade")
    )
    told: dict[str, object] = {
        "cycle": row["cycle"],
        "day": date.fromisoformat(row["done_on"]),
        "found": graded,
    }
    key = f"history.assessment.{row['kind']}"
    what = Message(key, told)
    if graded:
        what = say("history.assessment.found", what=what, found=graded)
    return _noted(what, row)


def _assessed(row: Row, names: Names) -> Message:
    if row.get("grade") is None:
        return say("history.assessed.not", term=names.term(row["term"]))
    return say("history.assessed", term=names.term(row["term"]), grade=row["grade"])


def _waiver(row: Row, _: Names) -> Message:
    return say(
        f"history.waiver.{row['kind']}",
        cycle=row["cycle"], reason=row["reason"], by=row["decided_by"],
    )  # fmt: skip


def _clock_time(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "slot": say(f"slot.{row['slot']}"),
        "day": date.fromisoformat(row["from_day"]),
        "reason": row["reason"],
        "by": row["decided_by"],
    }
    if row.get("at") is None:
        return Message("history.clock_time.site", told)
    return Message("history.clock_time", {**told, "at": row["at"]})


def _course(row: Row, names: Names) -> Message:
    regimen = names.regimens.get(row["id"])
    told: dict[str, object] = {
        "regimen": regimen.name if regimen is not None else row["regimen_id"],
        "version": row["regimen_version"],
        "day": date.fromisoformat(row["first_day"]),
    }
    if row.get("ended_on") is None:
        return Message("history.course", told)
    told["ended"] = date.fromisoformat(row["ended_on"])
    told["reason"] = say(f"end_reason.{row['end_reason']}") if row.get("end_reason") else "–"
    return Message("history.course.ended", told)


def _cycle(row: Row, _: Names) -> Message:
    day = date.fromisoformat(row["first_day"])
    return _noted(say("history.cycle", cycle=row["number"], day=day), row)


def _order(row: Row, names: Names) -> Message:
    return say(
        "history.order",
        drug=names.drug(row["course_id"], row["component"]),
        dose=dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"])),
        day=date.fromisoformat(row["from_day"]),
    )


def _hold(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug(row["course_id"], row["component"]),
        "first": date.fromisoformat(row["first_day"]),
        "reason": say(f"hold_reason.{row['reason_code']}"),
        "by": row["decided_by"],
    }
    if row.get("last_day") is None:
        return Message("history.hold", told)
    told["last"] = date.fromisoformat(row["last_day"])
    return Message("history.hold.ended", told)


def _shift(row: Row, names: Names) -> Message:
    days = int(row["days"])
    told: dict[str, object] = {
        "drugs": tuple(names.drug(row["course_id"], one) for one in row["components"].split()),
        "days": abs(days),
        "first": date.fromisoformat(row["from_day"]),
        "reason": row["reason"],
        "by": row["decided_by"],
    }
    way = "later" if days > 0 else "earlier"
    one = ".one" if abs(days) == 1 else ""
    return Message(f"history.shift.{row['scope']}.{way}{one}", told)


def _omission(row: Row, names: Names) -> Message:
    first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
    return say(
        "history.omission",
        drug=names.drug(row["course_id"], row["component"]),
        days=_span(first, last),
        reason=row["reason"],
        by=row["decided_by"],
    )


def _patient(row: Row, _: Names) -> Message:
    return say(
        "history.patient",
        name=" ".join(part for part in (row["family_name"], row["given_name"]) if part),
        mrn=row["mrn"],
        sex=say(f"sex.{row['sex']}"),
        born=date.fromisoformat(row["born_on"]) if row.get("born_on") else say("sex.unknown"),
        flt3=say(f"flt3.{row['flt3_itd']}"),
        risk=say(f"risk.{row['eln_risk']}"),
    )


def _dismissal(row: Row, _: Names) -> Message:
    kind = row["finding"].partition("/")[0]
    return say("history.dismissal", finding=say(f"finding.kind.{kind}"), reason=row["reason"])


def _span(first: date, last: date) -> Message:
    if first == last:
        return say("finding.one_day", day=first)
    return say("finding.days", first=first, last=last)


def _noted(what: Message, row: Row) -> Message:
    note = str(row.get("note") or "").strip()
    return say("history.noted", what=what, note=note) if note else what


def _moment(row: Row, name: str) -> datetime:
    moment = optional_moment(row, name)
    assert moment is not None  # the columns are NOT NULL
    return moment.local


_DESCRIBED: dict[str, Callable[[Row, Names], Message]] = {
    "administrations": _dose,
    "as_needed_orders": _as_needed,
    "lab_values": _result,
    "marrows": _marrow,
    "specimens": _specimen,
    "gene_variants": _variant,
    "toxicities": _toxicity,
    "toxicity_grades": _grade,
    "toxicity_reviews": _review,
    "assessments": _assessment,
    "assessment_findings": _assessed,
    "assessment_overrides": _waiver,
    "course_times": _clock_time,
    "courses": _course,
    "cycles": _cycle,
    "dose_orders": _order,
    "holds": _hold,
    "shifts": _shift,
    "omissions": _omission,
    "patients": _patient,
    "dismissals": _dismissal,
}
