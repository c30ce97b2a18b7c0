"""What a scenario costs, as pages and workbooks show it: rows of words and figures, bars of pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hrms.core.charts import Bar, StackedBar
from hrms.core.i18n import _, render
from hrms.pay.queries import supposed as queries
from hrms.pay.queries.scenarios import Look
from hrms.pay.routes.whatif.words import signed
from hrms.pay.rules.cost_tables import BAND_LABELS, DIMENSIONS, AgencyLine, Cost, Spread
from hrms.pay.rules.costs import ZERO, Sums
from hrms.pay.rules.lines import NAMES, SIDES, place
from hrms.pay.rules.share_costs import ShareCost
from hrms.people.rules.kinds import KIND_LABELS, PersonKind

MILLION = Decimal(1_000_000)
BILLION = Decimal(1_000_000_000)
NAMED_MOST = 8
DRAWN_MOST = 25
_MIDDLE = BAND_LABELS.index("Không đổi")


def short(amount: Decimal) -> str:
    """Return how much more in millions or thousands of millions of đồng."""
    unit, words = (BILLION, _("tỷ")) if abs(amount) >= BILLION else (MILLION, _("triệu"))
    return f"{signed(round(amount / unit, 2))} {words}" if amount else "0"


def shorter(amount: Decimal) -> str:
    """Return the same in as few letters as stand at the end of a bar."""
    unit, words = (BILLION, _("tỷ")) if abs(amount) >= BILLION else (MILLION, _("tr."))
    return f"{signed(round(amount / unit, 1))} {words}" if amount else "0"


def tile_of(label: str, sums: Sums, note: str) -> dict[str, Any]:
    """Return the figure of a cost: short, with the exact đồng under it."""
    exact = _("%(amount)s đồng", amount=signed(sums.cost))
    return {"label": label, "value": short(sums.cost), "note": f"{exact}; {note}" if note else exact}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of agencies: its words, those counted together in it, what it costs."""

    name: str
    together: str
    line: AgencyLine


def agency_rows(cost: Cost) -> list[Row]:
    """Return the agencies by how much more they cost, those counted together last; one statement."""
    names = queries.names_of({one for line in cost.agencies for one in line.agency_ids})
    rows = []
    for line in sorted(cost.agencies, key=lambda one: (len(one.agency_ids) > 1, -(one.after - one.before).cost)):
        known = [names.get(one, str(one)) for one in line.agency_ids]
        if len(known) == 1:
            rows.append(Row(known[0], "", line))
        else:
            words = _("%(count)s cơ quan ít người, gộp lại", count=len(known))
            rows.append(Row(words, "; ".join(known) if len(known) <= NAMED_MOST else "", line))
    return rows


def named(rows: Sequence[Row]) -> int:
    """Return how many rows, the first ones, are one agency each."""
    return sum(1 for row in rows if len(row.line.agency_ids) == 1)


def named_shares(share: ShareCost) -> int:
    """Return how many rows of a scheme's table, the first ones, are one agency each."""
    return sum(1 for line in share.agencies if len(line.agency_ids) == 1)


def agency_bars(rows: Sequence[Row]) -> list[Bar]:
    """Return bars of how much more the agencies cost that stand for themselves, the first of them."""
    alone = [row for row in rows if not row.together and len(row.line.agency_ids) == 1][:DRAWN_MOST]
    costs = [(row.name, (row.line.after - row.line.before).cost) for row in alone]
    return [bar_of(name, cost) for name, cost in costs if cost]


def bar_of(label: str, amount: Decimal) -> Bar:
    """Return the bar of a difference: its length the size, its colour and sign the direction."""
    return Bar(label, abs(amount), shorter(amount), "ok" if amount < 0 else "")


def agency_year_rows(cost: Cost, rows: Sequence[Row]) -> list[list[Any]]:
    """Return a row an agency: name, how much more each year costs, all years together."""
    found: list[list[Any]] = [[row.name, *row.line.years, sum(row.line.years, ZERO)] for row in rows]
    years = [(one.after - one.before).cost for one in cost.years]
    return [*found, [_("Cộng"), *years, sum(years, ZERO)]]


def agency_year_headers(cost: Cost) -> list[str]:
    """Return the headers of `agency_year_rows`."""
    return [_("Cơ quan"), *(str(one.year) for one in cost.years), _("Cộng")]


def year_bars(cost: Cost) -> list[Bar]:
    """Return bars of how much more each year costs."""
    return [bar_of(str(one.year), (one.after - one.before).cost) for one in cost.years]


def year_rows(cost: Cost) -> list[list[Any]]:
    """Return a row a year: year, before, after, more, of it pay and the employer's contributions."""
    rows = []
    for one in cost.years:
        more = one.after - one.before
        rows.append([one.year, one.before.cost, one.after.cost, more.cost, more.gross, more.employer, more.net])
    total = cost.more
    rows.append([
        _("Cộng"), cost.before.cost, cost.after.cost, total.cost, total.gross, total.employer, total.net,
    ])  # fmt: skip
    return rows


def year_headers() -> list[str]:
    """Return the headers of `year_rows`."""
    return [
        _("Năm"), _("Chi phí hiện hành"), _("Chi phí theo phương án"), _("Tăng thêm"), _("trong đó: các khoản chi"),
        _("cơ quan đóng bảo hiểm"), _("Thực nhận tăng"),
    ]  # fmt: skip


def code_rows(cost: Cost) -> list[list[Any]]:
    """Return the month looked at by line: side, what, before, after, more."""
    sides = list(SIDES)
    ordered = sorted(cost.codes, key=lambda one: (sides.index(one[0]), place(one[1])))
    return [[render(SIDES[side]), render(NAMES[code]), old, new, new - old] for side, code, old, new in ordered]


def code_headers() -> list[str]:
    """Return the headers of `code_rows`."""
    return [_("Bên"), _("Khoản"), _("Hiện hành"), _("Theo phương án"), _("Tăng thêm")]


def band_words(places: Sequence[int]) -> str:
    """Return the words of sizes of change counted together."""
    first, last = places[0], places[-1]
    if first == last:
        return render(BAND_LABELS[first])
    return _("%(first)s – %(last)s", first=render(BAND_LABELS[first]), last=render(BAND_LABELS[last]))


def band_bars(cost: Cost) -> list[Bar]:
    """Return bars of how many people gain or lose how much, all together."""
    return size_bars(cost.sizes)


def size_bars(sizes: Sequence[int]) -> list[Bar]:
    """Return bars of how many people gain or lose how much, from the first size anybody has to the last."""
    used = [at for at, count in enumerate(sizes) if count]
    bars = []
    for at in range(used[0], used[-1] + 1) if used else ():
        tone = "ok" if at > _MIDDLE else "bad" if at < _MIDDLE else ""
        bars.append(Bar(render(BAND_LABELS[at]), sizes[at], "", tone))
    return bars


def share_rows(share: ShareCost) -> list[list[Any]]:
    """Return a row an agency: name, people, by the old scheme, by the supposed one, more."""
    names = queries.names_of({one for line in share.agencies for one in line.agency_ids})
    rows = [
        [
            names.get(line.agency_ids[0], "")
            if len(line.agency_ids) == 1
            else _("%(count)s cơ quan ít người, gộp lại", count=len(line.agency_ids)),
            line.people, line.before, line.after, line.after - line.before,
        ]
        for line in sorted(share.agencies, key=lambda one: (len(one.agency_ids) > 1, one.before - one.after))
    ]  # fmt: skip
    rows.append([_("Cộng"), share.people, share.before, share.after, share.more])
    return rows


def share_headers(share: ShareCost) -> list[str]:
    """Return the headers of `share_rows`."""
    return [_("Cơ quan"), _("Số người"), share.name_before or _("Chưa chi gì"), share.name_after, _("Tăng thêm")]


def share_title(share: ShareCost) -> str:
    """Return what is compared."""
    return _("Quy chế chi: “%(name)s”, năm %(year)s (đồng)", name=share.name_after, year=share.year)


def used_columns(spread: Spread) -> list[int]:
    """Return the places of columns in which there is anybody."""
    return [place for place, total in enumerate(spread.totals) if total]


def spread_rows(spread: Spread) -> list[list[Any]]:
    """Return a row a group: its words, people, counts by size of change, None for hidden ones."""
    shown = used_columns(spread)
    rows = [
        [group_words(spread.dimension, row.groups), row.people, *(row.counts[place] for place in shown)]
        for row in spread.rows
    ]
    rows.append([_("Cộng"), sum(row.people for row in spread.rows), *(spread.totals[place] for place in shown)])
    return rows


def spread_headers(spread: Spread) -> list[str]:
    """Return the headers of `spread_rows`."""
    words = [band_words(spread.columns[place]) for place in used_columns(spread)]
    return [render(DIMENSIONS[spread.dimension]), _("Số người"), *words]


def spread_title(spread: Spread) -> str:
    """Return what the groups are."""
    return render(DIMENSIONS[spread.dimension])


def group_words(dimension: str, groups: Sequence[str]) -> str:
    """Return the words of groups counted in one row."""
    if dimension == "kind":
        known = [render(KIND_LABELS[PersonKind(one)]) if one in set(PersonKind) else one for one in groups]
    else:
        known = [_("chưa rõ") if one == "?" else one for one in groups]
    return ", ".join(known)


@dataclass(frozen=True, slots=True)
class Column:
    """A scenario in a comparison: its look and what it costs."""

    look: Look
    cost: Cost

    @property
    def name(self) -> str:
        """Return its name."""
        return self.look.found.name


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a comparison: words, one value a scenario (None where it has none), how a value is shown."""

    words: str
    values: Sequence[Decimal | int | None]
    signed: bool = False


def compared(columns: Sequence[Column]) -> list[Line]:
    """Return the rows that stand beside each other, in the order of what matters: cost, months, people."""
    years = sorted({one.year for column in columns for one in column.cost.years})
    lines = [
        Line(_("Số người"), [one.cost.people for one in columns]),
        Line(_("Số người có mức thực nhận thay đổi"), [one.cost.changed for one in columns]),
        Line(_("Số người tăng"), [one.cost.gains for one in columns]),
        Line(_("Số người giảm"), [one.cost.losses for one in columns]),
        Line(_("Chi phí tăng một tháng"), [one.cost.month_more.cost for one in columns], signed=True),
        Line(_("Chi phí tăng mười hai tháng"), [one.cost.ahead.cost for one in columns], signed=True),
        Line(_("Chi phí tăng cả thời gian"), [one.cost.more.cost for one in columns], signed=True),
        Line(_("trong đó cơ quan đóng bảo hiểm"), [one.cost.more.employer for one in columns], signed=True),
        Line(_("Thực nhận tăng cả thời gian"), [one.cost.more.net for one in columns], signed=True),
    ]
    for year in years:
        values = [_of_year(column.cost, year) for column in columns]
        lines.append(Line(_("Chi phí tăng năm %(year)s", year=year), values, signed=True))
    if any(one.look.shares for one in columns):
        more = [sum((each.more for each in one.look.shares), ZERO) if one.look.shares else None for one in columns]
        lines.append(Line(_("Quy chế chi: tăng một năm"), more, signed=True))
    if any(one.cost.arrears_months for one in columns):
        lines.append(
            Line(_("Truy lĩnh, truy thu của tháng đã duyệt"), [one.cost.arrears.net for one in columns], signed=True)
        )
    return lines


def _of_year(cost: Cost, year: int) -> Decimal | None:
    found = next((one for one in cost.years if one.year == year), None)
    return None if found is None else (found.after - found.before).cost


def compared_agencies(columns: Sequence[Column]) -> list[tuple[str, list[Decimal | None]]]:
    """Return how much more each agency costs by scenario; only agencies that stand for themselves somewhere."""
    by_agency: list[Mapping[int, Decimal]] = [
        {line.agency_ids[0]: (line.after - line.before).cost for line in one.cost.agencies if len(line.agency_ids) == 1}
        for one in columns
    ]
    ids = {agency_id for one in by_agency for agency_id in one}
    names = queries.names_of(ids)
    rows = [(names.get(agency_id, ""), [one.get(agency_id) for one in by_agency]) for agency_id in names]
    return sorted(rows, key=lambda row: -max((value for value in row[1] if value is not None), default=ZERO))


def scenario_bars(columns: Sequence[Column]) -> list[Bar]:
    """Return bars of how much more twelve months of each scenario cost."""
    return [bar_of(one.name, one.cost.ahead.cost) for one in columns]


def change_bars(columns: Sequence[Column]) -> tuple[list[str], list[StackedBar]]:
    """Return the series and bars of who gains, stays, loses; without scenarios whose counts are kept back."""
    series = [_("Giảm"), _("Không đổi"), _("Tăng")]
    bars = [
        StackedBar(one.name, (one.cost.losses, one.cost.people - one.cost.losses - one.cost.gains, one.cost.gains))
        for one in columns
        if one.cost.losses is not None and one.cost.gains is not None
    ]
    return series, bars
