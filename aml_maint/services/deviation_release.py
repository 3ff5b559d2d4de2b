"""The deviation log of a course on its way out as a table: by study id, and recorded.

It is a table for those who look after a study. With a record number in it it is identified data,
and asks the roles for that; the data dictionary's rule for texts holds here, too.
"""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from aml_maint.domain.deviations import Deviation
from aml_maint.domain.messages import Language, say
from aml_maint.domain.pseudonym import Privacy
from aml_maint.reports.table_file import Cell, TableFile, TableFormat
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.deviations import DeviationLog, deviation_file_name, deviation_table
from aml_maint.services.exporting import Wanted
from aml_maint.services.language import catalogue
from aml_maint.services.study_ids import pseudonyms
from aml_maint.services.workplace import Workplace

# Without texts that somebody typed or that tell days, and without names.
COLUMNS = ("study_id", "cycle", "day", "date", "kind", "kind_words", "drug")


def released_table(
    place: Workplace, log: DeviationLog, language: Language, privacy: Privacy
) -> TableFile:
    """The log as it may leave: as on record, or by study id with its days moved.

    Refused, and recorded, if the person's roles don't allow it. ValueError for days as intervals:
    the table counts them from the beginning of the cycle anyway.
    """
    place.expect_allowed(Wanted(privacy=privacy).action)
    if privacy is Privacy.INTERVALS:
        raise ValueError("a deviation log has its days of the cycle")
    if not privacy.is_pseudonymised:
        return deviation_table(log, language)
    words, names = catalogue(language), pseudonyms(place)
    study_id = names.study_id(log.patient.id)
    back = timedelta(days=names.days_back(log.patient.id))

    def row(one: Deviation) -> tuple[Cell, ...]:
        return (
            study_id,
            one.cycle,
            one.day,
            one.on - back,
            one.kind.value,
            words.text(say(f"deviation.kind.{one.kind.value}")),
            words.value(one.drugs),
        )

    heads = tuple(words.text(f"deviation.column.{name}") for name in COLUMNS)
    return TableFile(words.text("deviation.title"), heads, tuple(row(one) for one in log.entries))


def released_name(
    place: Workplace, log: DeviationLog, language: Language, kind: TableFormat, privacy: Privacy
) -> str:
    """A name to save the table under, with nothing in it that leads back to the patient."""
    name = deviation_file_name(log, language, kind)
    if not privacy.is_pseudonymised:
        return name
    return re.sub("-[0-9a-z]+-", f"-{pseudonyms(place).record(log.course.id)[:8]}-", name, count=1)


def note_deviations(
    place: Workplace, log: DeviationLog, privacy: Privacy, command_id: UUID | None = None
) -> Changes:
    """Record in the audit trail that the log of a course leaves, before it does."""
    wanted = Wanted(privacy=privacy)
    if (done := place.done_before(command_id, wanted.action)) is not None:
        return done
    told = {
        "format": "deviations",
        "privacy": privacy.value,
        "course": log.course.id,
        "tables": 1,
        "rows": len(log.entries),
    }
    return place.write(
        wanted.action,
        lambda transaction: transaction.note(told),
        touched=Touched.WARD,
        command_id=command_id,
    )
