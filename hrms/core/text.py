"""Vietnamese text: normal form, folding, one form per spelling, sort key and search tokens.

Everything that PostgreSQL's C locale cannot do (lower-case `Đ`, ignore accents, know the Vietnamese alphabet) is done
here, once, when a name is written or asked for; the database stores and compares plain ASCII. Standard library only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
_WORD_WITH_MARKS = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")

# Tone marks in the order of Vietnamese dictionaries: ngang (none) is 0, then huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_VOWELS = frozenset("aăâeêioôơuưy")
_SHAPED = frozenset("ăâêôơư")
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SORT_CODE = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)} | {d: d for d in "0123456789"}
_SEARCH_CODE = {letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    "ă": "1", "â": "2", "đ": "3", "ê": "4", "ô": "5", "ơ": "6", "ư": "7",
}  # fmt: skip
_SPECIAL_FOLDS = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_MAX_WORDS = 10
_MAX_LETTERS = 40


def nfc(text: str) -> str:
    """Return `text` in NFC, without invisible characters, blanks collapsed to single spaces, ends trimmed."""
    if text.isascii():
        return " ".join(text.split())
    return unicodedata.normalize("NFC", " ".join(_ZERO_WIDTH.sub("", text).split()))


def fold(text: str) -> str:
    """Return `text` as lower-case ASCII words (letters, digits) parted by one space: accents off, đ → d.

    NFD and NFC input give the same result. What has no ASCII form counts as a blank.
    """
    plain = _ZERO_WIDTH.sub("", text).lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        # NFKD may bring capitals back (K of the Kelvin sign): lower once more.
        plain = "".join(filterfalse(unicodedata.combining, decomposed)).lower().translate(_SPECIAL_FOLDS)
    return _NOT_ASCII_WORD.sub(" ", plain).strip()


def match_key(text: str) -> str:
    """Return `text` folded and without any blank, to match values of a workbook with names and aliases of a catalogue.

    “Khơ-me”, “Khơ me”, “KHOME” are one key. Try `accent_key` first: “Tày” and “Táy” are two groups with one key here.
    """
    return fold(text).replace(" ", "")


def accent_key(text: str) -> str:
    """Return `text` in lower case and NFC with each tone mark on one agreed vowel.

    “hoà” and “hòa”, “thuý” and “thúy”, “khoẻ” and “khỏe” become the same string; different words stay different.
    """
    return _settle(_settle(nfc(text)))


def _settle(text: str) -> str:
    # Twice, because lower-casing a few foreign letters leaves text that normalises further.
    lowered = unicodedata.normalize("NFC", text.lower())
    if lowered.isascii():
        return lowered
    return _WORD_WITH_MARKS.sub(lambda found: _settle_word(found.group()), lowered)


@lru_cache(maxsize=16384)
def _settle_word(word: str) -> str:
    letters, tones = _split(word)
    out: list[str] = []
    for start, end, is_vowels in _groups(letters):
        marks = "".join(tones[start:end])
        group = letters[start:end]
        if is_vowels and len(marks) == 1:
            place = _tone_place(letters, start, end)
            out.extend(letter + (marks if start + n == place else "") for n, letter in enumerate(group))
        else:
            out.extend(letter + tones[start + n] for n, letter in enumerate(group))
    return unicodedata.normalize("NFC", "".join(out))


@lru_cache(maxsize=16384)
def _split(word: str) -> tuple[list[str], list[str]]:
    """Part a lower-case word into its letters (with â, ơ … kept whole) and the tone marks each letter carries."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES and letters:
            tones[-1] += char
        elif unicodedata.combining(char) and letters:
            letters[-1] += char
        else:
            letters.append(char)
            tones.append("")
    return [unicodedata.normalize("NFC", letter) for letter in letters], tones


def _groups(letters: list[str]) -> list[tuple[int, int, bool]]:
    """Return the runs of vowels and of other letters as (start, end, is_vowels).

    The u of qu and the i of gi before a vowel are consonants.
    """
    kinds = [letter in _VOWELS for letter in letters]
    for place in range(1, len(letters)):
        glide = (letters[place - 1], letters[place])
        if glide in (("q", "u"), ("g", "i")) and place + 1 < len(letters) and kinds[place + 1]:
            kinds[place] = False
    runs: list[tuple[int, int, bool]] = []
    start = 0
    for place in range(1, len(letters) + 1):
        if place == len(letters) or kinds[place] != kinds[start]:
            runs.append((start, place, kinds[start]))
            start = place
    return runs


def _tone_place(letters: list[str], start: int, end: int) -> int:
    shaped = [place for place in range(start, end) if letters[place] in _SHAPED]
    if shaped:
        return shaped[-1]
    if end < len(letters) or end - start == 1:
        return end - 1
    if end - start >= 3:
        return start + 1
    return end - 1 if "".join(letters[start:end]) in ("oa", "oe", "uy") else start


def name_sort_key(full_name: str) -> str:
    """Return an ASCII key whose byte order (COLLATE "C") is the Vietnamese order of names.

    Given name (last word) first, then middle names, then family name. Words compare by the Vietnamese alphabet
    (a ă â b c d đ e ê …), then by tone: ngang, huyền, hỏi, ngã, sắc, nặng.
    """
    words = [key for word in accent_key(full_name).split() if (key := _sort_word(word))]
    if not words:
        return ""
    family = words[0] if len(words) > 1 else ""
    # The separators rank below all letters, and end-of-part below next-word, so a shorter name comes first.
    return "!".join((words[-1], "#".join(words[1:-1]), family))


@lru_cache(maxsize=16384)
def _sort_word(word: str) -> str:
    letters, tones = _spell(word)
    if not letters:
        return ""
    # One digit a vowel group: equal letters have equal groups, so the tone part has a fixed width.
    marks = "".join(
        next((tone for tone in tones[start:end] if tone != "0"), "0")
        for start, end, vowels in _groups(letters)
        if vowels
    )
    return "".join(_SORT_CODE[letter] for letter in letters) + "$" + marks


@lru_cache(maxsize=16384)
def _spell(word: str) -> tuple[list[str], list[str]]:
    """Part a word into Vietnamese letters (foreign ones folded) and digits, each with its tone digit."""
    letters: list[str] = []
    tones: list[str] = []
    for letter, marks in zip(*_split(word), strict=True):
        tone = _TONES[marks[0]] if marks else "0"
        for part in letter if letter in _SORT_CODE else fold(letter).replace(" ", ""):
            letters.append(part)
            tones.append(tone)
    return letters, tones


@lru_cache(maxsize=16384)
def _fold_word(word: str) -> str:
    return fold(word)


def search_text(full_name: str) -> str:
    """Return the words under which a name is found, for `to_tsvector('simple', …)`: lower-case ASCII, parted by spaces.

    For each word its folded form and its spelling token (see `search_query`); a word with an apostrophe or a hyphen
    inside (H'Hen) also as one folded word.
    """
    tokens: dict[str, None] = {}
    for word in full_name.split():
        folded = _fold_word(word)
        tokens.update(dict.fromkeys(folded.split()))
        if " " in folded:
            tokens[folded.replace(" ", "")] = None
    for word in _spelling_words(full_name):
        tokens[_spelling_token(word)] = None
    return " ".join(tokens)


def search_query(text: str) -> tuple[str | None, str]:
    """Return (exact-accent query, folded query) for `to_tsquery('simple', …)`; each word is a prefix, all must match.

    The first is None when nothing was typed with an accent; the second is "" when no letter or digit was typed (the
    caller then does not search by name). Only ASCII letters, digits and the operators written here come out, so no
    input can reach the query syntax. At most 10 words of 40 characters are used.

    A spelling token is x + tone digit + letters (â, đ … as digits 1–7). The tone stands first, so what has been typed
    of a word is a prefix of the whole: “nguyễ” of “nguyễn”.
    """
    folded_words = list(dict.fromkeys(fold(text).split()))[:_MAX_WORDS]
    folded = " & ".join(_folded_term(word[:_MAX_LETTERS]) for word in folded_words)
    spelled = _spelling_words(text)[:_MAX_WORDS]
    if not folded or accent_key(text).isascii():
        return None, folded
    return " & ".join(dict.fromkeys(_spelling_term(word[:_MAX_LETTERS]) for word in spelled)) or None, folded


def _spelling_words(text: str) -> list[str]:
    return [
        word
        for word in _WORD_WITH_MARKS.findall(accent_key(text))
        if not _SEARCH_CODE.keys().isdisjoint(_spell(word)[0])
    ]


@lru_cache(maxsize=16384)
def _spelling_token(word: str) -> str:
    letters, tones = _spell(word)
    tone = next((t for t in tones if t != "0"), "0")
    return "x" + tone + "".join(_SEARCH_CODE.get(letter, "") for letter in letters)


def _spelling_term(word: str) -> str:
    token = _spelling_token(word)
    if any(letter in _VOWELS for letter in _spell(word)[0]):
        return f"{token}:*"
    # Only consonants yet: the tone is still to come, so any tone fits.
    return "(" + " | ".join(f"x{tone}{token[2:]}:*" for tone in "012345") + ")"


def _folded_term(word: str) -> str:
    if word != "x":
        return f"{word}:*"
    # "x" alone as a prefix would match every spelling token.
    return "(x | " + " | ".join(f"x{letter}:*" for letter in "abcdefghijklmnopqrstuvwxyz") + ")"
