"""Văn thư's register of decisions from a workbook or a text file: read, shown with what is refused, written at once."""
