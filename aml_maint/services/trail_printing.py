"""The audit trail of a patient on paper, filtered as on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aml_maint.domain.messages import Language, Message, say
from aml_maint.reports.audit_trail import PrintedTrail, TrailLine, audit_trail
from aml_maint.services.history import HistoryEntry, Wanted, patient_history
from aml_maint.services.language import catalogue
from aml_maint.services.workplace import Workplace
from aml_maint.store import patients

MOST = 2_000
"""So many entries are printed at most, the latest; the page says when there are earlier ones."""


def trail_pdf(
    place: Workplace, patient_id: str, wanted: Wanted, language: Language
) -> tuple[str, bytes]:
    """A name for the file, which names no patient, and the PDF."""
    page = patient_history(place, patient_id, wanted, limit=MOST, language=language)
    at, head = place.clock.now(), place.store.head()
    trail = PrintedTrail(
        patients.patient(place.store, patient_id), _asked(wanted),
        [_line(entry) for entry in page.entries], page.more, (head.sequence, head.short),
        place.actor.name, at, place.is_demo,
    )  # fmt: skip
    short = re.sub(r"[^0-9a-z]", "", patient_id.casefold())[:8]
    name = f"audit-trail-{short}-{at.local:%Y%m%d-%H%M}-{language}.pdf"
    return name, audit_trail(trail, catalogue(language))


def _asked(wanted: Wanted) -> Message:
    """The filter in words."""
    about = say(f"history.group.{wanted.group.value}") if wanted.group else say("trail.everything")
    by = say("trail.by", name=wanted.by) if wanted.by else say("trail.by_everyone")
    text = say("trail.text", text=wanted.text.strip()) if wanted.text.strip() else ""
    return say("trail.asked", about=about, by=by, text=text)


def _line(entry: HistoryEntry) -> TrailLine:
    occurred = entry.occurred if entry.backdated else None
    return TrailLine(
        entry.sequence, entry.recorded, occurred, entry.by, entry.role, entry.what,
        tuple(_details(entry)), entry.reason,
    )  # fmt: skip


def _details(entry: HistoryEntry) -> Iterator[tuple[Message, Message]]:
    """Each record; one new record says no more than the entry itself and is left out."""
    if len(entry.details) == 1 and entry.details[0].before is None:
        return
    for detail in entry.details:
        after: Message = detail.after
        if detail.before is not None:
            after = say("history.was_is", before=detail.before, after=detail.after)
        yield detail.title, after
