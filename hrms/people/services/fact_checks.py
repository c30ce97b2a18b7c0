"""The checks of a dated fact against the record, the catalogues and the actor's part of the tree: all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from hrms.agencies.models import Agency
from hrms.core import dated
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import Refused
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.models import FACTS, Person, PersonAbsence, further
from hrms.people.queries import codes, law
from hrms.people.queries.record import FACT_KINDS
from hrms.people.rules.kinds import MembershipKind
from hrms.people.rules.sheet import FACT_ITEMS
from hrms.people.rules.steps import coefficient_problem
from hrms.people.services.absence_checks import check_absence
from hrms.people.services.values import clean

_TABLES = dict(zip(FACT_KINDS, FACTS, strict=True))


@dataclass(frozen=True, slots=True)
class Checked:
    """A fact ready to write: the owner's key, the fact columns, and what is wrong."""

    key: Mapping[str, Any]
    values: Mapping[str, Any]
    problems: Sequence[Problem] = field(default=())


class FactChecker:
    """Checks facts of one person; `before` holds the facts in force by kind, for slots of concurrent posts."""

    def __init__(
        self,
        actor: Actor,
        person: Person,
        before: Mapping[str, Sequence[Any]],
        *,
        permission: Permission = Permission.PEOPLE_FACT,
        reach: Sequence[int] | None = None,
    ) -> None:
        self.actor = actor
        self.person = person
        self.before = before
        self.permission = permission
        self.reach = set(person.scope_ids if reach is None else reach)
        self.taken_slots: set[int] = set()
        self.absences: list[Any] = []

    def check(self, kind: str, given: Mapping[str, Any], valid_from: date, valid_to: date | None) -> Checked:
        """Return the fact with defaults filled in and every problem found."""
        if kind in further.facts:
            found: Checked = further.facts[kind].check(self, given, valid_from, valid_to)
            return found
        if kind not in FACT_ITEMS:
            words = N_("Loại diễn biến “%(value)s” không có; chọn lại.")
            return Checked({}, {}, [Problem("kind", "unknown_fact", words, {"value": kind[:40]})])
        needed = {item.name: given.get(item.name) for item in FACT_ITEMS[kind]}
        values, problems = clean(FACT_ITEMS[kind], needed)
        problems += _unknown(kind, given)
        problems += self._check_days(kind, values, valid_from, valid_to)
        if not problems:
            problems += getattr(self, f"_check_{kind}")(values, given, valid_from, valid_to)
        if problems:
            return Checked({}, {}, problems)
        model = _TABLES[kind]
        key = {name: self.person.id if name == "person_id" else values[name] for name in model.__dated_key__}
        return Checked(key, {name: values.get(name) for name in dated.fact_columns(model)})

    def find_agency(self, agency_id: int) -> Any | None:
        """Return an agency's name, path and closing day, None when the tree has none such."""
        found = select(Agency.name, Agency.scope_ids, Agency.closed_on).where(Agency.id == agency_id)
        return db.session.execute(found).one_or_none()

    def _check_days(
        self, kind: str, values: Mapping[str, Any], valid_from: date, valid_to: date | None
    ) -> list[Problem]:
        try:
            dated.check_interval(valid_from, valid_to)
        except Refused as refused:
            return list(refused.problems)
        recruited = codes.partial(self.person.recruited_on)
        born = codes.partial(self.person.birth_date)
        if born and valid_from < born.earliest():
            words = N_("Ngày hiệu lực %(day)s sớm hơn ngày sinh %(born)s; sửa lại.")
            return [Problem("valid_from", "before_birth", words, {"day": valid_from, "born": born})]
        hired_otherwise = kind == "status" and values.get("kind") in {"contract", "part_time"}
        if kind in {"status", "rank"} and not hired_otherwise and recruited and valid_from < recruited.earliest():
            words = N_("Ngày hiệu lực %(day)s sớm hơn ngày tuyển dụng %(recruited)s; sửa một trong hai ngày.")
            return [Problem("valid_from", "before_recruitment", words, {"day": valid_from, "recruited": recruited})]
        return []

    def _check_status(self, _values: dict[str, Any], *_rest: Any) -> list[Problem]:
        return []

    def _check_agency(
        self, values: dict[str, Any], _given: Any, valid_from: date, _valid_to: date | None
    ) -> list[Problem]:
        concurrent = values["membership"] == MembershipKind.CONCURRENT
        values["slot"] = values["agency_id"] if concurrent else 0
        return self._check_place(
            values["agency_id"], valid_from, managing=values["membership"] == MembershipKind.MANAGING
        )

    def _check_place(self, agency_id: int, valid_from: date, *, managing: bool = False) -> list[Problem]:
        agency = self.find_agency(agency_id)
        if agency is None:
            words = N_("Cơ quan, đơn vị đã chọn không có trong cây tổ chức; chọn lại.")
            return [Problem("agency_id", "unknown_agency", words)]
        # An agency above one the person belongs to sees the person already, so managing from there reaches no further.
        reached = managing and agency_id in self.reach
        if not reached and not self.actor.may(self.permission, at=agency.scope_ids):
            words = N_("%(agency)s nằm ngoài phạm vi của bạn; chuyển hồ sơ đến đó cần người có quyền ở cả hai nơi.")
            return [Problem("agency_id", "agency_out_of_scope", words, {"agency": agency.name})]
        if agency.closed_on is not None and agency.closed_on <= valid_from:
            words = N_("%(agency)s đã ngừng hoạt động từ %(day)s; chọn cơ quan khác hoặc sửa ngày hiệu lực.")
            return [Problem("agency_id", "agency_closed", words, {"agency": agency.name, "day": agency.closed_on})]
        return []

    def _check_post(
        self, values: dict[str, Any], given: Mapping[str, Any], valid_from: date, _valid_to: date | None
    ) -> list[Problem]:
        if not values.get("post_name") and values.get("post_code"):
            values["post_name"] = codes.name("leadership_posts", values["post_code"])
        if not values.get("post_name"):
            words = N_("Chưa nhập chức vụ: chọn trong danh mục hoặc ghi tên theo quyết định.")
            return [Problem("post_name", "required", words)]
        values["slot"] = self._slot(given.get("slot"), values["post_name"])
        problems = []
        if values.get("agency_id") is not None and self.find_agency(values["agency_id"]) is None:
            words = N_("Cơ quan, đơn vị đã chọn không có trong cây tổ chức; chọn lại.")
            problems.append(Problem("agency_id", "unknown_agency", words))
        appointed, again, until = (values.get(name) for name in ("appointed_on", "reappointed_on", "term_until"))
        if appointed and again and again < appointed:
            words = N_("Ngày bổ nhiệm lại %(again)s trước ngày bổ nhiệm %(first)s; sửa lại.")
            problems.append(
                Problem("reappointed_on", "dates_out_of_order", words, {"again": again, "first": appointed})
            )
        if until and until < valid_from:
            words = N_("Ngày hết nhiệm kỳ %(until)s trước ngày hiệu lực %(day)s; sửa lại.")
            problems.append(Problem("term_until", "dates_out_of_order", words, {"until": until, "day": valid_from}))
        return problems

    def _slot(self, asked: Any, name: str) -> int:
        """Return 0 for the main post; for a concurrent one the slot it already has, or the first free one."""
        if not str(asked or "").strip() or int(asked) == 0:
            return 0
        held = {row.slot: row.post_name for row in self.before.get("post", ()) if row.slot}
        mine = next((slot for slot, held_name in held.items() if held_name == name), None)
        if mine is None:
            mine = next(n for n in range(1, 1000) if n not in held and n not in self.taken_slots)
        self.taken_slots.add(mine)
        return mine

    def _check_rank(
        self, values: dict[str, Any], given: Mapping[str, Any], valid_from: date, _valid_to: date | None
    ) -> list[Problem]:
        rank = law.ranks()[values["rank_code"]]
        values["pay_table"] = int(given.get("pay_table") or rank.table)
        values["pay_group"] = str(given.get("pay_group") or rank.group)
        scale = law.pay_scales().get((values["pay_table"], values["pay_group"]))
        step, coefficient = values.get("step"), values.get("coefficient")
        if scale is not None and coefficient is None and step is not None and 1 <= step <= scale.steps:
            values["coefficient"] = coefficient = scale.coefficients[step - 1]
        if scale is not None and step is None and coefficient is not None:
            values["step"] = step = scale.step_of(coefficient)
        wrong = coefficient_problem(values["pay_table"], values["pay_group"], step, coefficient, scale)
        problems = [wrong] if wrong else []
        percent = values.get("beyond_scale_percent") or Decimal(0)
        if scale is not None and percent and step is not None and step < scale.steps:
            words = N_(
                "Phụ cấp thâm niên vượt khung %(percent)s%% chỉ có ở bậc cuối (bậc %(steps)s); sửa bậc hoặc bỏ trống."
            )
            params = {"percent": percent, "steps": scale.steps}
            problems.append(Problem("beyond_scale_percent", "not_last_step", words, params))
        if step is not None and values.get("step_since") is None:
            values["step_since"] = valid_from
        return problems

    def _check_allowance(
        self, values: dict[str, Any], _given: Any, _valid_from: date, _valid_to: date | None
    ) -> list[Problem]:
        said = [name for name in ("coefficient", "percent", "amount") if values.get(name) is not None]
        if not said:
            words = N_("Chưa nhập mức phụ cấp: ghi hệ số, phần trăm hoặc số tiền.")
            return [Problem("coefficient", "required", words)]
        if len(said) > 1:
            words = N_("Mức phụ cấp ghi theo nhiều cách; chỉ giữ một trong hệ số, phần trăm, số tiền.")
            return [Problem(said[1], "one_measure", words)]
        values["form"] = values.get("form") or said[0]
        if values["form"] != said[0]:
            words = N_("Hình thức hưởng không khớp với mức đã nhập; chọn lại hoặc bỏ trống.")
            return [Problem("form", "form_mismatch", words)]
        return []

    def _check_absence(
        self, values: dict[str, Any], _given: Any, valid_from: date, valid_to: date | None
    ) -> list[Problem]:
        others = [*self.before.get("absence", ()), *self.absences]
        problems = check_absence(self.person, values, valid_from, valid_to, others)
        if not problems:
            self.absences.append(
                PersonAbsence(valid_from=valid_from, valid_to=valid_to, absence_kind=values["absence_kind"])
            )
        return problems


def _unknown(kind: str, given: Mapping[str, Any]) -> list[Problem]:
    """Refuse names that the kind of fact does not have: a value dropped in silence would be a wrong record."""
    model = _TABLES[kind]
    known = {item.name for item in FACT_ITEMS[kind]} | {*dated.fact_columns(model), *model.__dated_key__}
    words = N_("Không có mục “%(value)s” trong loại diễn biến này; bỏ mục này.")
    return [Problem(name, "unknown_field", words, {"value": name[:40]}) for name in given if name not in known]
