"""The official form of a frame: “Bản mô tả công việc và khung năng lực vị trí việc làm” as a paper.

Viên chức: NĐ 232/2026/NĐ-CP Phụ lục IV, parts I–IX. Công chức: the description used under NĐ 361/2025/NĐ-CP, in its
printed order. Signed by the head of the agency whose frame it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import force_locale

from hrms.agencies.models import Agency
from hrms.core import hooks
from hrms.core.documents import Column, Paper, Signing, Table
from hrms.core.formats import format_date
from hrms.core.rules import N_
from hrms.decisions.models import Decision
from hrms.decisions.papers import offices
from hrms.positions.models import JobPosition, PositionFrame
from hrms.positions.queries.catalogue import Known
from hrms.positions.queries.frame_told import Told, parts
from hrms.positions.queries.frames import Found
from hrms.positions.rules.frames import (
    STANDARD_RIGHTS,
    Asked,
    Content,
    Duty,
    Framework,
    Inside,
    Need,
    Outside,
    Requirements,
    Right,
    Section,
)
from hrms.positions.rules.kinds import PositionGroup, QuotaKind

KEYS: dict[Framework, str] = {
    Framework.CIVIL: "positions.frame_civil",
    Framework.PUBLIC: "positions.frame_public",
}
"""Keys of the templates: an administrator may replace each."""
NAME = "Bản mô tả công việc và khung năng lực"
"""Goes on in the summary: “Vị trí việc làm: …”."""
_SHARES: dict[str, tuple[float, ...]] = {
    "work": (1.2, 2.2, 1.8),
    "professional": (0.5, 2.4, 1.6, 1.6),
    "management": (0.5, 2.4, 1.6, 1.6),
    "support": (0.5, 2.4, 1.6, 1.6),
    "competencies": (1.2, 2.4, 1),
    "outside": (1, 1.6),
}


def register() -> None:
    """Let an administrator replace the templates of both forms."""
    hooks.paper_kinds[KEYS[Framework.CIVIL]] = hooks.PaperKind(
        N_("Bản mô tả vị trí việc làm công chức"), lambda: [_sample(Framework.CIVIL)]
    )
    hooks.paper_kinds[KEYS[Framework.PUBLIC]] = hooks.PaperKind(
        N_("Bản mô tả vị trí việc làm viên chức"), lambda: [_sample(Framework.PUBLIC)]
    )


def frame_paper(
    found: Found,
    requirements: Requirements,
    content: Content,
    dictionary: Mapping[str, Known],
    *,
    office: offices.Office,
    code: str = "",
    decision: Decision | None = None,
) -> Paper:
    """Return the form as a paper; `office` is the agency's (a model: the province's), `decision` what it rests on."""
    with force_locale("vi"):
        told = parts(found, requirements, content, dictionary, code)
    return _paper(found, told, office, decision)


def _paper(found: Found, told: Sequence[Told], office: offices.Office, decision: Decision | None) -> Paper:
    rests = []
    if decision is not None:
        signed = format_date(decision.signed_on, "vi")
        rests = [f"(Kèm theo Quyết định số {decision.reference} ngày {signed} của {decision.issuer_name})"]
    return Paper(
        kind_name=NAME,
        summary=f"Vị trí việc làm: {found.position.name}",
        issuing_agency=office.name,
        superior_agency=office.superior,
        place=office.place or "…",
        issued_on=decision.signed_on if decision else None,
        paragraphs=rests,
        tables=[_table(one) for one in told if one.part.needed or not one.is_empty],
        signing=Signing(office.head),
    )


def _table(told: Told) -> Table:
    kind, _dot, which = told.part.key.partition(".")
    if not told.part.table:
        if len(told.rows) == 1:
            return Table([Column(told.rows[0][0])], [[told.rows[0][1]]], told.label)
        return Table([Column(told.columns[0], 1), Column(told.columns[1], 2)], told.rows, told.label)
    shares = _SHARES.get(which if kind == "duties" else kind, (1,) * len(told.columns))
    columns = [
        Column(label, share, "center" if share == 0.5 or (kind == "competencies" and place == 2) else "left")
        for place, (label, share) in enumerate(zip(told.columns, shares, strict=True))
    ]
    # The order of a row has a column of its own, as on the printed form.
    numbered = [Column("TT", 0.06 * sum(shares), "center"), *columns]
    rows = [[str(place), *row] for place, row in enumerate(told.rows, 1)]
    return Table(numbered, rows or [[""] * len(numbered)], told.label)


def _sample(framework: Framework) -> Paper:
    """Return a made-up form to try a template on."""
    public = framework is Framework.PUBLIC
    position = JobPosition(
        name="Chuyên viên quản lý thử nghiệm mẫu văn bản",
        position_group=PositionGroup.PROFESSIONAL.value,
        quota_kind=(QuotaKind.PUBLIC if public else QuotaKind.CIVIL).value,
        field="Nội vụ",
        keeps_base_grade=False,
    )
    found = Found(PositionFrame(), position, None)
    section = Section.PROFESSIONAL if public else Section.WORK
    content = Content(
        objective="Tham mưu thực hiện nhiệm vụ được giao nhằm bảo đảm kết quả đúng hạn, đúng quy định.",
        starts_on=date(2026, 7, 1),
        workplace="Trụ sở cơ quan",
        related="Quy trình mẫu",
        holders=2 if public else None,
        duties=tuple(
            Duty(
                section, "Xây dựng văn bản", "Chủ trì soạn thảo văn bản theo phân công, chịu trách nhiệm về chất lượng",
                "Dự thảo văn bản", "Đúng hạn, đúng thể thức", 3 if public else None,
            )
            for _number in range(3)
        ),
        competencies=(Need("G1", 2, 3), Need("P1")),
        inside=Inside("Trưởng phòng", "Các chuyên viên trong phòng", "Các phòng thuộc cơ quan"),
        outside=(Outside("Cơ quan phối hợp", "Trao đổi thông tin, lấy ý kiến"),),
        authority=tuple(Right(words, "professional" if public else "") for words in STANDARD_RIGHTS),
        requirements_text=Asked("Đại học trở lên", "Bồi dưỡng nghiệp vụ", "", "Trung thực, cẩn thận", ""),
    )  # fmt: skip
    office = offices.office(
        "Sở Mẫu văn bản", "department", None, [("UBND tỉnh Mẫu", "province"), ("Sở Mẫu văn bản", "department")]
    )
    requirements = Requirements(grade_from=3, grade_to=4) if public else Requirements()
    return frame_paper(found, requirements, content, {}, office=office, code="MAU-01")


def office_of(agency: Agency | None, root_id: int | None) -> offices.Office:
    """Return how the agency of a frame stands on its papers; the province's root for a model."""
    agency_id = agency.id if agency else root_id
    return offices.offices([agency_id])[agency_id or 0]
