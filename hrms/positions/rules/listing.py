"""Cells of an agency's approved list of positions: seats, career grades, ranks and shares, each read with its reasons.

The columns are those a commune's decision prints: TT, Vị trí việc làm, Ngạch công chức, Mã vị trí việc làm, Phân bổ
biên chế, Tỷ lệ công chức bố trí theo từng vị trí (%), and beside them unit, field, career grades and base position.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from hrms.core.rules import N_, Problem
from hrms.core.text import accent_key, fold
from hrms.positions.rules.ratios import grade_level

MOST_SEATS = 100_000
GRADES = range(1, 6)
_WHOLE = re.compile(r"[+-]?\d+")
_FRACTION = re.compile(r"[+-]?\d+[.,]\d+")
_PARTS = re.compile(r"[/;\n+]|,(?=\s*[^\W\d])|(?<=%),")
_SHARE = re.compile(r"(?:(?P<name>[^\W\d].*?|\d+\.\d{2,}(?:\.\d+)*)\s*[:=(]?\s*)?(?P<number>-?\d+(?:[.,]\d+)?)\s*%?\)?")
_GRADE = re.compile(r"bac (?:nghe nghiep )?([1-5])")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list as texts; `number` is its place in the file, "" a cell that is empty."""

    number: int
    unit: str = ""
    catalogue: str = ""
    position: str = ""
    ranks: str = ""
    code: str = ""
    seats: str = ""
    share: str = ""
    field: str = ""
    low: str = ""
    high: str = ""
    base: str = ""


@dataclass(slots=True)
class Names:
    """Names to be found again: as written, else without case and accents; several things may have one name."""

    _exact: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _folded: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[tuple[int, str]]) -> Names:
        """Return the names of some ids."""
        made = cls()
        for number, name in entries:
            made._exact[accent_key(name)].append(number)
            made._folded[fold(name)].append(number)
            made._words.setdefault(fold(name), name)
        return made

    def find(self, text: str) -> Sequence[int]:
        """Return what is meant, none for an unknown name."""
        return self._exact.get(accent_key(text)) or self._folded.get(fold(text)) or ()

    def near(self, text: str) -> str | None:
        """Return the name most like a text that was not found, None where nothing is."""
        close = get_close_matches(fold(text), self._words, n=1, cutoff=0.72)
        return self._words[close[0]] if close else None


def read_seats(text: str) -> tuple[int | None, list[Problem]]:
    """Return the seats a row gives, None for an empty cell; a share of a person, a sign or words are refused."""
    if not text:
        return None, []
    plain = text.replace(" ", "")
    if not _WHOLE.fullmatch(plain):
        words = N_("Số lượng “%(value)s” không phải là số. Hãy ghi số nguyên, ví dụ 2.")
        if _FRACTION.fullmatch(plain):
            words = N_("Số lượng %(value)s không phải là số nguyên. Hãy ghi số người, ví dụ 2.")
        return None, [Problem("seats", "not_whole", words, {"value": text[:40]})]
    seats = int(plain)
    if seats < 0:
        words = N_("Số lượng %(value)s là số âm. Hãy ghi số người sau khi phân bổ; thôi phân bổ thì ghi 0.")
        return None, [Problem("seats", "negative_seats", words, {"value": text[:40]})]
    if seats > MOST_SEATS:
        words = N_("Số lượng %(value)s quá lớn. Hãy ghi số không quá 100.000.")
        return None, [Problem("seats", "too_many", words, {"value": text[:40]})]
    return seats, []


def read_grade(text: str, name: str) -> tuple[int | None, list[Problem]]:
    """Return a career grade 1–5 (“3” or “Bậc 3”), None for an empty cell; `name` is the field asked."""
    if not text:
        return None, []
    found = re.fullmatch(r"(?:bac )?(\d+)", fold(text))
    if found is None or int(found[1]) not in GRADES or "-" in text:
        words = N_("Bậc nghề nghiệp “%(value)s” không hợp lệ. Hãy ghi bậc từ 1 đến 5.")
        return None, [Problem(name, "bad_grade", words, {"value": text[:40]})]
    return int(found[1]), []


def check_grades(low: int | None, high: int | None, least: int | None, most: int | None, name: str) -> list[Problem]:
    """Return why a range of career grades is not one the catalogue lets a position use (NĐ 232/2026/NĐ-CP Đ5)."""
    if low is None and high is None:
        return []
    if least is None or most is None:
        words = N_("“%(position)s” không có bậc nghề nghiệp. Hãy bỏ trống cột bậc.")
        return [Problem("low" if low is not None else "high", "no_grades", words, {"position": name})]
    found = []
    for column, grade in (("low", low), ("high", high)):
        if grade is not None and not least <= grade <= most:
            words = N_("Bậc %(grade)s ngoài khoảng của “%(position)s” (bậc %(least)s đến %(most)s). Hãy ghi lại bậc.")
            params = {"grade": grade, "position": name, "least": least, "most": most}
            found.append(Problem(column, "grade_out_of_range", words, params))
    if not found and low is not None and high is not None and low > high:
        words = N_("Bậc từ %(low)s lớn hơn bậc đến %(high)s. Hãy đổi lại hai ô.")
        found.append(Problem("low", "grades_out_of_order", words, {"low": low, "high": high}))
    return found


def split_ranks(text: str) -> list[str]:
    """Return the ranks a cell names, without the shares written beside them: “CVC 50% / CV 50%” → CVC, CV."""
    found = []
    for part in _PARTS.split(text.replace(" hoặc ", ";").replace(" và ", ";")):
        name = re.sub(r"\(?\s*\d+(?:[.,]\d+)?\s*%\s*\)?", "", part).strip(" :.,-–")
        if name:
            found.append(name)
    return found


def read_shares(
    text: str, ranks: Sequence[str], find: Callable[[str], str | None]
) -> tuple[dict[str, Decimal], list[Problem]]:
    """Return the approved shares in percent by rank code or `grade:<n>`.

    A bare number is the share of the row's only rank, as many numbers as ranks are theirs in order; else each is named:
    “CVC 50%, CV 50%”, “bậc 3: 40%”. `find` returns the code of a rank's name.
    """
    if not text:
        return {}, []
    shares: dict[str, Decimal] = {}
    bare: list[Decimal] = []
    for part in filter(None, (one.strip() for one in _PARTS.split(text))):
        found = _SHARE.fullmatch(part)
        if found is None:
            return {}, [_bad_share(text)]
        number = Decimal(found["number"].replace(",", "."))
        if 0 < number <= 1 and "%" not in part:
            number *= 100  # a cell of a spreadsheet in percent is the fraction
        if not 0 <= number <= 100:
            return {}, [_bad_share(text)]
        name = (found["name"] or "").strip()
        if not name:
            bare.append(number)
            continue
        grade = _GRADE.fullmatch(fold(name))
        level = grade_level(int(grade[1])) if grade else find(name)
        if level is None:
            words = N_("Không có ngạch “%(value)s” trong danh mục. Hãy ghi tên hoặc mã ngạch như danh mục.")
            return {}, [Problem("share", "unknown_rank", words, {"value": name[:60]})]
        shares[level] = number
    if bare and len(bare) != len(ranks):
        words = N_("Tỷ lệ “%(value)s” chưa rõ của ngạch nào. Hãy ghi từng ngạch, ví dụ “CVC 50%%; CV 50%%”.")
        return {}, [Problem("share", "share_of_whom", words, {"value": text[:60]})]
    shares |= dict(zip(ranks, bare, strict=False))
    total = sum(shares.values(), Decimal(0))
    if total > 100 and not any(name.startswith("grade:") for name in shares):
        words = N_("Các tỷ lệ của một vị trí cộng lại %(sum)s%%, quá 100%%. Hãy sửa tỷ lệ.")
        return {}, [Problem("share", "shares_over_100", words, {"sum": f"{total:f}"})]
    return shares, []


def _bad_share(text: str) -> Problem:
    words = N_("Tỷ lệ “%(value)s” không phải là phần trăm. Hãy ghi số từ 0 đến 100.")
    return Problem("share", "share_not_percent", words, {"value": text[:60]})


def check_ranks(wanted: Sequence[str], allowed: Sequence[str], name: str, words: Mapping[str, str]) -> list[Problem]:
    """Return why the ranks of a row are not those of its position; `allowed` empty: the catalogue names none."""
    wrong = [code for code in wanted if allowed and code not in allowed]
    if not wrong:
        return []
    text = N_("Ngạch %(rank)s không dùng ở “%(position)s”. Ngạch được dùng: %(allowed)s.")
    params = {
        "rank": ", ".join(words.get(code, code) for code in wrong), "position": name,
        "allowed": ", ".join(words.get(code, code) for code in allowed),
    }  # fmt: skip
    return [Problem("ranks", "wrong_rank", text, params)]
