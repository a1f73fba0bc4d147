"""The chart of the summary: open findings by severity, one stacked bar per server."""

from collections.abc import Sequence

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)

from analyzer.report.summary import ChartSeries
from analyzer.report.tones import PALETTE
from analyzer.report.workbook.cells import shown
from analyzer.report.workbook.print_setup import letter
from analyzer.report.workbook.sheet_stream import StreamedSheet

_FIRST_VALUE_COLUMN = 3
_LEFT_COLUMN, _RIGHT_COLUMN = 10, 13


def severity_chart(
    sheet: StreamedSheet,
    title: str,
    names: Sequence[str],
    chart_series: Sequence[ChartSeries],
    first: int,
    bottom: int,
) -> None:
    """Add the chart beside its table, whose rows begin at `first`; it ends above row `bottom`."""
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    chart.roundedCorners = False
    chart.title = _title(title)
    labels = StrRef(f=_span(sheet, 1, first, len(names)), strCache=_texts(names))
    for column, part in enumerate(chart_series, start=_FIRST_VALUE_COLUMN):
        series = _series(sheet, column, part, first)
        series.cat = AxDataSource(strRef=labels)
        chart.append(series)
    # openpyxl hides both axes unless told otherwise.
    chart.x_axis.delete = chart.y_axis.delete = False
    # The first server on top, as in the table; the numbers stay at the bottom.
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"
    chart.x_axis.txPr = chart.y_axis.txPr = _text("333333")
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E3E6EB"))
    chart.y_axis.number_format = "0"
    chart.legend.position = "b"
    chart.legend.txPr = _text("333333")
    # Room for the names: about one and a half hundredths of the width for each character.
    left = min(0.08 + 0.0165 * max(map(len, names)), 0.5)
    inner = ManualLayout(
        layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.14, w=0.95 - left, h=0.6
    )
    chart.layout = Layout(manualLayout=inner)
    chart.anchor = TwoCellAnchor(
        _from=AnchorMarker(col=_LEFT_COLUMN, row=first - 3),
        to=AnchorMarker(col=_RIGHT_COLUMN, row=bottom - 1),
    )
    sheet.add_chart(chart)


def _series(sheet: StreamedSheet, column: int, part: ChartSeries, first: int) -> Series:
    word, tone, values = part
    header = StrRef(f=_span(sheet, column, first - 1, 1), strCache=_texts((word,)))
    points = [NumVal(idx=at, v=str(value)) for at, value in enumerate(values)]
    cache = NumData(formatCode="General", pt=points, ptCount=len(points))
    reference = NumRef(f=_span(sheet, column, first, len(values)), numCache=cache)
    series = Series(val=NumDataSource(numRef=reference))
    series.tx = SeriesLabel(strRef=header)
    ink, paper = PALETTE[tone]
    # Outline and number tell the parts apart where colours print as grey.
    series.spPr = GraphicalProperties(
        solidFill=paper, ln=LineProperties(solidFill="4A4F57", w=6350)
    )
    series.dLbls = DataLabelList(
        numFmt="0;;;", showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
        showPercent=False, txPr=_text(ink),
    )  # fmt: skip
    return series


def _span(sheet: StreamedSheet, column: int, first: int, rows: int) -> str:
    name = letter(column)
    return f"'{sheet.title}'!${name}${first}:${name}${first + rows - 1}"


def _texts(texts: Sequence[str]) -> StrData:
    points = [StrVal(idx=at, v=shown(text)) for at, text in enumerate(texts)]
    return StrData(ptCount=len(points), pt=points)


def _title(text: str) -> Title:
    look = CharacterProperties(sz=900, b=True, solidFill="333333")
    words = RegularTextRun(rPr=look, t=shown(text))
    return Title(tx=Text(rich=RichText(p=[Paragraph(r=[words])])), overlay=False)


def _text(color: str) -> RichText:
    look = CharacterProperties(sz=800, solidFill=color)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)])
