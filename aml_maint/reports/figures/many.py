"""How much of a cohort a picture shows that has a row for each patient.

Beyond some hundred rows nobody reads a picture, and of ten thousand none can be drawn: so high
an image does not exist. The first rows are drawn, which look as they would among all, with a line
that says how many there are; the table of values beside it has all, and print, page by page, too.
"""

from __future__ import annotations

from aml_maint.domain.messages import Message, say

MOST_ROWS = 200


def first_of(shown: int, n: int) -> Message:
    """The line under a picture of some of the patients."""
    return say("figure.first_of", shown=shown, n=n)
