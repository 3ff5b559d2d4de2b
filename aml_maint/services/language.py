"""The catalogues of texts, one per language."""

from __future__ import annotations

import tomllib
from functools import cache

from aml_maint import files
from aml_maint.domain.messages import Catalogue, Language


@cache
def catalogue(language: Language) -> Catalogue:
    """All texts of a language; ValueError when two files hold the same key (a bug)."""
    templates: dict[str, str] = {}
    for path in files.listing("i18n", suffix=f".{language}.toml"):
        for key, text in tomllib.loads(path.read_text("utf-8")).items():
            if key in templates:
                raise ValueError(f"{path.name}: {key} stands twice")
            templates[key] = text
    return Catalogue(language, templates)
