"""The drugs and strengths of the ward's own: enter, change, end, look back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from aml_maint.domain.errors import BadInput, Refused
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import Dose, dose_unit_text, factor
from aml_maint.domain.regimen import Drug
from aml_maint.domain.site_drug import SiteDrug, SiteDrugVersion, SiteStrength, code_for
from aml_maint.services import library
from aml_maint.services.changes import Changes, Touched
from aml_maint.services.medicines import drugs_of
from aml_maint.services.workplace import Workplace
from aml_maint.store import as_needed
from aml_maint.store import site_drugs as rows


@dataclass(frozen=True)
class KnownDrug:
    """A drug as it stands: the program's or the ward's own, with what was decided on it.

    `own` is the version that stands of a drug of the ward's. `added` are the ward's strengths.
    """

    drug: Drug
    own: SiteDrugVersion | None
    added: tuple[SiteStrength, ...]
    versions: tuple[SiteDrugVersion, ...]
    strengths: tuple[SiteStrength, ...]


def known_drugs(place: Workplace) -> tuple[KnownDrug, ...]:
    """Every drug that is given as needed or taken home, the ward's own last."""
    versions, strengths = rows.versions(place.store), rows.strengths(place.store)
    found = []
    for drug in drugs_of(place).values():
        mine = tuple(one for one in versions if one.drug.code == drug.id)
        tablets = tuple(one for one in strengths if one.drug == drug.id)
        if drug.as_needed is None and not drug.strengths:
            continue
        found.append(
            KnownDrug(
                drug,
                next((one for one in mine if one.stands), None),
                tuple(one for one in tablets if one.stands),
                mine[::-1],
                tablets[::-1],
            )
        )
    return tuple(found)


def add_site_drug(
    place: Workplace, drug: SiteDrug, reason: str, command_id: UUID | None = None
) -> Changes:
    """Enter a drug of the ward's own; its code is made here. BadInput for a name that is taken."""
    if (done := place.done_before(command_id, "add_site_drug")) is not None:
        return done
    _expect_reason(reason)
    _expect_new_name(place, drug)
    made = replace(drug, code=code_for(drug.name.en, drugs_of(place)), in_use=True)
    return place.write(
        "add_site_drug",
        lambda transaction: rows.put(transaction, made, reason.strip()),
        touched=Touched.SETTINGS,
        command_id=command_id,
        reason=reason,
    )


def change_site_drug(
    place: Workplace, drug: SiteDrug, reason: str, command_id: UUID | None = None
) -> Changes:
    """Change a drug of the ward's own, end it (`in_use`) or take it up again.

    What was recorded of it stays as it was judged. BadInput for another unit than its records
    have; Refused when it would end while somebody's order for it stands.
    """
    if (done := place.done_before(command_id, "change_site_drug")) is not None:
        return done
    _expect_reason(reason)
    before = site_drug(place, drug.code)
    if before == drug:
        raise BadInput(say("error.nothing_changed"))
    if before.unit != drug.unit:
        told = say("site_drug.error.other_unit", unit=dose_unit_text(before.unit))
        raise BadInput(told, field="unit")
    _expect_new_name(place, drug)
    today = place.clock.now().local.date()
    if before.in_use and not drug.in_use and as_needed.stands(place.store, drug.code, today):
        raise Refused(
            say("site_drug.error.ordered", drug=before.name),
            hint=say("site_drug.error.ordered.hint"),
        )
    return place.write(
        "change_site_drug",
        lambda transaction: rows.put(transaction, drug, reason.strip()),
        touched=Touched.SETTINGS,
        command_id=command_id,
        reason=reason,
    )


def set_strengths(
    place: Workplace,
    code: str,
    wanted: Sequence[Dose],
    reason: str,
    command_id: UUID | None = None,
) -> Changes:
    """Say which tablets of a drug the ward has besides those that the program brings.

    BadInput for a strength in another measure than the drug's doses, or one that is there already.
    """
    if (done := place.done_before(command_id, "set_site_strengths")) is not None:
        return done
    _expect_reason(reason)
    drug = drugs_of(place).get(code)
    if drug is None or drug.dose_unit is None:
        raise BadInput(say("site_drug.error.no_such"), field="drug")
    shipped = library.drugs().get(code)
    brought = [strength.dose for strength in shipped.strengths] if shipped is not None else []
    for number, dose in enumerate(wanted):
        if dose.unit != drug.dose_unit:
            told = say("error.dose_unit", drug=drug.name, unit=dose_unit_text(drug.dose_unit))
            raise BadInput(told, field="strengths")
        if any(_same(dose, other) for other in (*brought, *wanted[:number])):
            raise BadInput(say("site_drug.error.strength_twice"), field="strengths")
    standing = [one.dose for one in rows.strengths(place.store) if one.drug == code and one.stands]
    if sorted(standing, key=str) == sorted(wanted, key=str):
        raise BadInput(say("error.nothing_changed"))
    return place.write(
        "set_site_strengths",
        lambda transaction: rows.put_strengths(transaction, code, wanted, reason.strip()),
        touched=Touched.SETTINGS,
        command_id=command_id,
        reason=reason,
    )


def site_drug(place: Workplace, code: str) -> SiteDrug:
    """The drug of the ward's own as it stands; BadInput if there is none of that code."""
    for version in rows.versions(place.store):
        if version.stands and version.drug.code == code:
            return version.drug
    raise BadInput(say("site_drug.error.no_such"), field="drug")


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInput(say("error.reason_needed"), field="reason")


def _expect_new_name(place: Workplace, drug: SiteDrug) -> None:
    """BadInput for a name, in either language, that another drug has."""
    for other in drugs_of(place).values():
        if other.id == drug.code:
            continue
        for field, mine, theirs in (
            ("name_en", drug.name.en, other.name.en), ("name_zh", drug.name.zh, other.name.zh),
        ):  # fmt: skip
            if mine.strip().casefold() == theirs.casefold():
                raise BadInput(say("site_drug.error.name_taken", drug=other.name), field=field)


def _same(one: Dose, other: Dose) -> bool:
    return one.value * factor(one.unit, other.unit) == other.value
