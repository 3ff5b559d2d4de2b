"""Doses, results, marrows, toxicities and assessments of the audit trail in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from aml_maint.domain.administration import TAKEN, Status
from aml_maint.domain.known_time import KnownTime
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.marrow_facts import result_facts, variant_fact
from aml_maint.domain.messages import Message, say
from aml_maint.domain.quantities import Comparator, Dose, LabValue, dose_text, lab_text
from aml_maint.services.history_names import CHILDREN, Names, Row, clock, noted
from aml_maint.store import marrows
from aml_maint.store.columns import decimal_value, optional_moment


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
    return noted(what, row)


def _unplanned(row: Row, told: dict[str, object]) -> Message:
    """A dose that no plan asked for: what, when, why, and who ordered it."""
    given = optional_moment(row, "given")
    assert given is not None  # an unplanned dose is only ever recorded as given
    told["dose"] = dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"]))
    told["given"] = given.local
    told["by"] = row["ordered_by"]
    if row.get("indication"):
        told["what_for"] = say(f"indication.{row['indication']}")
        return noted(Message("history.dose.as_needed", told), row)
    reason = row.get("reason_code") or "other"
    told["what_for"] = say(f"reason.{reason}")
    return noted(Message("history.dose.extra", told), row)


def _as_needed(row: Row, names: Names) -> Message:
    told: dict[str, object] = {
        "drug": names.drug("", row["drug"]),
        "dose": dose_text(Dose(Decimal(row["dose_value"]), row["dose_unit"])),
        "what_for": say(f"indication.{row['indication']}"),
        "first": date.fromisoformat(row["first_day"]),
        "by": row["ordered_by"],
    }
    if row.get("last_day") is None:
        return noted(Message("history.as_needed", told), row)
    told["last"] = date.fromisoformat(row["last_day"])
    return noted(Message("history.as_needed.ended", told), row)


def _supply(row: Row, names: Names) -> Message:
    what = say(
        "history.supply",
        drug=names.drug("", row["drug"]),
        tablets=row["tablets"],
        strength=dose_text(Dose(Decimal(row["strength_value"]), row["strength_unit"])),
        kind=say(f"supply.kind.{row['kind']}"),
        at=clock(row, "happened"),
    )
    return noted(what, row)


def _result(row: Row, _: Names) -> Message:
    return say(
        "history.result",
        analyte=say(f"analyte.{row['analyte']}"),
        value=value_of(row),
        collected=clock(row, "collected"),
    )


def value_of(row: Row) -> Message:
    """A laboratory value with its unit."""
    return lab_text(LabValue(Decimal(row["value"]), row["unit"], Comparator(row["comparator"])))


def _marrow(row: Row, _: Names) -> Message:
    assays = tuple(say(f"assay.{one['assay']}") for one in row.get(CHILDREN, ()))
    told = {
        "day": clock(row, "collected").date(),
        "purpose": say(f"purpose.{row['purpose']}"),
        "assays": assays,
    }
    return noted(Message("history.marrow.sent" if assays else "history.marrow", told), row)


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
    return noted(Message(key, told), row)


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
    return noted(what, row)


def _assessed(row: Row, names: Names) -> Message:
    if row.get("grade") is None:
        return say("history.assessed.not", term=names.term(row["term"]))
    return say("history.assessed", term=names.term(row["term"]), grade=row["grade"])


def _waiver(row: Row, _: Names) -> Message:
    return say(
        f"history.waiver.{row['kind']}",
        cycle=row["cycle"], reason=row["reason"], by=row["decided_by"],
    )  # fmt: skip


def _childbearing(row: Row, _: Names) -> Message:
    return say(
        "history.childbearing",
        answer=say(f"pregnancy.{row['answer']}"), reason=row["reason"], by=row["stated_by"],
    )  # fmt: skip


def _pregnancy_test(row: Row, _: Names) -> Message:
    specimen = say(f"pregnancy.specimen.{row['specimen']}")
    outcome = say(f"pregnancy.{row['outcome']}")
    found = say("pregnancy.outcome", outcome=outcome, specimen=specimen)
    return noted(say("history.pregnancy_test", found=found, at=clock(row, "collected")), row)


DESCRIBED: Mapping[str, Callable[[Row, Names], Message]] = {
    "childbearing": _childbearing,
    "pregnancy_tests": _pregnancy_test,
    "administrations": _dose,
    "as_needed_orders": _as_needed,
    "supplies": _supply,
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
}
