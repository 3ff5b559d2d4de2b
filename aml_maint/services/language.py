"""The catalogues of texts, one per language."""

from __future__ import annotations

import json
import tomllib
from functools import cache

from aml_maint import files
from aml_maint.domain.messages import Catalogue, Language


@cache
def catalogue(language: Language) -> Catalogue:
    """All texts of a language; ValueError when two files hold the same key (a bug)."""
    templates: dict[str, str] = {}
    for path in files.listing("i18n", suffix=f".{language}.toml"):
        for key, text in read_texts(path.read_text("utf-8")).items():
            if key in templates:
                raise ValueError(f"{path.name}: {key} stands twice")
            templates[key] = text
    return Catalogue(language, templates)


def read_texts(source: str) -> dict[str, str]:
    """The texts of a TOML file whose lines are all `"key" = "text"`, empty, or a remark.

    Such lines are an object of JSON but for their signs, and are read as one in a tenth of the
    time: every start reads thousands. What is of another form is left to the parser of TOML.
    """
    lines = [line for line in source.splitlines() if line and not line.startswith("#")]
    pairs = (line.replace('" = "', '":"', 1) for line in lines)
    try:
        found: dict[str, str] = json.loads(f"{{{','.join(pairs)}}}")
    except ValueError:
        found = {}
    return found if len(found) == len(lines) else tomllib.loads(source)
