"""Where a figure comes from, and how well it is founded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aml_maint.domain.messages import Name


class Evidence(StrEnum):
    """How well a figure is founded."""

    PAPER = "paper"
    LABEL = "label"
    PUBLISHED = "published"
    SITE_DEFAULT = "site_default"
    UNVERIFIED = "unverified"


@dataclass(frozen=True)
class Source:
    """Where a figure comes from; a site default is one that a site may change and must accept."""

    id: str
    evidence: Evidence
    citation: str
    citation_zh: str = ""

    @property
    def title(self) -> Name:
        """The citation in both languages; a publication keeps its own words in either."""
        return Name(self.citation, self.citation_zh or self.citation)
