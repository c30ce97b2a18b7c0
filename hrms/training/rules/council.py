"""The council that looks at a repayment (hội đồng xét đền bù chi phí đào tạo), NĐ 171/2025/NĐ-CP Đ9–13.

Five members, one the chair and one the secretary; it meets with all of them, decides by majority, and recommends within
3 working days. Figures are parameters (`repayment.council_*`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hrms.core.rules import N_, Problem, Reason
from hrms.people.rules.joining import WorkingDays
from hrms.people.rules.parameters import Parameter, whole

COUNCIL = "NĐ 171/2025/NĐ-CP Đ9–13"


class CouncilRole(StrEnum):
    """Whom a member stands for."""

    CHAIR = "chair"
    """A leader of personnel work of the managing body."""
    SECRETARY = "secretary"
    """The officer of training."""
    PARTY = "party"
    FINANCE = "finance"
    UNIT = "unit"
    """The agency that uses the person."""
    MEMBER = "member"


ROLE_LABELS: dict[CouncilRole, str] = {
    CouncilRole.CHAIR: N_("Chủ tịch hội đồng"),
    CouncilRole.SECRETARY: N_("Thư ký hội đồng"),
    CouncilRole.PARTY: N_("Đại diện cấp ủy"),
    CouncilRole.FINANCE: N_("Đại diện bộ phận tài chính"),
    CouncilRole.UNIT: N_("Đại diện cơ quan sử dụng"),
    CouncilRole.MEMBER: N_("Ủy viên"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member: name, role, whether at the meeting, and the vote, None for one not cast."""

    name: str
    role: CouncilRole
    present: bool = False
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """How the council voted: the recommendation passes by more than half of its members."""

    agree: int
    against: int
    passed: bool
    reason: Reason


def check(members: Sequence[Member], figures: Mapping[str, Parameter]) -> list[Problem]:
    """Return what is wrong with a council: its number, its chair and secretary, one named twice."""
    found: list[Problem] = []
    wanted = whole(figures, "repayment.council_members")
    if wanted is not None and len(members) != wanted:
        text = N_("Hội đồng có %(count)s thành viên. Phải đủ %(wanted)s người.")
        found.append(Problem("members", "council_size", text, {"count": len(members), "wanted": wanted}))
    roles = Counter(member.role for member in members)
    for role, text in (
        (CouncilRole.CHAIR, N_("Hội đồng có %(count)s chủ tịch. Phải có đúng một người.")),
        (CouncilRole.SECRETARY, N_("Hội đồng có %(count)s thư ký. Phải có đúng một người.")),
    ):
        if roles[role] != 1:
            found.append(Problem("members", f"council_{role.value}", text, {"count": roles[role]}))
    names = Counter(" ".join(member.name.split()).casefold() for member in members)
    twice = [member.name for member in members if names[" ".join(member.name.split()).casefold()] > 1]
    if twice:
        text = N_("“%(name)s” có tên hai lần trong hội đồng. Mỗi thành viên là một người.")
        found.append(Problem("members", "council_twice", text, {"name": twice[0]}))
    return found


def check_meeting(members: Sequence[Member], figures: Mapping[str, Parameter]) -> list[Problem]:
    """Return why the meeting does not count: a council that is not complete, somebody absent, a vote not cast."""
    found = check(members, figures)
    absent = [member.name for member in members if not member.present]
    if absent:
        text = N_("Vắng: %(names)s. Hội đồng chỉ họp khi có đủ tất cả thành viên; hãy họp lại.")
        found.append(Problem("members", "council_absent", text, {"names": ", ".join(absent)}))
    silent = [member.name for member in members if member.present and member.agrees is None]
    if silent:
        text = N_("Chưa ghi phiếu của: %(names)s.")
        found.append(Problem("members", "council_no_vote", text, {"names": ", ".join(silent)}))
    return found


def vote(members: Sequence[Member]) -> Vote:
    """Return the result of a meeting that counts: more than half of all members agree."""
    agree = sum(member.agrees is True for member in members)
    against = len(members) - agree
    passed = agree * 2 > len(members)
    text = (
        N_("%(agree)s trên %(all)s thành viên đồng ý: thông qua kiến nghị.")
        if passed
        else N_("%(agree)s trên %(all)s thành viên đồng ý: không thông qua kiến nghị.")
    )
    return Vote(agree, against, passed, Reason(text, str(agree), COUNCIL, {"agree": agree, "all": len(members)}))


def recommend_by(met_on: date, figures: Mapping[str, Parameter], after: WorkingDays) -> tuple[date, Reason] | None:
    """Return the last day of the recommendation, 3 working days after the meeting, and why."""
    days = whole(figures, "repayment.council_working_days")
    if days is None:
        return None
    last = after(met_on, days)
    text = N_("Kiến nghị trong %(days)s ngày làm việc sau ngày họp %(start)s: chậm nhất %(last)s.")
    source = figures["repayment.council_working_days"].source
    return last, Reason(text, last.isoformat(), source, {"days": days, "start": met_on, "last": last})
