"""What has to be asked before doses are given, looked up before anything is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from aml_maint.domain.errors import UserError
from aml_maint.domain.moment import Moment
from aml_maint.domain.schedule import SlotId
from aml_maint.gui.desk import Desk
from aml_maint.gui.dose_targets import DoseTarget, can_give, may_ask

if TYPE_CHECKING:
    from aml_maint.services.injections import GivingCard
    from aml_maint.services.workplace import Workplace

Cards = Mapping[SlotId, "GivingCard"]


class DoseQuestions:
    """Answers at once for doses that never ask; a key pressed twice meanwhile counts once."""

    def __init__(self, desk: Desk, owner: QObject) -> None:
        self._desk = desk
        self._owner = owner
        self._under_way: set[SlotId] = set()

    def look_up(
        self, targets: Sequence[DoseTarget], now: Moment,
        then: Callable[[Cards], None], failed: Callable[[UserError], None],
    ) -> None:  # fmt: skip
        """Call `then` with what to ask for each dose that may ask anything."""
        slots = {t.part.slot for t in targets if can_give(t, now) and may_ask(t.part, now)}
        if not slots:
            then({})
            return
        if slots & self._under_way:
            return
        self._under_way |= slots

        def found(cards: Cards) -> None:
            self._under_way -= slots
            then(cards)

        def refused(error: UserError) -> None:
            self._under_way -= slots
            failed(error)

        self._desk.session.read(lambda place: _cards(place, slots), found, self._owner, refused)


def _cards(place: Workplace, slots: set[SlotId]) -> Cards:
    from aml_maint.services.injections import giving_cards

    return giving_cards(place, slots)
