"""The regimens, grading items and site settings that the program ships, read once.

Regimens, grades and analytes are read when they are first asked for: the doses of a day need
the regimens of its courses only.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aml_maint import files
from aml_maint.domain.drug_schema import drugs_from_data
from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.regimen import Drug, Regimen
from aml_maint.domain.regimen_schema import regimen_from_data
from aml_maint.domain.site import Setting
from aml_maint.domain.site_schema import catalogue_from_data

if TYPE_CHECKING:
    from aml_maint.domain.analytes import LabCatalogue
    from aml_maint.domain.study_checks import Study
    from aml_maint.domain.toxicity import ToxicityItem


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    return data


@cache
def drugs() -> dict[str, Drug]:
    """All drugs by id."""
    return drugs_from_data(_read(next(iter(files.resources().glob("regimens/drugs.*")))))


def _ids() -> list[str]:
    """The ids of all shipped regimens: each file is named by its regimen, before a hyphen."""
    paths = files.resource("regimens").iterdir()
    stems = {path.stem.partition("-")[0] for path in paths if path.suffix in {".toml", ".json"}}
    return sorted(stems - {"drugs"})


@cache
def _versions(regimen_id: str) -> dict[int, Regimen]:
    """Every shipped version of a regimen: a running course keeps the one it started with."""
    found: dict[int, Regimen] = {}
    if regimen_id not in _ids():
        return found
    for path in sorted(files.resource("regimens").iterdir()):
        if path.stem.partition("-")[0] != regimen_id:
            continue
        regimen = regimen_from_data(_read(path), drugs())
        if regimen.id != regimen_id:
            raise ValueError(f"{path.name}: is named by another regimen than {regimen.id}")
        if regimen.version in found:
            raise ValueError(f"{path.name}: version {regimen.version} stands twice")
        found[regimen.version] = regimen
    return found


@cache
def regimens() -> dict[str, Regimen]:
    """All shipped regimens by id, in their newest version."""
    return {id: (versions := _versions(id))[max(versions)] for id in _ids()}


def every_regimen() -> list[Regimen]:
    """All shipped regimens in each of their versions."""
    return [one for id in _ids() for one in _versions(id).values()]


def regimen(regimen_id: str, version: int | None = None) -> Regimen:
    """The regimen of an id, in a version or the newest; BadInput if there is none such."""
    versions = _versions(regimen_id)
    found = versions.get(max(versions, default=0) if version is None else version)
    if found is None:
        raise BadInput(
            say("error.unknown_regimen", regimen=regimen_id),
            hint=say("error.unknown_regimen.hint", known=tuple(sorted(regimens()))),
            field="regimen",
        )
    return found


@cache
def site_catalogue() -> Mapping[str, Setting]:
    """Every setting that a site can decide on, by key, in the order of the Settings page."""
    return catalogue_from_data(_read(files.resource("site.toml")))


@cache
def studies() -> dict[str, Study]:
    """The publications whose figures are checked, by id."""
    # What their figures are computed with is loaded when somebody compares them.
    from aml_maint.domain.study_checks import study_from_data

    found = (study_from_data(_read(path)) for path in files.resources().glob("studies/*.toml"))
    return {study.id: study for study in sorted(found, key=lambda study: study.id)}


@cache
def toxicity_items() -> tuple[ToxicityItem, ...]:
    """All grading items, the WHO items first."""
    from aml_maint.domain.toxicity_schema import items_from_data

    found: list[ToxicityItem] = []
    for name in ("who1979", "general"):
        path = next(iter(files.resources().glob(f"toxicity/{name}.*")))
        found.extend(items_from_data(_read(path)))
    return tuple(found)


@cache
def lab_catalogue() -> LabCatalogue:
    """The laboratory's analytes in their panels."""
    from aml_maint.domain.analytes_schema import labs_from_data

    return labs_from_data(_read(files.resource("labs", "panels.toml")), toxicity_items_by_id())


def item_of(analyte: str) -> ToxicityItem | None:
    """The item that grades an analyte, None where no item does."""
    found = lab_catalogue().analytes.get(analyte)
    return toxicity_items_by_id().get((found.item if found else analyte) or "")


def toxicity_item(term: str) -> ToxicityItem | None:
    """The item of an id, None where there is none."""
    return toxicity_items_by_id().get(term)


@cache
def cause_ids() -> frozenset[str]:
    """What an event can be attributed to: the drugs, and what is no drug of a regimen."""
    from aml_maint.domain.toxicity_event import OtherCause

    return frozenset(drugs()) | frozenset(cause.value for cause in OtherCause)


@cache
def toxicity_items_by_id() -> dict[str, ToxicityItem]:
    """All grading items by id."""
    return {item.id: item for item in toxicity_items()}
