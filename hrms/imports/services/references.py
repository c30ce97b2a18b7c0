"""The names a file may use: catalogues of codes, ranks and agencies, to be found by name, alias or code."""

from __future__ import annotations

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import catalogues, clock
from hrms.core.db import db
from hrms.imports.reading.catalogue import Catalogue, Entry
from hrms.imports.reading.fields import SHEETS
from hrms.imports.reading.parsed import Context
from hrms.people.importer.terms import code_of
from hrms.people.queries import law
from hrms.people.rules.absences import ABSENCE_LABELS
from hrms.people.rules.kinds import KIND_LABELS, STATUS_LABELS

_KIND_ALIASES = {
    "civil_servant": ("CC", "Công chức nhà nước"),
    "public_employee": ("VC",),
    "cadre": ("CB",),
    "contract": ("HĐLĐ", "Hợp đồng", "HĐ", "Lao động hợp đồng", "Người lao động"),
    "part_time": ("KCT", "Không chuyên trách", "Người hoạt động không chuyên trách ở cấp xã"),
}
_STATUS_ALIASES = {
    "serving": ("Đang làm việc", "Đang công tác", "Đang hoạt động"),
    "probation": ("Đang tập sự", "Tập sự", "Thử việc"),
    "suspended": ("Đình chỉ", "Đình chỉ công tác"),
    "left": ("Thôi việc", "Đã thôi việc", "Nghỉ việc", "Đã nghỉ việc", "Chuyển công tác", "Chuyển đi", "Đã chuyển"),
    "retired": ("Đã nghỉ hưu", "Hưu", "Nghỉ hưu"),
    "deceased": ("Từ trần", "Đã mất", "Chết"),
}

_ABSENCE_ALIASES = {
    "maternity_leave": ("Thai sản", "Nghỉ sinh", "Nghỉ sinh con", "Nghỉ hưởng chế độ thai sản"),
    "sick_leave": ("Ốm đau", "Nghỉ ốm", "Nghỉ ốm đau", "Nghỉ hưởng chế độ ốm đau"),
    "unpaid_leave": ("Không lương", "Nghỉ không lương", "Nghỉ việc riêng không hưởng lương"),
    "study": ("Đi học", "Học tập trung", "Đào tạo tập trung", "Đi học nước ngoài"),
    "suspension": ("Đình chỉ", "Đình chỉ công tác", "Tạm đình chỉ"),
    "detention": ("Tạm giam", "Tạm giữ"),
    "military_service": ("Nghĩa vụ quân sự", "Tham gia nghĩa vụ quân sự", "Nghĩa vụ công an"),
    "waiting_retirement": ("Nghỉ chờ hưu", "Chờ nghỉ hưu"),
    "other": ("Khác",),
}


def build_context() -> Context:
    """Return what reading needs to know of today and of the names there are; two statements."""
    known = {
        "kinds": _kinds(), "statuses": _statuses(), "absence_kinds": _absence_kinds(), "ranks": _ranks(),
        "agencies": _agencies(),
    }  # fmt: skip
    wanted = {field.catalogue for sheet in SHEETS.values() for field in sheet.fields if field.catalogue}
    for name in sorted(wanted - set(known)):
        items = catalogues.items(name)
        if items:
            known[name] = Catalogue(
                name, [Entry(item.code, item.name_vi, (item.name_en, *item.aliases)) for item in items.values()]
            )
    return Context(clock.today(), known)


def _kinds() -> Catalogue:
    return Catalogue(
        "kinds", [Entry(kind.value, label, _KIND_ALIASES.get(kind.value, ())) for kind, label in KIND_LABELS.items()]
    )


def _statuses() -> Catalogue:
    return Catalogue(
        "statuses",
        [Entry(status.value, label, _STATUS_ALIASES.get(status.value, ())) for status, label in STATUS_LABELS.items()],
    )


def _absence_kinds() -> Catalogue:
    return Catalogue(
        "absence_kinds",
        [Entry(kind.value, label, _ABSENCE_ALIASES.get(kind.value, ())) for kind, label in ABSENCE_LABELS.items()],
    )


def _ranks() -> Catalogue:
    return Catalogue("ranks", [Entry(rank.code, rank.name_vi, (rank.name_en,)) for rank in law.ranks().values()])


def _agencies() -> Catalogue:
    """Agencies by code, name, short and former names, and by the name with those above it: “Sở Nội vụ / Văn phòng”."""
    rows = db.session.execute(
        select(
            Agency.id, Agency.parent_id, Agency.code, Agency.name, Agency.short_name, Agency.former_names,
            Agency.closed_on,
        )
    ).all()  # fmt: skip
    by_id = {row.id: row for row in rows}
    today = clock.today()
    entries = []
    for row in rows:
        aliases = [row.short_name, *row.former_names]
        parent = by_id.get(row.parent_id)
        if parent is not None:
            aliases += [f"{parent.name} / {row.name}", f"{row.name}, {parent.name}", f"{row.name} - {parent.name}"]
        names = tuple(alias for alias in aliases if alias)
        # A closed agency is found by what it was called only when nobody bears the name now: names outrank aliases.
        closed = row.closed_on is not None and row.closed_on <= today
        name = row.name if not closed else f"{row.name} ({row.id})"
        entries.append(Entry(code_of(row.id, row.code), name, (row.name, *names) if closed else names))
    return Catalogue("agencies", entries)


class Names:
    """Writes codes as names for a file that is to come back: a name is used only where it leads to its code again."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._written: dict[tuple[str, str], str] = {}

    def write(self, catalogue: str, code: str) -> str:
        """Return the name of a code, or the code itself where the name would not be understood."""
        key = (catalogue, code)
        if key not in self._written:
            known = self._context.catalogues.get(catalogue)
            name = known.names.get(code) if known else None
            understood = known is not None and name is not None and known.find(name).code == code
            self._written[key] = name if understood and name else code
        return self._written[key]


class AgencyNames:
    """The same for agencies, whose names repeat: the name, else with the one above it, else the code."""

    def __init__(self, context: Context) -> None:
        self._known = context.catalogues["agencies"]
        rows = db.session.execute(select(Agency.id, Agency.parent_id, Agency.code, Agency.name)).all()
        self._rows = {code_of(row.id, row.code): row for row in rows}
        self._by_id = {row.id: row for row in rows}

    def write(self, code: str) -> str:
        """Return a name that leads to the agency of this code."""
        row = self._rows.get(code)
        if row is None:
            return code
        parent = self._by_id.get(row.parent_id)
        for name in (row.name, f"{parent.name} / {row.name}" if parent else ""):
            if name and self._known.find(name).code == code:
                return str(name)
        return code
