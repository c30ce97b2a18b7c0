"""Months scored before the system, brought in from a workbook."""
