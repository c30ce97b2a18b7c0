"""Finds the code that a written name stands for: exact accents first, then without accents, then without spaces.

A bare number is never a name: the numbers of ethnic groups, religions and relations differ from program to program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import blake2b

from hrms.core.text import accent_key, fold

_BARE_NUMBER = re.compile(r"\d+(?:[.,]0+)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its stable code, its name, and other names it goes by."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a text stands for. `codes` has one code, none (unknown) or several (ambiguous)."""

    codes: tuple[str, ...] = ()
    bare_number: bool = False

    @property
    def code(self) -> str | None:
        """The code, when there is exactly one."""
        return self.codes[0] if len(self.codes) == 1 else None


class Catalogue:
    """Entries to be found by name, by alias or, where a code is more than a number, by code."""

    def __init__(self, name: str, entries: Iterable[Entry], *, by_code: bool = True) -> None:
        self.name = name
        self.names: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._levels: tuple[dict[str, tuple[str, ...]], ...] = ({}, {}, {})
        kept = list(entries)
        for entry in kept:
            self.names[entry.code] = entry.name
            if by_code and not _BARE_NUMBER.fullmatch(entry.code):
                self._codes[_squeeze(entry.code)] = entry.code
        # A name outranks an alias: “Thổ” is a group of its own though the Tày were once called so.
        for entry in kept:
            self._learn(entry.name, entry.code)
        named = tuple(dict(level) for level in self._levels)
        for entry in kept:
            for alias in entry.aliases:
                self._learn(alias, entry.code, named)

    def __contains__(self, code: object) -> bool:
        return code in self.names

    def find(self, text: str) -> Found:
        """Return what `text` stands for."""
        if code := self._codes.get(_squeeze(text)):
            return Found((code,))
        for level, key in zip(self._levels, _keys(text), strict=True):
            if key and (codes := level.get(key)):
                return Found(codes)
        return Found(bare_number=_BARE_NUMBER.fullmatch(text.strip()) is not None)

    def fingerprint(self) -> str:
        """Return what tells this catalogue from one in which some text would stand for something else."""
        known = [sorted(self._codes.items()), *(sorted(level.items()) for level in self._levels)]
        return blake2b(repr(known).encode(), digest_size=16).hexdigest()

    def near(self, text: str) -> str | None:
        """Return the name most like `text`, to suggest it, or None."""
        close = get_close_matches(fold(text), self._levels[1], n=1, cutoff=0.75)
        return self.names[self._levels[1][close[0]][0]] if close else None

    def _learn(self, text: str, code: str, named: tuple[dict[str, tuple[str, ...]], ...] | None = None) -> None:
        for place, key in enumerate(_keys(text)):
            if not key or (named is not None and key in named[place]):
                continue
            known = self._levels[place].get(key, ())
            if code not in known:
                self._levels[place][key] = (*known, code)


def _keys(text: str) -> tuple[str, str, str]:
    folded = fold(text)
    return accent_key(text), folded, folded.replace(" ", "")


def _squeeze(code: str) -> str:
    return "".join(code.split()).upper()
