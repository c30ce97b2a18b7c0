"""The day of retirement, its notice and its decision from a birth date."""

from __future__ import annotations

from typing import Any

from hrms.core.dates import BadDate, PartialDate, parse_date
from hrms.core.rules import N_
from hrms.pay.answering import Answer, deny
from hrms.people.queries import law
from hrms.people.rules.kinds import Sex
from hrms.people.rules.retirement import retirement as retired


def retirement(given: dict[str, Any]) -> Answer:
    """Return the day of retirement (NĐ 135/2020/NĐ-CP) of facts read by `RetirementFacts`.

    Raises `UnanswerableError`.
    """
    try:
        born: PartialDate = parse_date(given["born"]).value
    except BadDate:
        text = N_("“%(value)s” không phải ngày sinh. Hãy ghi như 15/04/1965, 04/1965 hoặc 1965.")
        deny("born", "not_a_date", text, value=given["born"])
    sex = Sex.MALE if given["sex"] == "M" else Sex.FEMALE
    found = retired(born, sex, law.retirement_ages(), law.retirement_terms())
    days = ("retires_on", "pension_from", "notice_by", "decision_by")
    keys = {name: getattr(found, name).isoformat() for name in days}
    return Answer({**keys, "age": found.age}, tuple(found.reasons))
