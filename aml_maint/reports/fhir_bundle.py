"""A FHIR R4 bundle, written resource by resource; a server that takes it stores each by its id."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from aml_maint.domain.messages import Language
from aml_maint.reports.fhir_elements import (
    BASE,
    WHO_GRADE,
    Resource,
    Words,
    filled,
    resource,
    when,
)

RECORD = f"{BASE}/StructureDefinition/record"
"""The extension that carries rows of the ward's file, for taking them in elsewhere."""

_CODES = f"{BASE}/CodeSystem/"
_GRADES = WHO_GRADE.removeprefix(_CODES)
# As `concept` writes a coding; inside a text the quotation marks would be escaped.
_OWN_CODE = re.compile(
    rf'"system":"{re.escape(_CODES)}([^"]+)","code":"([^"]+)"(?:,"display":"((?:[^"\\]|\\.)*)")?'
)
# JSON has one kind of number, Python's writer another: a decimal keeps its digits this way.
_MARK = "\0decimal:"
_MARKED = re.compile(r'"\\u0000decimal:([^"]*)"')


NEXT = ",\n"
"""What stands between two entries."""

Code = tuple[str, str, str]
"""A code of our own lists: the list, the code, and how JSON has what it means."""


class Entry(NamedTuple):
    """A resource as an entry of a bundle, as it is written, and the codes it has of our lists.

    Or a `number` of them, all of a kind, one after the other.
    """

    kind: str
    text: str
    codes: Sequence[Code]
    number: int = 1


def write_bundle(
    file: BinaryIO, resources: Iterable[Resource | Entry], made: datetime, language: Language
) -> dict[str, int]:
    """Write a transaction bundle in UTF-8; how many resources of each kind it has.

    The codes of our own lists are explained at its end, as the data dictionary of other formats.
    """
    counts: Counter[str] = Counter()
    used: dict[str, dict[str, str]] = {}
    head = {
        "resourceType": "Bundle",
        "language": language,
        "type": "transaction",
        "timestamp": when(made),
    }
    file.write(_json(head)[:-1].encode() + b',"entry":[')

    def write(one: Entry) -> None:
        file.write(f"{NEXT if counts else NEXT[1:]}{one.text}".encode())
        counts[one.kind] += one.number

    for one in resources:
        made_of = one if isinstance(one, Entry) else entry(one)
        write(made_of)
        for name, code, display in made_of.codes:
            used.setdefault(name, {})[code] = display
    for name in sorted(used.keys() - {_GRADES}):
        write(entry(_code_system(name, used[name])))
    file.write(b"\n]}\n")
    return dict(sorted(counts.items()))


def entry(one: Resource) -> Entry:
    """A resource as an entry of a bundle."""
    text = entry_text(one)
    return Entry(one["resourceType"], text, _OWN_CODE.findall(text))


def entry_text(one: Resource) -> str:
    """The same as it is written."""
    url = f"{one['resourceType']}/{one['id']}"
    request = {"method": "PUT", "url": url}
    return _json({"fullUrl": f"{BASE}/{url}", "resource": one, "request": request})


def _json(data: Any) -> str:
    return _MARKED.sub(_digits, _ENCODER.encode(data))


def _digits(marked: re.Match[str]) -> str:
    return marked[1]


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_marked)


def with_records(one: Resource, records: Sequence[tuple[str, dict[str, Any]]]) -> Resource:
    """A resource that carries rows of the ward's file, each with its table."""
    carried = [
        {
            "url": RECORD,
            "valueString": json.dumps(
                {"table": table, **row}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
            ),
        }
        for table, row in records
    ]
    return {**one, "extension": [*one.get("extension", ()), *carried]} if carried else one


def records_of(one: Resource) -> list[tuple[str, dict[str, Any]]]:
    """The rows that a resource carries. ValueError for what is none."""
    found = []
    for extension in one.get("extension", ()):
        if extension.get("url") == RECORD:
            row = json.loads(extension["valueString"])
            found.append((str(row.pop("table")), row))
    return found


def basic(table: str, id: str, subject: dict[str, str] | None, label: str) -> Resource:
    """A record that FHIR has no resource for."""
    return resource(
        "Basic",
        id,
        code={"coding": [{"system": f"{BASE}/CodeSystem/record", "code": table}], "text": label},
        subject=subject,
    )


def _code_system(name: str, used: dict[str, str]) -> Resource:
    """Those codes of one of our lists that the bundle has, with what each means."""
    return resource(
        "CodeSystem",
        f"codes-{name}",
        url=f"{_CODES}{name}",
        name="".join(part.capitalize() for part in name.split("-")),
        status="active",
        content="fragment",
        caseSensitive=True,
        concept=[
            filled({"code": code, "display": json.loads(f'"{display}"')})
            for code, display in sorted(used.items())
        ],
    )


def grade_system(words: Words) -> Resource:
    """WHO's grades of 1979 as a code system of their own: they are not those of CTCAE."""
    return resource(
        "CodeSystem",
        "who-1979-grade",
        url=WHO_GRADE,
        name="Who1979Grade",
        title="WHO 1979",
        status="active",
        content="complete",
        caseSensitive=True,
        concept=[
            {"code": str(grade), "display": words.text(f"export.grade.{grade}")}
            for grade in range(5)
        ],
    )


def provenance(targets: Sequence[dict[str, str]], made: datetime, by: str) -> Resource:
    """Who made the bundle from what, and when."""
    return resource(
        "Provenance",
        "export",
        target=list(targets),
        recorded=when(made),
        activity={"text": "export"},
        agent=[filled({"who": {"display": by}})],
    )
