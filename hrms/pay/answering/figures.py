"""What several questions look up: a pay group, the figures of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hrms.core.rules import N_
from hrms.pay.answering import deny
from hrms.people.queries import law
from hrms.people.rules.parameters import Parameter
from hrms.people.rules.steps import PayGroup


def group_of(given: Mapping[str, Any]) -> PayGroup:
    """Return the pay group that `table` and `group` name; refuse one the catalogue has not."""
    found = law.pay_scales().get((given["table"], given["group"]))
    if found is None:
        text = N_("Bảng lương %(table)s không có loại %(group)s; chọn loại trong danh mục bảng lương.")
        deny("group", "unknown_pay_group", text, table=given["table"], group=given["group"])
    return found


def figures_on(day: date, key: str) -> Mapping[str, Parameter]:
    """Return the figures of the law on a day; refuse a day before the law has the one asked."""
    found = law.parameters(day)
    if key not in found:
        text = N_("Chưa có mức của luật vào ngày %(on)s. Hãy chọn ngày muộn hơn hoặc thêm vào danh mục tham số.")
        deny("on", "no_figure", text, on=day)
    return found
