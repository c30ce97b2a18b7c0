"""The made-up decision register: papers are shared by batches (one step-raise decision an agency and quarter)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

from hrms.agencies.rules import AgencyKind
from hrms.core.text import fold
from hrms.decisions import queries
from hrms.decisions.rules import DecisionKind
from seed.demo.names import FEMALE, MALE, full_name
from seed.demo.places import CAN_THO, REGION_NAMES
from seed.demo.tree import TWO_TIERS, Unit
from seed.demo.writing import Table

D = DecisionKind
COLUMNS = (
    "id",
    "number",
    "symbol",
    "signed_on",
    "effective_on",
    "issuer_agency_id",
    "issuer_name",
    "issuer_key",
    "signer_name",
    "signer_title",
    "kind",
    "subject",
    "legal_ground",
    "scope_ids",
    "search_key",
)
_SUBJECTS = {
    D.RECRUITMENT: "Về việc tuyển dụng công chức, viên chức",
    D.RECEPTION: "Về việc tiếp nhận vào làm công chức, viên chức",
    D.APPOINTMENT: "Về việc bổ nhiệm chức vụ lãnh đạo, quản lý",
    D.REAPPOINTMENT: "Về việc bổ nhiệm lại chức vụ lãnh đạo, quản lý",
    D.TRANSFER: "Về việc điều động, bố trí công tác",
    D.SECONDMENT: "Về việc biệt phái",
    D.RANK: "Về việc bổ nhiệm ngạch, chức danh nghề nghiệp và xếp lương",
    D.STEP_RAISE: "Về việc nâng bậc lương thường xuyên",
    D.ALLOWANCE: "Về việc hưởng phụ cấp",
    D.RETIREMENT: "Về việc nghỉ hưu hưởng chế độ bảo hiểm xã hội",
    D.LEAVING: "Về việc thôi việc",
    D.ABSENCE: "Về việc tạm đình chỉ công tác",
    D.ORGANISATION: "Về việc thành lập, tổ chức lại cơ quan, đơn vị",
    D.OTHER: "Về việc xác nhận",
}
_GROUNDS = (
    (date(2026, 7, 1), "Luật Viên chức số 129/2025/QH15; Luật Cán bộ, công chức số 80/2025/QH15"),
    (date(2025, 7, 1), "Luật Cán bộ, công chức số 80/2025/QH15; Nghị định số 170/2025/NĐ-CP"),
    (
        date(2020, 7, 1),
        "Luật sửa đổi, bổ sung một số điều của Luật Cán bộ, công chức và Luật Viên chức số 52/2019/QH14",
    ),
    (date(2010, 1, 1), "Luật Cán bộ, công chức số 22/2008/QH12; Luật Viên chức số 58/2010/QH12"),
    (date(1998, 5, 1), "Pháp lệnh Cán bộ, công chức ngày 26 tháng 02 năm 1998"),
)
_TITLES = {
    AgencyKind.PROVINCE: "Chủ tịch",
    AgencyKind.COMMUNE: "Chủ tịch",
    AgencyKind.DEPARTMENT: "Giám đốc",
    AgencyKind.SUB_DEPARTMENT: "Chi cục trưởng",
    AgencyKind.ASSEMBLY_OFFICE: "Chánh Văn phòng",
}


@dataclass(slots=True)
class _Paper:
    id: int
    issuer_id: int | None
    issuer_name: str
    symbol: str
    signer: tuple[str, str]
    signed_on: date
    effective_on: date | None
    kind: DecisionKind
    subject: str
    scope: set[int]


@dataclass(slots=True)
class Register:
    """Hands out decisions: the same one for the same issuer, kind, day and subject."""

    rng: Random
    papers: dict[tuple[object, ...], _Paper] = field(default_factory=dict)
    signers: dict[str, tuple[str, str]] = field(default_factory=dict)

    def cite(
        self,
        kind: DecisionKind,
        issuer: Unit,
        signed_on: date,
        scope: tuple[int, ...],
        *,
        effective_on: date | None = None,
        subject: str = "",
    ) -> int:
        """Return the id of the decision, entering it when it is new; `scope` is the closure of whom it is about."""
        # Before the two tiers the same desk issued under another name: of the old province or the district.
        early = signed_on < TWO_TIERS and issuer.kind in {
            "commune",
            "province",
            "department",
            "sub_department",
            "assembly_office",
        }
        name = self._old_name(issuer) if early else issuer.name
        key = (name if early else issuer.id, kind, signed_on, effective_on, subject)
        paper = self.papers.get(key)
        if paper is None:
            paper = _Paper(
                len(self.papers) + 1,
                None if early else issuer.id,
                name,
                _symbol(issuer, early),
                self._signer(name, issuer),
                signed_on,
                effective_on,
                kind,
                subject or _SUBJECTS[kind],
                set(issuer.scope),
            )
            self.papers[key] = paper
        paper.scope.update(scope)
        return paper.id

    @staticmethod
    def _old_name(issuer: Unit) -> str:
        place = issuer.place
        if issuer.kind == "commune":
            return f"Ủy ban nhân dân {place.district}, {REGION_NAMES[place.region]}"
        return (
            issuer.name
            if place.region == CAN_THO
            else issuer.name.replace("thành phố Cần Thơ", REGION_NAMES[place.region])
        )

    def _signer(self, name: str, issuer: Unit) -> tuple[str, str]:
        if name not in self.signers:
            sex = FEMALE if self.rng.random() < 0.25 else MALE
            title = _TITLES.get(AgencyKind(issuer.kind), "Thủ trưởng đơn vị")
            self.signers[name] = full_name(self.rng, sex, 1970), title
        return self.signers[name]

    def write(self, table: Table) -> None:
        """Number the papers, in the order of their days within each issuer and year, and add them to the table."""
        counters: dict[tuple[str, int, str], int] = {}
        for paper in sorted(self.papers.values(), key=lambda p: (p.issuer_name, p.signed_on, p.id)):
            issuer_key = queries.issuer_key(paper.issuer_id, paper.issuer_name)
            counter = (issuer_key, paper.signed_on.year, paper.symbol)
            # A register also holds papers about other matters, so numbers go up by more than one.
            counters[counter] = counters.get(counter, 0) + 1 + (paper.id * 7 % 5)
            number = str(counters[counter])
            ground = next((text for since, text in _GROUNDS if paper.signed_on >= since), None)
            # What `queries.search_key` says, with its folding done once for each issuer: there are tens of thousands.
            words = _words(paper.subject, paper.issuer_name, paper.signer[0])
            search = f" {number} {_folded(paper.symbol)}{words}"
            table.add(
                paper.id,
                number,
                paper.symbol,
                paper.signed_on,
                paper.effective_on,
                paper.issuer_id,
                paper.issuer_name,
                issuer_key,
                paper.signer[0],
                paper.signer[1],
                paper.kind.value,
                paper.subject,
                ground,
                sorted(paper.scope),
                search,
            )


@cache
def _words(subject: str, issuer_name: str, signer_name: str) -> str:
    return queries.search_key("", subject, issuer_name, signer_name)[1:]


@cache
def _folded(symbol: str) -> str:
    return fold(symbol)


def _symbol(issuer: Unit, early: bool) -> str:
    if issuer.kind in {"province", "commune"}:
        return "QĐ-UBND"
    if issuer.kind == "service_unit":
        first = issuer.name.split(" ", 2)
        return {"Trường": "QĐ-TR", "Bệnh": "QĐ-BV", "Trạm": "QĐ-TYT"}.get(first[0], "QĐ-TT")
    if issuer.short_name:
        return f"QĐ-{issuer.short_name.replace(' ', '')}"
    return "QĐ-CC" if issuer.kind == "sub_department" else "QĐ-SO" if early else "QĐ"
