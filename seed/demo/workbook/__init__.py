"""Workbooks in the style of real ones: a wide list, the eight-sheet exchange workbook, the list with pay.

People in them are drawn like those of the province but are others, with codes of their own; their agencies are the
province's. Rows with a known fault can be asked for; what a reader should make of each is told beside the file.
"""

from seed.demo.workbook.making import LAYOUTS, Fault, Manifest, make_workbook

__all__ = ["LAYOUTS", "Fault", "Manifest", "make_workbook"]
