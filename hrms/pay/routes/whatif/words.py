"""What is supposed, in the reader's words: one line for a change, the figures before and after with their sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.core import catalogues
from hrms.core.i18n import _, render
from hrms.core.jinja import show_coefficient, show_number
from hrms.core.rules import N_, Reason
from hrms.figures.overlay import CHANGEABLE
from hrms.pay.forms.whatif import SIDE_LABELS
from hrms.pay.queries.scenarios import Look
from hrms.pay.rules.allowances import LABELS as ALLOWANCES
from hrms.pay.rules.figures import AllowanceCode, Form, Insurance, Side
from hrms.pay.rules.insurance import LABELS as INSURANCES
from hrms.pay.rules.supposed import (
    AllowanceChange,
    BaseSalary,
    Change,
    Give,
    Incentive,
    Leadership,
    Placement,
    Rate,
    Scale,
    Text,
    Who,
    in_force,
)
from hrms.pay.rules.supposed_raises import Raises
from hrms.pay.rules.texts import PLACE_LABELS
from hrms.people.queries import law
from hrms.people.rules.kinds import KIND_LABELS


def day(value: date) -> str:
    """Return a day as the reader writes it."""
    return f"{value:%d/%m/%Y}"


def period_words(look: Look) -> str:
    """Return the months a scenario is about."""
    return _("%(years)s năm từ tháng %(month)s", years=look.found.years, month=f"{look.found.starts_on:%m/%Y}")


def signed(value: Decimal) -> str:
    """Return a number with its sign."""
    return f"+{show_number(value)}" if value > 0 else show_number(value)


def group_words(key: str) -> str:
    """Return the words of a table and group kept as "2:A1"."""
    table, _colon, group = key.partition(":")
    return _("loại %(group)s, bảng %(table)s", group=group, table=table)


def post_words(key: str) -> str:
    """Return the words of a post and place kept as "division_head:other"."""
    post, _colon, place = key.partition(":")
    where = PLACE_LABELS.get(place)
    return f"{catalogues.name_of('leadership_posts', post)} ({render(where) if where else place})"


def who_words(who: Who) -> str:
    """Return whom an allowance is for."""
    parts = [render(KIND_LABELS[one]).lower() for one in who.kinds]
    if who.groups:
        parts.append(_("loại bảng lương %(groups)s", groups=", ".join(who.groups)))
    if who.ranks:
        parts.append(_("mã ngạch bắt đầu bằng %(ranks)s", ranks=who.ranks))
    if who.leaders is not None:
        parts.append(_("giữ chức vụ lãnh đạo") if who.leaders else _("không giữ chức vụ lãnh đạo"))
    return "; ".join(parts) or _("mọi người")


def describe(change: Change) -> str:
    """Return a change in one line."""
    return _SAYS[type(change)](change)


def _base(change: BaseSalary) -> str:
    amount = show_number(change.amount)
    return _("Mức lương cơ sở %(amount)s đồng từ %(start)s", amount=amount, start=day(change.start))


def _scale(change: Scale) -> str:
    group = group_words(change.group) if change.group else _("mọi loại")
    if change.percent is not None:
        return _("Hệ số lương %(group)s: %(percent)s%% từ %(start)s", group=group, percent=signed(change.percent),
                 start=day(change.start))  # fmt: skip
    steps = "; ".join(show_coefficient(one) for one in change.coefficients)
    return _("Hệ số lương %(group)s: %(steps)s từ %(start)s", group=group, steps=steps, start=day(change.start))


def _leadership(change: Leadership) -> str:
    post = post_words(change.post) if change.post else _("mọi chức vụ")
    if change.coefficient is not None:
        value = show_coefficient(change.coefficient)
        return _("Hệ số phụ cấp chức vụ %(post)s: %(value)s từ %(start)s", post=post, value=value,
                 start=day(change.start))  # fmt: skip
    percent = signed(change.percent or Decimal(0))
    return _("Hệ số phụ cấp chức vụ %(post)s: %(percent)s%% từ %(start)s", post=post, percent=percent,
             start=day(change.start))  # fmt: skip


def _rate(change: Rate) -> str:
    return _(
        "%(side)s đóng %(insurance)s %(percent)s%% từ %(start)s", side=render(SIDE_LABELS[change.side]),
        insurance=render(INSURANCES[change.insurance]).lower(), percent=show_number(change.percent),
        start=day(change.start),
    )  # fmt: skip


def _allowance(change: AllowanceChange) -> str:
    name, start, who = render(ALLOWANCES[change.code]), day(change.start), who_words(change.who)
    if change.give is Give.STOP:
        return _("Thôi chi %(name)s từ %(start)s: %(who)s", name=name.lower(), start=start, who=who)
    value = value_words(change.form, change.value)
    if change.give is Give.HOLDERS:
        return _("%(name)s %(value)s từ %(start)s, cho người đang hưởng: %(who)s", name=name, value=value,
                 start=start, who=who)  # fmt: skip
    return _("%(name)s %(value)s từ %(start)s, cho: %(who)s", name=name, value=value, start=start, who=who)


def value_words(form: Form, value: Decimal) -> str:
    """Return the value of an allowance in its form."""
    if form is Form.PERCENT:
        return f"{show_number(value)}%"
    if form is Form.COEFFICIENT:
        return _("hệ số %(value)s", value=show_coefficient(value))
    return _("%(value)s đồng một tháng", value=show_number(value))


def _placement(change: Placement) -> str:
    return _("Xếp bậc nghề nghiệp cho viên chức từ %(start)s: A2.2 vào A2.1, A3.2 vào A3.1", start=day(change.start))


def _raises(change: Raises) -> str:
    return _("Nâng bậc lương thường xuyên đúng hạn từ %(start)s", start=day(change.start))


def _text(change: Text) -> str:
    return _("Các mức của văn bản %(number)s, từ %(start)s", number=change.number, start=day(change.start))


def _incentive(change: Incentive) -> str:
    if change.before_name:
        return _("Chi theo “%(name)s” thay “%(old)s” (người, xếp loại năm %(year)s)", name=change.name,
                 old=change.before_name, year=change.year)  # fmt: skip
    return _("Chi theo “%(name)s” (người, xếp loại năm %(year)s)", name=change.name, year=change.year)


_SAYS: Mapping[type[Change], Callable[[Any], str]] = {
    BaseSalary: _base, Scale: _scale, Leadership: _leadership, Rate: _rate, AllowanceChange: _allowance,
    Placement: _placement, Raises: _raises, Incentive: _incentive, Text: _text,
}  # fmt: skip


def reasons_of(change: Change) -> list[Reason]:
    """Return the figures of the law a change replaces, each with its source; of a scale by group."""
    if isinstance(change, Placement):
        text = N_("Viên chức loại A2.2 xếp vào A2.1, loại A3.2 vào A3.1: hệ số bằng hoặc cao hơn gần nhất, chênh lệch "
                  "cao hơn bậc cuối được bảo lưu.")  # fmt: skip
        return [Reason(text, "", "NĐ 232/2026/NĐ-CP Đ7 k3, Đ18 k2; TT 02/2007/TT-BNV Mục II")]
    if isinstance(change, Raises):
        text = N_("Lần đầu theo ngày nâng bậc ghi trên hồ sơ, các lần sau cứ đủ thời gian giữ bậc. Không kể thâm niên "
                  "vượt khung và những gì kéo dài thời gian giữ bậc về sau.")  # fmt: skip
        return [Reason(text, "", "TT 08/2013/TT-BNV Đ2; TT 03/2021/TT-BNV")]
    if isinstance(change, Incentive):
        text = N_("Quỹ của mỗi cơ quan và phần của mỗi người tính như một đợt quyết toán cả năm theo quy chế này.")
        return [Reason(text, "", str(change.terms.get("source") or ""))]
    lines: dict[tuple[str, str], list[str]] = {}
    for row in change.rows(law.rows):
        known = CHANGEABLE[row["catalogue"]]
        start = date.fromisoformat(row.get("valid_from") or change.start.isoformat())
        mine = [
            one for one in in_force(law.rows(known.name), start)
            if all(one.get(name) == row.get(name) for name in known.key)
        ]  # fmt: skip
        old = mine[0] if mine else None
        value = next((name for name in ("amount", "coefficient", "percent", "value", "forms") if name in row), "")
        shown = f"{_figure(old.get(value)) if old else '—'} → {_figure(row.get(value))}"
        title = _title(row)
        step = f"{_('bậc %(step)s', step=row['step'])}: " if row["catalogue"] == "pay_scales" else ""
        lines.setdefault((title, str(old["source"]) if old else ""), []).append(f"{step}{shown}")
    text = N_("%(name)s, từ %(start)s: %(figures)s.")
    found = [
        Reason(text, "", source, {"name": title, "start": change.start, "figures": "; ".join(shown)})
        for (title, source), shown in lines.items()
    ]
    if isinstance(change, AllowanceChange) and not found:
        return [Reason(N_("Cách tính theo quy định hiện hành của loại phụ cấp này; chỉ đổi mức và diện hưởng."))]
    return found


def _figure(value: Any) -> str:
    try:
        return show_number(Decimal(str(value)))
    except ArithmeticError:
        return str(value if value is not None else "—")


def _title(row: Mapping[str, Any]) -> str:
    match row["catalogue"]:
        case "pay_scales":
            return group_words(f"{row['table']}:{row['group']}")
        case "leadership_coefficients":
            return post_words(f"{row['post']}:{row['place']}")
        case "insurance_rates":
            side = render(SIDE_LABELS[Side(row["side"])])
            return f"{render(INSURANCES[Insurance(row['insurance'])])}, {side.lower()} (%)"
        case "allowance_rules":
            return render(ALLOWANCES[AllowanceCode(row["code"])])
        case "base_salaries":
            return _("Mức lương cơ sở")
        case "parameters":
            return str(row["key"])
        case _:
            return str(row.get("code", ""))


def assumptions(few: Sequence[str] = ()) -> list[Reason]:
    """Return what every what-if rests on."""
    return [
        Reason(N_("Người, ngạch, bậc, chức vụ, phụ cấp lấy theo hồ sơ; thay đổi đã ghi sẵn cho ngày sau cũng được "
                  "tính. Chưa kể nâng bậc, tuyển dụng, nghỉ hưu chưa có quyết định.")),
        Reason(N_("Mỗi tháng của mỗi người tính như bảng lương: từng dòng làm tròn một lần, tháng không trọn theo "
                  "ngày, đóng bảo hiểm theo luật của tháng.")),
        Reason(N_("Chi phí = các khoản được hưởng + phần cơ quan đóng bảo hiểm. Thực nhận = các khoản được hưởng trừ "
                  "phần người lao động đóng, trước thuế thu nhập cá nhân và đoàn phí.")),
        Reason(N_("Tăng, giảm của mỗi người là bình quân một tháng từ tháng đầu có thay đổi, tính trên số thực nhận.")),
        *(Reason(one) for one in few),
    ]  # fmt: skip
