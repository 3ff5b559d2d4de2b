"""The regimens as this site has set them: what every course is read with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aml_maint.domain.edition import ClockTime, Edition
from aml_maint.domain.regimen import Regimen
from aml_maint.domain.site import Applies, SettingValue, SiteSettings
from aml_maint.domain.site_history import SiteHistory
from aml_maint.domain.site_regimen import adapted, with_times
from aml_maint.services import library


class SiteShelf:
    """Regimens under the site's decisions and a patient's own times of day, by day.

    A decision holds for doses planned from its day on; what decides on which days doses fall
    holds for courses that begin on its day or later. So no dose planned before is moved or
    judged anew.
    """

    def __init__(self, history: SiteHistory, today: date) -> None:
        self._history = history
        self._today = today
        catalogue = history.catalogue
        self._running = [
            key
            for key, setting in catalogue.items()
            if setting.targets and setting.applies is not Applies.NEW_COURSES
        ]
        self._at_start = [
            key
            for key, setting in catalogue.items()
            if setting.targets and setting.applies is Applies.NEW_COURSES
        ]
        self._days = history.days_of_change(self._running)
        self._set: dict[tuple[str, int, tuple[tuple[str, SettingValue], ...]], Regimen] = {}

    def today(self, editions: Sequence[Edition], regimen_id: str, version: int) -> Regimen:
        """The regimen as set today, of its editions."""
        begun = [edition.regimen for edition in editions if edition.from_day <= self._today]
        if begun:
            return begun[-1]
        return editions[0].regimen if editions else library.regimen(regimen_id, version)

    def editions(
        self, regimen_id: str, version: int, first_day: date, times: Sequence[ClockTime]
    ) -> tuple[Edition, ...]:
        """The regimen of a course by the days from which it is set so; none if it never is.

        `times` are the course's own, in the order they were decided.
        """
        changed = {first_day, *self._days, *(one.from_day for one in times)}
        found: list[Edition] = []
        for day in sorted(day for day in changed if day >= first_day):
            regimen = with_times(self._regimen(regimen_id, version, first_day, day), times, day)
            if not found or regimen != found[-1].regimen:
                found.append(Edition(day, regimen))
        plain = library.regimen(regimen_id, version)
        return () if [edition.regimen for edition in found] == [plain] else tuple(found)

    def _regimen(self, regimen_id: str, version: int, first_day: date, day: date) -> Regimen:
        begun, now = self._history.on(first_day).chosen, self._history.on(day).chosen
        chosen = {key: now[key] for key in self._running if key in now}
        chosen |= {key: begun[key] for key in self._at_start if key in begun}
        known = regimen_id, version, tuple(chosen.items())
        if known not in self._set:
            settings = SiteSettings(self._history.catalogue, chosen)
            self._set[known] = adapted(library.regimen(regimen_id, version), settings)
        return self._set[known]
