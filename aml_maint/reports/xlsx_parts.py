"""The parts of a workbook around its rows, as XlsxWriter makes them (ECMA-376)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_LINKS = f"{_OPEN}/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
_SIDES = "<left/><right/><top/>"

STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd hh:mm"/></numFmts>'
    f'<fonts count="3"><font>{_FONT}</font><font><b/>{_FONT}</font><font><i/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    f'<borders count="2"><border>{_SIDES}<bottom/><diagonal/></border>'
    f'<border>{_SIDES}<bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1"/>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
"""Plain, bold with a line below, slanted over several lines, day, time, marked as text."""

SHEET_END = (
    '</sheetData><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3"'
    ' footer="0.3"/></worksheet>'
)


def sheet_name(number: int) -> str:
    """Where a sheet lies in the archive."""
    return f"xl/worksheets/sheet{number}.xml"


def sheet_head(widths: Sequence[int], rows: int, columns: int, *, is_first: bool) -> str:
    """All of a sheet before its first row. So many rows and columns always stay in sight."""
    pane = "bottomRight" if columns else "bottomLeft"
    across = f' xSplit="{columns}"' if columns else ""
    chosen = ' tabSelected="1"' if is_first else ""
    corner = f"{chr(65 + columns)}{rows + 1}"
    # A character is seven pixels wide, with five around them all.
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{(width * 7 + 5) / 7 * 256 // 1 / 256}" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheetViews>'
        f'<sheetView{chosen} workbookViewId="0">'
        f'<pane{across} ySplit="{rows}" topLeftCell="{corner}" activePane="{pane}" state="frozen"/>'
        f'<selection pane="{pane}" activeCell="{corner}" sqref="{corner}"/>'
        '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{cols}</cols><sheetData>"
    )


def around(sheets: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, str]]:
    """The other parts by name: of each sheet its name, quoted for XML, and whether it is hidden."""
    count = range(1, len(sheets) + 1)
    hide = ' state="hidden"'
    listed = "".join(
        f'<sheet name={name} sheetId="{n}"{hide * hidden} r:id="rId{n}"/>'
        for n, (name, hidden) in zip(count, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{listed}</sheets></workbook>",
    )
    yield "xl/styles.xml", STYLES
    links = [("worksheet", f"worksheets/sheet{n}.xml") for n in count]
    yield "xl/_rels/workbook.xml.rels", _relations([*links, ("styles", "styles.xml")])
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    kinds += [(f"/{sheet_name(n)}", "worksheet") for n in count]
    parts = "".join(
        f'<Override PartName="{name}" ContentType="{_KIND}.{kind}+xml"/>' for name, kind in kinds
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_OPEN}/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{parts}</Types>',
    )


def _relations(links: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(links, 1)
    )
    return (
        f'{_XML}<Relationships xmlns="{_OPEN}/package/2006/relationships">{listed}</Relationships>'
    )
