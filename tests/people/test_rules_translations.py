"""Every sentence of the rules has its English one, with the same places to fill."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_file

ROOT = Path(__file__).parents[2]
PO = ROOT / "hrms" / "translations" / "people_rules" / "en" / "LC_MESSAGES" / "messages.po"
MODULES = ("family", "kinds", "parameters", "personal_id", "record", "retirement", "steps")


@pytest.mark.parametrize("module", MODULES)
def test_every_sentence_is_translated(module):
    english = {entry.msgid: entry.msgstr for entry in polib.pofile(str(PO))}
    path = ROOT / "hrms" / "people" / "rules" / f"{module}.py"
    for _, message, _, _ in extract_from_file("python", str(path), keywords={"N_": None}):
        assert english.get(message), message
        places = re.findall(r"%(?:\(\w+\)s|%)", message)
        assert sorted(set(places)) == sorted(set(re.findall(r"%(?:\(\w+\)s|%)", english[message]))), message
