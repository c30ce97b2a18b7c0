"""Turns one cell into a value of its field, or into a problem that names column, value and remedy.

Parsers are compiled once a column and remember what they have read, because a province's workbook has one and a half
million cells and few different ones. The same input always gives an equal value.
"""

from __future__ import annotations

import re
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.imports.reading.field import Field
from hrms.imports.reading.parsed import EMPTY, CellError, Context, Parsed, Parser, shown
from hrms.imports.reading.readers import READERS

__all__ = ["EMPTY", "Context", "Parsed", "Parser", "column_parser", "compile_parser", "parse_cell", "shown"]

MEMORY = 1_024
"""Different values a column's parser remembers."""
_EMPTY_WORDS = frozenset(("-", "–", "—", "--", "…", "...", "null", "n/a", "#n/a", "none", "nan"))
_EMPTY_LENGTH = max(map(len, _EMPTY_WORDS))
# What a spreadsheet program would run: “=…”, “@…”, and the old “+cmd|…!A0” forms.
_FORMULA = re.compile(r"'?(?:[=@]|[+-][^|]*\|[^!]*!)")


def parse_cell(field: Field, raw: Any, context: Context, column: str = "") -> Parsed:
    """Return what one cell means. `column` is the header as the user knows it; the field's own label when not given."""
    return compile_parser(field, context, column)(raw)


def column_parser(field: Field, context: Context, column: str = "") -> Parser:
    """Return a parser for the cells of one column, which remembers up to 1.024 different values."""
    read = compile_parser(field, context, column)
    memory: dict[Any, Parsed] = {}

    def parse(raw: Any) -> Parsed:
        known = memory.get(raw)
        if known is None:
            known = read(raw)
            if len(memory) < MEMORY:
                memory[raw] = known
        return known

    return parse


def compile_parser(field: Field, context: Context, column: str = "") -> Parser:
    """Return a parser without a memory. Values that compare equal (1, 1.0, True) come to the same."""
    read = READERS[field.kind](field, context)
    column = column or field.label_vi

    def parse(raw: Any) -> Parsed:
        if raw is None or raw == "":
            return EMPTY
        if isinstance(raw, bool):
            raw = float(raw)
        elif isinstance(raw, str):
            raw = nfc(raw)
            if not raw or (len(raw) <= _EMPTY_LENGTH and raw.lower() in _EMPTY_WORDS):
                return EMPTY
        try:
            if isinstance(raw, str):
                if len(raw) > field.max_length:
                    raise _too_long(raw, field)
                if _FORMULA.match(raw):
                    raise CellError(
                        "formula",
                        N_("Cột “%(column)s”: “%(value)s” là công thức, không phải dữ liệu. Hãy gõ lại nội dung thật."),
                    )
            value = read(raw)
            return EMPTY if value is None else Parsed(value)
        except CellError as refusal:
            params = {"column": column, "value": shown(raw), **refusal.params}
            return Parsed(refusal.value, Problem(field.key, refusal.code, refusal.text, params, refusal.severity))

    return parse


def _too_long(raw: str, field: Field) -> CellError:
    return CellError(
        "too_long",
        N_("Cột “%(column)s”: “%(value)s” dài %(length)s ký tự, nhiều nhất là %(limit)s. Hãy rút gọn."),
        length=len(raw),
        limit=field.max_length,
    )
