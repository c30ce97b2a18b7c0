"""Entering the service: recruitment (tuyển dụng) and reception without an exam (tiếp nhận).

Civil servants: NĐ 170/2025/NĐ-CP Đ13–14, amended by NĐ 300/2026/NĐ-CP from 01/8/2026; no probation since 01/7/2025.
Public employees: NĐ 259/2026/NĐ-CP Đ21 from 01/7/2026; no probation, and the contract stands in the decision's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hrms.core.dates import PartialDate, add_months
from hrms.core.rules import N_, Problem
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.people.rules.kinds import PersonKind
from hrms.people.rules.parameters import Parameter, is_on, whole

DECREES = {
    PersonKind.CIVIL_SERVANT: "NĐ 170/2025/NĐ-CP, sửa đổi tại NĐ 300/2026/NĐ-CP",
    PersonKind.PUBLIC_EMPLOYEE: "NĐ 259/2026/NĐ-CP",
}
WorkingDays = Callable[[date, int], date]
"""Takes a day and a number; returns the working day that many after it."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that must be done by a day; `source` is the article."""

    code: str
    text: str
    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Who may be received without an exam, and what of them is asked, for a while (catalogue `reception_groups`)."""

    code: str
    name: str
    needs_service: bool
    needs_equal_pay: bool
    valid_from: str
    valid_to: str
    source: str

    def holds(self, on: date) -> bool:
        """Say whether the group stands in the law of the day."""
        return self.valid_from <= on.isoformat() and (not self.valid_to or on.isoformat() < self.valid_to)


@dataclass(frozen=True, slots=True)
class Reception:
    """What is proposed of one person: `service_months` is what they have served, as the proposer counted it."""

    on: date
    group: Group | None
    service_months: int | None


def recruitment_dates(
    published_on: date | None, decided_on: date | None, figures: Mapping[str, Parameter], after: WorkingDays
) -> list[Due]:
    """Return what falls due in a recruitment, by the law of the day whose `figures` are given.

    The file is complete so many days after the result was published, the decision comes so many working days after
    that, the post is taken so many days after the decision (until 31/7/2026 counted from its day, then from its
    receipt), and the original record stands 30 days after it.
    """
    found = []

    def add(code: str, text: str, day: date, key: str) -> None:
        found.append(Due(code, text, day, figures[key].source))

    file_days, decision_days = whole(figures, "joining.file_days"), whole(figures, "joining.decision_working_days")
    if published_on is not None and file_days is not None:
        file_by = published_on + timedelta(days=file_days)
        add("file", N_("Hoàn thiện hồ sơ dự tuyển"), file_by, "joining.file_days")
        if decision_days is not None:
            text = N_("Ra quyết định tuyển dụng")
            add("decision", text, after(file_by, decision_days), "joining.decision_working_days")
    take_post, record = whole(figures, "joining.take_post_days"), whole(figures, "joining.record_days")
    if decided_on is not None and take_post is not None:
        text = N_("Đến nhận việc, quá hạn thì quyết định hết hiệu lực")
        add("take_post", text, decided_on + timedelta(days=take_post), "joining.take_post_days")
    if decided_on is not None and record is not None:
        add("record", N_("Lập hồ sơ gốc"), decided_on + timedelta(days=record), "joining.record_days")
    return found


def result_approved(reference: str | None, kind: PersonKind) -> Condition:
    """Return the condition that the result of the exam or selection was approved; `reference` names the paper."""
    if reference:
        found = N_("Theo %(reference)s")
        return Condition("result_approved", _RESULT, Outcome.MET, DECREES[kind], found, {"reference": reference})
    return Condition(
        "result_approved", _RESULT, Outcome.UNKNOWN, DECREES[kind], N_("Chưa ghi văn bản phê duyệt kết quả"),
        supplier=Supplier.PROPOSER, answerable=True,
    )  # fmt: skip


_RESULT = N_("Kết quả tuyển dụng đã được phê duyệt")


def file_complete(published_on: date | None, figures: Mapping[str, Parameter]) -> Condition:
    """Return the condition that the file is complete, with the day by which it had to be."""
    days = whole(figures, "joining.file_days")
    source = figures["joining.file_days"].source if days is not None else DECREES[PersonKind.CIVIL_SERVANT]
    found, params = N_("Chưa xác nhận"), {}
    if published_on is not None and days is not None:
        found, params = N_("Hạn nộp đến hết %(day)s"), {"day": published_on + timedelta(days=days)}
    return Condition(
        "file_complete", N_("Hồ sơ dự tuyển đầy đủ: lý lịch, văn bằng, giấy tờ ưu tiên, lý lịch tư pháp"),
        Outcome.UNKNOWN, source, found, params, Supplier.PERSON, answerable=True,
    )  # fmt: skip


def old_enough(born: PartialDate | None, on: date, figures: Mapping[str, Parameter]) -> Condition:
    """Return the condition of the youngest age, from the birth date in the record."""
    years = whole(figures, "record.recruited_normally") or 18
    source = "Luật 80/2025/QH15; Luật 129/2025/QH15"
    text, params = N_("Đủ %(years)s tuổi trở lên"), {"years": years}
    if born is None:
        found = N_("Hồ sơ chưa ghi ngày sinh")
        return Condition("old_enough", text, Outcome.UNKNOWN, source, found, params, Supplier.PERSON)
    reached = add_months(born.latest(), years * 12)
    return Condition(
        "old_enough", text, Outcome.MET if reached <= on else Outcome.NOT_MET, source, N_("Sinh %(born)s"),
        {**params, "born": born.shown()},
    )  # fmt: skip


def takes_post_in_time(decided_on: date, on: date, figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return the condition that the first day of work is not too late after the decision; it does not block.

    The head may agree to a later day; without it the decision lapses by itself.
    """
    days = whole(figures, "joining.take_post_days")
    if days is None:
        return []
    last = decided_on + timedelta(days=days)
    met = on <= last
    return [
        Condition(
            "takes_post",
            N_("Nhận việc trong %(days)s ngày"),
            Outcome.MET if met else Outcome.NOT_MET,
            figures["joining.take_post_days"].source,
            N_("Nhận việc ngày %(on)s; hạn là %(last)s, muộn hơn phải được người đứng đầu đồng ý"),
            {"days": days, "on": on, "last": last},
            None if met else Supplier.PROPOSER,
            blocking=False,
        )
    ]


def check_probation(kind: PersonKind, months: int | None, on: date, figures: Mapping[str, Parameter]) -> list[Problem]:
    """Return what is wrong with a time of probation: abolished by the day, or longer than the law has it."""
    most = whole(figures, f"joining.probation_months_{kind.value}")
    if not months or most is None:
        return []
    source = figures[f"joining.probation_months_{kind.value}"].source
    if most == 0:
        text = N_("Từ ngày %(day)s không còn tập sự (%(source)s). Hãy bỏ trống thời gian tập sự.")
        return [Problem("probation_months", "no_probation", text, {"day": on, "source": source})]
    if months > most:
        text = N_("Thời gian tập sự %(months)s tháng dài quá %(most)s tháng (%(source)s). Hãy sửa lại.")
        params = {"months": months, "most": most, "source": source}
        return [Problem("probation_months", "probation_too_long", text, params)]
    return []


def check_paper(kind: PersonKind, on: date, figures: Mapping[str, Parameter], *, contract: bool) -> list[Problem]:
    """Return why this is not the paper that takes a person in: decision for civil servants, contract for the others."""
    replaces = kind is PersonKind.PUBLIC_EMPLOYEE and is_on(figures, "joining.contract_replaces_decision")
    if replaces and not contract:
        text = N_(
            "Từ ngày %(day)s viên chức được tuyển dụng bằng hợp đồng làm việc, thay quyết định (%(source)s). Hãy chọn "
            "“Hợp đồng làm việc”."
        )
        source = figures["joining.contract_replaces_decision"].source
        return [Problem("person_kind", "contract_replaces_decision", text, {"day": on, "source": source})]
    if contract and not replaces:
        text = N_("Ngày %(day)s còn tuyển dụng bằng quyết định. Hãy chọn “Tuyển dụng”.")
        return [Problem("effective_on", "decision_still_needed", text, {"day": on})]
    return []


def contract_in_time(
    published_on: date | None, on: date, figures: Mapping[str, Parameter], after: WorkingDays
) -> list[Condition]:
    """Return the condition that a public employee's contract is signed soon after the result; it does not block."""
    days = whole(figures, "joining.contract_working_days")
    if days is None or published_on is None:
        return []
    last = after(published_on, days)
    return [
        Condition(
            "contract_in_time",
            N_("Ký hợp đồng làm việc trong %(days)s ngày làm việc"),
            Outcome.MET if on <= last else Outcome.NOT_MET,
            figures["joining.contract_working_days"].source,
            N_("Công bố %(published)s, hạn %(last)s"),
            {"days": days, "published": published_on, "last": last},
            blocking=False,
        )
    ]


def groups(rows: Iterable[Mapping[str, str | None]]) -> dict[str, Group]:
    """Read the catalogue `reception_groups` (columns code, name_vi, needs_service, needs_equal_pay, dates, source)."""
    return {
        str(row["code"]): Group(
            str(row["code"]), str(row["name_vi"]), row["needs_service"] == "1", row["needs_equal_pay"] == "1",
            row["valid_from"] or "", row["valid_to"] or "", str(row["source"]),
        )
        for row in rows
    }  # fmt: skip


def check_group(group: Group | None, on: date) -> list[Problem]:
    """Return why nobody of this group can be received on the day."""
    if group is None:
        return [Problem("group", "required", N_("Chưa chọn đối tượng tiếp nhận."))]
    if not group.holds(on):
        text = N_("Ngày %(day)s không tiếp nhận đối tượng “%(group)s” (%(source)s). Hãy chọn đối tượng khác.")
        return [Problem("group", "group_not_in_law", text, {"day": on, "group": group.name, "source": group.source})]
    return []


def reception_conditions(case: Reception, figures: Mapping[str, Parameter]) -> list[Condition]:
    """Return the conditions of reception without an exam, by the text in force on the day.

    Until 31/7/2026 five years may be added up and a council examines; from 01/8/2026 they run without a gap right
    before, insured, at the level and pay of the post, and the head decides on the personnel officer's proposal.
    """
    if case.group is None:
        return []
    found = []
    months = whole(figures, "joining.reception_months")
    decree = DECREES[PersonKind.CIVIL_SERVANT]
    if case.group.needs_service and months is not None:
        found.append(_service(case, months, figures))
    if case.group.needs_equal_pay and is_on(figures, "joining.reception_continuous"):
        found.append(
            Condition(
                "equal_pay", N_("Công việc, mức đóng bảo hiểm tương đương vị trí tiếp nhận"), Outcome.UNKNOWN,
                figures["joining.reception_continuous"].source, supplier=Supplier.PROPOSER, answerable=True,
            )
        )  # fmt: skip
    if is_on(figures, "joining.reception_council"):
        found.append(
            Condition(
                "council", N_("Hội đồng kiểm tra, sát hạch kết luận đạt"), Outcome.UNKNOWN,
                figures["joining.reception_council"].source, supplier=Supplier.PROPOSER, answerable=True,
            )
        )  # fmt: skip
        papers = N_("Hồ sơ: lý lịch không quá 30 ngày, văn bằng, giấy khám sức khỏe không quá 6 tháng, bản tự nhận xét")
    else:
        papers = N_("Hồ sơ: lý lịch tự khai, văn bằng, bản tự nhận xét, lý lịch tư pháp")
    found.append(
        Condition("file_complete", papers, Outcome.UNKNOWN, f"{decree} Đ14", supplier=Supplier.PERSON, answerable=True)
    )
    return found


def _service(case: Reception, months: int, figures: Mapping[str, Parameter]) -> Condition:
    gapless = is_on(figures, "joining.reception_continuous")
    text = N_("Công tác liên tục từ %(months)s tháng trở lên") if gapless else N_(
        "Công tác cộng dồn từ %(months)s tháng trở lên"
    )  # fmt: skip
    source = figures["joining.reception_continuous" if gapless else "joining.reception_months"].source
    if case.service_months is None:
        found = N_("Chưa ghi số tháng công tác")
        return Condition("five_years", text, Outcome.UNKNOWN, source, found, {"months": months}, Supplier.PROPOSER)
    met = case.service_months >= months
    return Condition(
        "five_years", text, Outcome.MET if met else Outcome.NOT_MET, source, N_("%(served)s tháng"),
        {"months": months, "served": case.service_months}, None if met else Supplier.PROPOSER,
    )  # fmt: skip
