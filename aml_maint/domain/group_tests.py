"""Tests between groups for Table 1: Mann-Whitney, chi-square, Fisher, with R's conventions.

With few people a p-value says little; screens print n beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# As R: a table counts as no likelier than the observed one within this share.
_RELATIVE = 1 + 1e-7
# Cochran's rule: with fewer expected in some cell Fisher's test takes the place of chi-square.
_LEAST_EXPECTED = 5
# R's wilcox.test is exact for fewer than so many in each group, if no value stands twice.
_EXACT_BELOW = 50
# So many tables are enumerated in less than a second.
_MOST_TABLES = 200_000

Table = Sequence[Sequence[int]]


@dataclass(frozen=True)
class GroupTest:
    """A test between groups: which one, its statistic if it has one, and p.

    None for p where the groups leave nothing to compare.
    """

    test: str
    statistic: float | None
    p: float | None


def mann_whitney(one: Sequence[float], other: Sequence[float]) -> GroupTest:
    """Do two groups of numbers differ in height? As R's wilcox.test."""
    if not one or not other:
        return GroupTest("mann_whitney", None, None)
    from scipy.stats import mannwhitneyu

    both = [*one, *other]
    exact = max(len(one), len(other)) < _EXACT_BELOW and len(set(both)) == len(both)
    if len(set(both)) == 1:
        return GroupTest("mann_whitney", len(one) * len(other) / 2, None)
    found = mannwhitneyu(one, other, method="exact" if exact else "asymptotic")
    return GroupTest("mann_whitney", float(found.statistic), float(found.pvalue))


def kruskal_wallis(groups: Sequence[Sequence[float]]) -> GroupTest:
    """Do several groups of numbers differ in height? As R's kruskal.test."""
    filled = [group for group in groups if group]
    if len(filled) < 2 or len({value for group in filled for value in group}) == 1:
        return GroupTest("kruskal_wallis", None, None)
    from scipy.stats import kruskal

    found = kruskal(*filled)
    return GroupTest("kruskal_wallis", float(found.statistic), float(found.pvalue))


def compare_shares(table: Table) -> GroupTest:
    """Do the groups (columns) differ in how they fall into categories (rows)?

    Fisher's exact test where chi-square would rest on too few, chi-square otherwise.
    """
    kept = _without_empty(table)
    if len(kept) < 2 or len(kept[0]) < 2:
        return GroupTest("fisher", None, None)
    total = sum(map(sum, kept))
    columns = [sum(column) for column in zip(*kept, strict=True)]
    least = min(sum(row) for row in kept) * min(columns) / total
    if least < _LEAST_EXPECTED and _tables_at_most(kept) <= _MOST_TABLES:
        return GroupTest("fisher", None, fisher(kept))
    return chi_square(kept)


def chi_square(table: Table) -> GroupTest:
    """Pearson's test; a table of two by two with Yates' correction, as R's chisq.test."""
    from scipy.stats import chi2_contingency

    found = chi2_contingency(table, correction=True)
    return GroupTest("chi_square", float(found.statistic), float(found.pvalue))


def fisher(table: Table) -> float:
    """The p of Fisher's exact test (Freeman and Halton for larger tables), two-sided."""
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    observed = _likelihood([cell for row in table for cell in row])
    fixed = sum(map(math.lgamma, (n + 1 for n in (*rows, *columns))))
    fixed -= math.lgamma(sum(rows) + 1)
    limit = observed + math.log(_RELATIVE)
    likely = (_likelihood(cells) for cells in _fillings(tuple(rows), tuple(columns)))
    return min(1.0, math.fsum(math.exp(fixed + found) for found in likely if found <= limit))


def _likelihood(cells: Sequence[int]) -> float:
    """The logarithm of a table's probability, but for what all tables of its margins share."""
    return -sum(math.lgamma(cell + 1) for cell in cells)


def _fillings(rows: tuple[int, ...], columns: tuple[int, ...]) -> Iterator[list[int]]:
    """Every table with these margins, column by column."""
    if len(columns) == 1:
        yield list(rows)
        return
    for column in _splits(rows, columns[0]):
        left = tuple(row - cell for row, cell in zip(rows, column, strict=True))
        for rest in _fillings(left, columns[1:]):
            yield [*column, *rest]


def _splits(rows: tuple[int, ...], total: int) -> Iterator[list[int]]:
    """Every way in which one column can take its total from the rows."""
    if len(rows) == 1:
        yield [total]
        return
    rest = sum(rows[1:])
    for cell in range(max(0, total - rest), min(rows[0], total) + 1):
        for others in _splits(rows[1:], total - cell):
            yield [cell, *others]


def _tables_at_most(table: Table) -> float:
    """A bound for how many tables have these margins."""
    rows, columns = len(table), len(table[0])
    free = (rows - 1) * (columns - 1)
    cells = sorted(
        min(sum(row), sum(column)) + 1 for row in table for column in zip(*table, strict=True)
    )
    return float(math.prod(cells[:free]))


def _without_empty(table: Table) -> list[list[int]]:
    """A table without the rows and columns that hold nobody."""
    rows = [list(row) for row in table if sum(row)]
    wanted = [number for number, column in enumerate(zip(*rows, strict=True)) if sum(column)]
    return [[row[number] for number in wanted] for row in rows]
