"""Is the record what it was? Everything in the file, and the heads that were noted outside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from aml_maint.domain.errors import BadInput, Refused, StorageProblem
from aml_maint.domain.messages import Language, say
from aml_maint.services.language import catalogue
from aml_maint.services.restoring import BackupEntry, backups_in
from aml_maint.services.trust import WardReport
from aml_maint.services.workplace import Workplace
from aml_maint.store import audit
from aml_maint.store.audit import Head
from aml_maint.store.replay import verify_chain

Told = Callable[[int, int], bool]
"""How many entries of how many were checked; True to go on, False to stop."""

_DIGITS = re.compile(r"[0-9a-f]{16}([0-9a-f]{48})?")


@dataclass(frozen=True)
class Proof:
    """A record that was found whole, and the heads outside it that it still holds.

    `replaced` are noted heads of a record that a restore has since taken out of its place.
    """

    ward: WardReport
    held: tuple[Head, ...]
    replaced: int


def prove(
    place: Workplace,
    told: Told | None = None,
    *,
    second: Path | None = None,
    typed: Iterable[Head] = (),
) -> Proof:
    """Check every page, every audit entry, every row, and every head noted outside the file.

    Heads are taken from the notes beside the backups in the usual folder and the `second`, and
    `typed` from paper: a signed report or a head slip. StorageProblem says what does not fit,
    Refused that it was stopped.
    """
    if not place.store.integrity(full=True):
        raise StorageProblem(say("store.damaged"), hint=say("store.damaged.hint"))
    of = place.store.head().sequence

    def step(done: int) -> None:
        if told is not None and not told(done, of):
            raise Refused(say("proof.stopped"))

    step(0)
    noted, replaced = _noted(place, second)
    heads = [*noted, *typed]
    found = verify_chain(place.store, anchors=heads, told=step)
    if found.reason is not None:
        raise StorageProblem(found.reason, hint=say("store.damaged.hint"))
    step(of)
    ward = WardReport(place.store.path, found.head, place.store.counts())
    return Proof(ward, tuple(heads), replaced)


def _noted(place: Workplace, second: Path | None) -> tuple[list[Head], int]:
    """The heads beside the backups, and how many of them belong to a record that was replaced."""
    folders = [None] if second is None else [None, second]
    # A copy in the second folder counts once, unless its note says otherwise than the first.
    found = [entry for folder in folders for entry in backups_in(place, folder)]
    entries = {(entry.path.name, entry.head): entry for entry in found}
    restored = audit.of_action(place.store, "restore_ward")

    def is_replaced(entry: BackupEntry) -> bool:
        return any(
            entry.head is not None
            and entry.head.sequence >= event.sequence
            and entry.made.utc < event.command.recorded.utc
            for event in restored
        )

    heads = [e.head for e in entries.values() if e.head is not None and not is_replaced(e)]
    return heads, sum(map(is_replaced, entries.values()))


def typed_head(sequence: str, digits: str) -> Head:
    """A head as it is printed: the number of the entry and the first 16 digits, however spaced.

    BadInput for what can't be one.
    """
    number = "".join(sequence.split())
    if not number.isascii() or not number.isdigit() or not int(number):
        raise BadInput(say("proof.no_number"), field="sequence")
    plain = re.sub(r"[\s\-]", "", digits).casefold()
    if not _DIGITS.fullmatch(plain):
        raise BadInput(say("proof.no_digits"), field="digits")
    return Head(int(number), plain)


def head_slip_pdf(place: Workplace, language: Language) -> tuple[str, bytes]:
    """A slip of paper with the head of the trail, to be kept by a second person: name and PDF."""
    from aml_maint.reports.head_slip import head_slip  # seldom wanted, slow to load

    at, head = place.clock.now(), place.store.head()
    document = head_slip(
        head.sequence, head.short, place.store.path.name, place.actor.name, at, catalogue(language)
    )
    return f"head-slip-{head.sequence}-{at.local:%Y%m%d-%H%M}.pdf", document
