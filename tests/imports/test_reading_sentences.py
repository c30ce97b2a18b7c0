"""Every sentence of the reading half has its English, with the same figures in it."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import hrms
from hrms.imports.reading.fields import SHEETS

HERE = Path(hrms.__file__).parent
FIGURES = re.compile(r"%\((\w+)\)s|%%")


def test_every_sentence_and_label_has_its_english() -> None:
    source = HERE / "translations" / "imports_reading" / "en" / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as handle:
        english = {message.id: message.string for message in read_po(handle) if message.id}
    found = extract_from_dir(HERE / "imports" / "reading", [("**.py", "python")], keywords={"N_": None})
    used = {message for _file, _line, message, *_rest in found}
    used |= {field.label_vi for sheet in SHEETS.values() for field in sheet.fields}
    assert used - english.keys() == set()
    assert english.keys() - used == set()
    for vietnamese, translation in english.items():
        assert translation
        assert set(FIGURES.findall(vietnamese)) == set(FIGURES.findall(translation)), vietnamese
