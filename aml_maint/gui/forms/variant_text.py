"""Mutations as people type them: one a line, `FLT3 p.D835Y 1.2 %`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from aml_maint.domain.errors import BadInput
from aml_maint.domain.marrow import GeneVariant
from aml_maint.domain.messages import say
from aml_maint.domain.quantities import decimal

_LINES = re.compile(r"[;；\n]")
_FREQUENCY = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*[%％]$|(?<=\s)(\d{1,3}\.\d{1,6})$")


def read_variants(text: str, field: str) -> tuple[GeneVariant, ...]:
    """The variants of a text; BadInput for a line without a gene.

    The last word of a line is the allele frequency in percent if it has a percent sign or a
    decimal point; what stands between is the change as the laboratory writes it.
    """
    return tuple(_variant(line.strip(), field) for line in _LINES.split(text) if line.strip())


def _variant(line: str, field: str) -> GeneVariant:
    vaf: Decimal | None = None
    if found := _FREQUENCY.search(line):
        vaf = decimal(found[1] or found[2], field)
        line = line[: found.start()].strip()
    gene, _, change = line.partition(" ")
    if not re.match(r"[A-Za-z]", gene):
        raise BadInput(say("error.no_gene", text=line or str(vaf)), field=field)
    return GeneVariant(gene.upper(), change.strip(), vaf)


def variants_text(variants: Sequence[GeneVariant]) -> str:
    """The text that `read_variants` reads back."""
    return "; ".join(
        " ".join(
            part
            for part in (
                variant.gene,
                variant.change,
                "" if variant.vaf_percent is None else f"{variant.vaf_percent:f} %",
            )
            if part
        )
        for variant in variants
    )
