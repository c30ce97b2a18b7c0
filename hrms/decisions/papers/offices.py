"""How an agency stands on its papers: its name, the one above it, place, symbol and head (NĐ 30/2020/NĐ-CP annex I).

Names of bodies above the issuer may be shortened (part I, section II, 2b); people's committees stand alone. What the
tree cannot know (a place named after a person, a symbol of the agency's own) is put right on the Word file, and the
symbol by văn thư's register.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.agencies.rules import AgencyKind
from hrms.core.db import db
from hrms.core.text import fold

_COMMITTEES = frozenset({AgencyKind.PROVINCE, AgencyKind.COMMUNE})
_TYPES = re.compile(
    r"^(?:(?:Ủy|Uỷ) ban nhân dân|UBND) +(tỉnh|thành phố|TP\.?|xã|phường|đặc khu|thị trấn) +(.+)$", re.IGNORECASE
)
_SHORT = re.compile(r"^UBND\b")
_LONG = re.compile(r"^(?:Ủy|Uỷ) ban nhân dân\b")
_SYMBOL = re.compile(r"[A-ZĐƯ0-9]{1,12}")
_TAIL = re.compile(r" (?:tỉnh|thành phố|xã|phường|đặc khu) .*$")
_SMALL = frozenset({"và", "các", "của"})
_HEADS = (
    ("Sở", "Giám đốc"),
    ("Văn phòng", "Chánh Văn phòng"),
    ("Thanh tra", "Chánh Thanh tra"),
    ("Chi cục", "Chi cục trưởng"),
    ("Cục", "Cục trưởng"),
    ("Ban", "Trưởng ban"),
    ("Phòng", "Trưởng phòng"),
    ("Trường", "Hiệu trưởng"),
    ("Viện", "Viện trưởng"),
    ("Trạm", "Trưởng trạm"),
    ("Hạt", "Hạt trưởng"),
    ("Đội", "Đội trưởng"),
    ("Trung tâm", "Giám đốc"),
    ("Bệnh viện", "Giám đốc"),
    ("Bảo tàng", "Giám đốc"),
    ("Thư viện", "Giám đốc"),
    ("Quỹ", "Giám đốc"),
    ("Nhà", "Giám đốc"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """An agency as its papers name it; `symbol` is its part of a number's symbol (SNV of QĐ-SNV)."""

    name: str
    superior: str
    place: str
    symbol: str
    head: str
    committee: bool

    @property
    def authority(self) -> str:
        """Return its head as the one who decides: “Giám đốc Sở Nội vụ”, “Chánh Văn phòng Ủy ban nhân dân tỉnh”."""
        return joined(self.head, self.name)


def offices(agency_ids: Collection[int | None]) -> dict[int, Office]:
    """Return how agencies stand on their papers, by id; two statements."""
    wanted = {i for i in agency_ids if i}
    own = {one.id: one for one in db.session.scalars(select(Agency).where(Agency.id.in_(wanted)))}
    above = {i for one in own.values() for i in one.scope_ids if i and i not in own}
    known = own | ({a.id: a for a in db.session.scalars(select(Agency).where(Agency.id.in_(above)))} if above else {})
    return {
        one.id: office(
            one.name, one.kind, one.short_name, [(known[i].name, known[i].kind) for i in one.scope_ids if i in known]
        )
        for one in own.values()
    }


def office(name: str, kind: str, short_name: str | None, path: list[tuple[str, str]]) -> Office:
    """Return how an agency stands on its papers; `path` holds names and kinds from the root to the agency itself."""
    committee = kind in _COMMITTEES
    above = path[-2] if len(path) > 1 and not committee else None
    place = next((words for step, of in reversed(path) if of in _COMMITTEES and (words := place_of(step))), "")
    return Office(
        name=_SHORT.sub("Ủy ban nhân dân", name),
        superior=_LONG.sub("UBND", above[0]) if above else "",
        place=place,
        symbol="UBND" if committee else symbol_of(name, short_name),
        head="Chủ tịch" if committee else head_of(name),
        committee=committee,
    )


def place_of(committee: str) -> str:
    """Return where a people's committee dates its papers from: “An Giang”, but “Thành phố Hồ Chí Minh”, “Phường 4”."""
    found = _TYPES.match(committee)
    if found is None:
        return ""
    of, name = found.groups()
    if name == "Hồ Chí Minh" or any(sign.isdigit() for sign in name):
        return f"{'Thành phố' if of.lower().startswith('tp') else of.capitalize()} {name}"
    return name


def symbol_of(name: str, short_name: str | None) -> str:
    """Return the agency's part of a symbol: its short name where that is one, else the first letters of its words."""
    given = re.sub(r"[ .&-]", "", short_name or "")
    if _SYMBOL.fullmatch(given):
        return given
    words = [word for word in re.findall(r"\w+", _TAIL.sub("", name)) if word.lower() not in _SMALL]
    return "".join(_initial(word) for word in words)[:12]


def _initial(word: str) -> str:
    first = word[0].upper()
    return first if first in "ĐƯ" else fold(first).upper()


def head_of(name: str) -> str:
    """Return what the head of an agency is called, by the first words of its name."""
    return next((head for start, head in _HEADS if name.startswith(f"{start} ")), "Thủ trưởng")


def joined(head: str, name: str) -> str:
    """Return head and agency as one name; what the one ends and the other begins with is said once."""
    ends, starts = head.split(), name.split()
    for length in range(min(len(ends), len(starts)), 0, -1):
        if [word.lower() for word in ends[-length:]] == [word.lower() for word in starts[:length]]:
            return " ".join([*ends, *starts[length:]])
    return f"{head} {name}"
