"""A publication's figures beside ours: the ones that agree, and the others with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aml_maint.domain.messages import Name, say
from aml_maint.domain.study_checks import Checked
from aml_maint.reports.figures.exhibit import Exhibit, Values


def paper_check_exhibit(
    checks: Sequence[Checked], citations: Sequence[Name], n: int, as_of: date
) -> Exhibit:
    """Every claim: as printed, as its own tables give it, by which definition, and why not so."""
    title = say("paper_check.title")
    head = ("verdict", "claim", "printed", "computed", "definition", "why")
    rows = tuple(
        (
            say(_VERDICTS[checked.agrees]), checked.claim.claim, checked.claim.printed,
            checked.computed, checked.claim.definition, checked.claim.why,
        )
        for checked in checks
    )  # fmt: skip
    striking = frozenset(place for place, one in enumerate(checks) if one.agrees is False)
    values = Values(
        "", title, tuple(say(f"paper_check.head.{name}") for name in head), rows,
        striking=striking, shares=(0, 3, 2, 4, 3, 5),
    )  # fmt: skip
    notes = [say("paper_check.definition"), *(say("paper_check.of", study=c) for c in citations)]
    if not checks:
        notes = [say("paper_check.nothing")]
    agreed = sum(checked.agrees is True for checked in checks)
    told = say("paper_check.told", agreed=agreed, of=len(checks), differing=len(striking))
    summary = (told,) if checks else ()
    return Exhibit("paper_check", title, n, as_of, (*notes, *summary), (values,), summary)


_VERDICTS = {
    True: "paper_check.agrees",
    False: "paper_check.differs",
    None: "paper_check.open",
}
