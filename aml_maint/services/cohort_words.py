"""Whom a cohort holds, in words that stand under each of its figures."""

from __future__ import annotations

from collections.abc import Iterator

from aml_maint.domain.messages import Message, Name, say
from aml_maint.services.cohort import WARD, Cohort


def patients_told(found: Cohort) -> tuple[Message, ...]:
    """The filters that hold, and a warning where patients of several origins are counted as one."""
    parts = patient_parts(found)
    told = [say("figure.patients", parts=parts)] if parts else []
    if found.is_mixed:
        told.append(say("figure.mixed"))
    return tuple(told)


def patient_parts(found: Cohort) -> tuple[Message | Name, ...]:
    """The filters that hold, one by one."""
    return tuple(_parts(found))


def _parts(found: Cohort) -> Iterator[Message | Name]:
    wanted = found.filter
    if wanted.study is not None:
        own = wanted.study == WARD
        yield say("cohort_page.ward") if own else Name(wanted.study, wanted.study)
    if wanted.regimen is not None:
        yield found.regimen_names.get(wanted.regimen) or Name(wanted.regimen, wanted.regimen)
    for field, split in (("sex", "sex"), ("risk", "risk"), ("sorafenib", "sorafenib")):
        word = getattr(wanted, field)
        if word is not None:
            yield say(f"cohort.by.{split}.{word.value}")
    if wanted.baseline_positive is not None:
        sign = "positive" if wanted.baseline_positive else "negative"
        yield say(f"cohort.by.baseline_mrd.{sign}")
    if wanted.status is not None:
        yield say(f"cohort.status.{wanted.status.value}")
    if wanted.last_known is not None:
        yield say(f"cohort.outcome.{wanted.last_known.value}")
    if wanted.least_age is not None:
        yield say("figure.age_from", age=wanted.least_age)
    if wanted.most_age is not None:
        yield say("figure.age_until", age=wanted.most_age)
    if wanted.started_from is not None:
        yield say("figure.began_from", day=wanted.started_from)
    if wanted.started_until is not None:
        yield say("figure.began_until", day=wanted.started_until)
