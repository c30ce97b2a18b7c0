"""Made-up time away from work: maternity leave, and a few of every other kind, current and past, each on its paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hrms.core.dates import add_months
from hrms.people.rules.absences import AbsenceKind
from seed.demo.drafts import SERVING, Draft
from seed.demo.names import FEMALE, MALE

K = AbsenceKind
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Away:
    """One absence of a person: from `since` to the last day `until`, open when None."""

    kind: AbsenceKind
    since: date
    until: date | None = None
    expected: date | None = None
    working_days: int | None = None
    children: int | None = None
    abroad: bool | None = None
    prosecuted: bool | None = None
    reason: str | None = None


SUBJECTS = {
    K.MATERNITY_LEAVE: "Về việc nghỉ hưởng chế độ thai sản",
    K.SICK_LEAVE: "Về việc nghỉ hưởng chế độ ốm đau",
    K.UNPAID_LEAVE: "Về việc nghỉ không hưởng lương",
    K.STUDY: "Về việc cử đi học tập trung",
    K.SUSPENSION: "",
    K.DETENTION: "Về việc tạm dừng bố trí công tác trong thời gian bị tạm giam",
    K.MILITARY_SERVICE: "Về việc tạm ngừng công tác để thực hiện nghĩa vụ quân sự",
    K.WAITING_RETIREMENT: "Về việc nghỉ công tác chờ đủ tuổi nghỉ hưu",
    K.OTHER: "Về việc nghỉ việc riêng",
}


def draw(rng: Random, draft: Draft, today: date) -> list[Away]:
    """Return a serving person's absences, oldest first; nobody is away twice at once."""
    if draft.fate != SERVING:
        return []
    age = (today - draft.born).days // 365
    found = [*_past(rng, draft, age, today)]
    if draft.on_leave_since is not None:
        since = draft.on_leave_since
        children = 2 if rng.random() < 0.02 else 1
        until = add_months(since, 5 + children) - DAY
        found = [away for away in found if away.until is not None and away.until < since]
        reason = "Sinh đôi" if children == 2 else rng.choice(("Sinh con thứ nhất", "Sinh con thứ hai"))
        return [*found, Away(K.MATERNITY_LEAVE, since, until, children=children, reason=reason)]
    now = None if draft.role.leads else _now(rng, draft, age, today)
    return [*found, now] if now is not None else found


def _past(rng: Random, draft: Draft, age: int, today: date) -> list[Away]:
    first = max(draft.joined_on, draft.placed_on)
    found: list[Away] = []
    if draft.sex == FEMALE and 27 <= age <= 44 and rng.random() < 0.12:
        since = today - timedelta(days=rng.randint(500, 1500))
        if since > first + timedelta(days=300):
            until = add_months(since, 6) - DAY
            found.append(Away(K.MATERNITY_LEAVE, since, until, children=1, reason="Sinh con"))
    if rng.random() < 0.006:
        since = today - timedelta(days=rng.randint(250, 450))
        if since > first + timedelta(days=300):
            days = rng.randint(3, 18)
            until = since + timedelta(days=days + days // 5 * 2)
            found.append(Away(K.SICK_LEAVE, since, until, working_days=days, reason="Điều trị ngoại trú"))
    return [] if len(found) == 2 and found[0].until and found[1].since <= found[0].until else found


def _now(rng: Random, draft: Draft, age: int, today: date) -> Away | None:
    draws, since = rng.random(), today - timedelta(days=rng.randint(10, 150))
    if since < max(draft.joined_on, draft.placed_on) + timedelta(days=60):
        return None
    if draws < 0.0015:
        until = add_months(since, rng.randint(2, 7)) - DAY
        return Away(K.SICK_LEAVE, since, None, expected=until, reason="Điều trị bệnh dài ngày")
    if draws < 0.003:
        until = add_months(since, rng.randint(1, 6)) - DAY
        open_end = rng.random() < 0.3
        return Away(
            K.UNPAID_LEAVE, since, None if open_end or until <= today else until, expected=until,
            reason=rng.choice(("Chăm sóc người thân", "Giải quyết việc gia đình")),
        )  # fmt: skip
    if draws < 0.006 and age < 45:
        abroad = rng.random() < 0.2
        until = add_months(since.replace(day=1), rng.choice((12, 18, 24))) - DAY
        reason = (
            "Học thạc sĩ ở nước ngoài" if abroad else rng.choice(("Học thạc sĩ tập trung", "Cao cấp lý luận chính trị"))
        )
        return Away(K.STUDY, since, until, abroad=abroad, reason=reason)
    if draws < 0.02 and draft.sex == MALE and age <= 25:
        return Away(K.MILITARY_SERVICE, since, add_months(since, 24) - DAY)
    if draws < 0.01 and age >= (58 if draft.sex == MALE else 54):
        return Away(K.WAITING_RETIREMENT, since)
    if draws > 0.99985:
        return Away(
            K.DETENTION, since, expected=add_months(since, 4) - DAY, reason="Theo lệnh tạm giam của cơ quan điều tra"
        )
    return None
