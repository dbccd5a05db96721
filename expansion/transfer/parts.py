"""The fixed parts of a written workbook: types, relations, styles, properties, sheet frame."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Protocol
from xml.sax.saxutils import escape, quoteattr

from expansion.transfer.columns import Kind
from expansion.ui import deadlines

SHEET = "xl/worksheets/sheet1.xml"

# Excel's own limit is 255 signs, codes and doubled signs included.
LONGEST_FOOTER = 120

# Positions in the list of formats below. A deadline stays a moment; its mark is in the format.
PLAIN, TEXT, HEADER, DATE, MOMENT, MONEY, PROVISIONAL = range(7)
NUMBER_STYLES = {Kind.MONEY: MONEY, Kind.DEADLINE: PROVISIONAL}

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{SHEET_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPES}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
PACKAGE_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/relationships/officeDocument" '
    'Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/>'
    "</Relationships>"
)
BOOK_RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/relationships/styles" Target="styles.xml"/>'
    "</Relationships>"
)
MOMENT_FORMAT = "yyyy\\-mm\\-dd\\ hh:mm"
STYLES_START = (
    f'<styleSheet xmlns="{MAIN}">'
    '<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    f'<numFmt numFmtId="165" formatCode="{MOMENT_FORMAT}"/>'
)
STYLES_END = (
    "</numFmts>"
    '<fonts count="2"><font><sz val="11"/><name val="Microsoft YaHei"/></font>'
    '<font><b/><sz val="11"/><name val="Microsoft YaHei"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF1F3F6"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" '
    'applyFont="1" applyFill="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class Mark(Protocol):
    """What a watermark tells."""

    @property
    def name(self) -> str: ...

    @property
    def at(self) -> datetime.datetime: ...

    @property
    def export_id(self) -> str: ...

    @property
    def sentence(self) -> str: ...


def fixed_parts(title: str, mark: Mark) -> Iterator[tuple[str, str]]:
    """Every part but the sheet, by its name in the archive."""
    yield "[Content_Types].xml", DECLARATION + TYPES
    yield "_rels/.rels", DECLARATION + PACKAGE_RELATIONS
    yield "docProps/core.xml", DECLARATION + _properties(title, mark)
    yield "xl/workbook.xml", DECLARATION + _book(title)
    yield "xl/_rels/workbook.xml.rels", DECLARATION + BOOK_RELATIONS
    yield "xl/styles.xml", DECLARATION + _styles()


def _styles() -> str:
    """The formats; that of a deadline which may still move says so in the reader's language."""
    marked = f'{MOMENT_FORMAT}"{deadlines.mark()}"'
    return f'{STYLES_START}<numFmt numFmtId="166" formatCode={quoteattr(marked)}/>{STYLES_END}'


def sheet_start(widths: Sequence[int]) -> str:
    """The sheet up to its rows: the header stays in sight, columns have their widths."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    )


def sheet_end(columns: int, rows: int, footer: str) -> str:
    """Behind the rows: the filter of the header, and the footer of every printed page."""
    text = escape(_visible(footer)[:LONGEST_FOOTER].replace("&", "&&"))
    return (
        f'</sheetData><autoFilter ref="A1:{letters(columns - 1)}{rows}"/>'
        '<pageSetup orientation="landscape"/>'
        f"<headerFooter><oddFooter>&amp;L{text}&amp;R&amp;P/&amp;N</oddFooter></headerFooter>"
        "</worksheet>"
    )


def letters(place: int) -> str:
    """The column's letters; 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        name = chr(65 + digit) + name
    return name


def sheet_name(title: str) -> str:
    """A name that Excel accepts: at most 31 characters, none of []:*?/\\, no outer apostrophe."""
    name = "".join(" " if char in "[]:*?/\\" else char for char in _visible(title))
    return name[:31].strip(" '") or "Sheet1"


def _visible(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _book(title: str) -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}/relationships">'
        f'<sheets><sheet name={quoteattr(sheet_name(title))} sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    )


def _properties(title: str, mark: Mark) -> str:
    created = mark.at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_visible(title))}</dc:title>"
        f"<dc:creator>{escape(_visible(mark.name))}</dc:creator>"
        f"<dc:identifier>{escape(_visible(mark.export_id))}</dc:identifier>"
        f"<dc:description>{escape(_visible(mark.sentence))}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created>'
        "</cp:coreProperties>"
    )
