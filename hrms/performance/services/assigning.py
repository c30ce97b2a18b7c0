"""Products given to people: one or many, copied from the period before, taken over, accepted, refused, dropped.

By HR or a head over the sheet's agency, or whoever scores the sheet; nobody gives work to themself. NĐ 335/2025/NĐ-CP
Đ13–Đ14, Đ18.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from hrms.audit import services as audit
from hrms.core import clock
from hrms.core.actor import Actor, missing
from hrms.core.db import db
from hrms.core.errors import Refused, refuse_if
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.performance.models import ProductCatalogue, WorkItem, WorkObjective, WorkProduct
from hrms.performance.rules.objectives import ObjectiveState
from hrms.performance.rules.work import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    ItemKind,
    ItemState,
    amount_problems,
    drop_problems,
    due_problems,
    units_of,
)
from hrms.performance.services import reckoning
from hrms.performance.services.holding import (
    Held,
    hold_to_write,
    item_of,
    lock_item,
    note,
    told,
    touch,
)

MOST_ROWS = 60_000
"""Rows of one giving: more is a slip, not a plan."""
LINES_MOST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A product to give: from a catalogue (`product_id` alone says what it is), or in words with its own factor.

    `factor` is converted units of one piece; `quantity` pieces; `due_on` a day of the period.
    """

    quantity: Decimal = Decimal(1)
    product_id: int | None = None
    objective_id: int | None = None
    title: str = ""
    code: str | None = None
    output: str | None = None
    factor: Decimal | None = None
    kind: ItemKind = ItemKind.ASSIGNED
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem(Line):
    """A product for one sheet."""

    sheet_id: int


# What the sheets have is read once, by their ids: the plan never reads the whole table, however long it has grown.
_INSERT = """
WITH have AS MATERIALIZED (
  SELECT sheet_id, kind, title, product_id FROM work_items WHERE sheet_id = ANY (:sheets) AND state = 'given'
)
INSERT INTO work_items (sheet_id, person_id, product_id, objective_id, code, title, output, kind, state, quantity,
  units, due_on, reported, progress, failed_checks, late_count, recorded_by)
SELECT s.id, s.person_id, l.product_id, l.objective_id, l.code, l.title, l.output, l.kind, 'given', l.quantity,
  l.units, l.due_on, 'open', 0, 0, 0, :by
FROM score_sheets s JOIN unnest(CAST(:sheet AS bigint[]), CAST(:product_id AS bigint[]),
  CAST(:objective_id AS bigint[]), CAST(:code AS text[]), CAST(:title AS text[]), CAST(:output AS text[]),
  CAST(:kind AS text[]), CAST(:quantity AS numeric[]), CAST(:units AS numeric[]), CAST(:due_on AS date[]))
  WITH ORDINALITY AS l(sheet, product_id, objective_id, code, title, output, kind, quantity, units, due_on, place)
  ON {match}
WHERE s.id = ANY (:sheets) {new}
ORDER BY s.id, l.place
RETURNING id, sheet_id, units
"""
# Who has the product already is left out, so that giving a unit its products twice gives them once.
_NEW = """AND NOT EXISTS (SELECT 1 FROM have w WHERE w.sheet_id = s.id AND w.kind = l.kind AND w.title = l.title
  AND w.product_id IS NOT DISTINCT FROM l.product_id)"""


def give(actor: Actor, items: Sequence[NewItem]) -> list[int]:
    """Give products, each to its sheet, in one statement; the ids made. Raises `Refused` with every reason."""
    if not items:
        return []
    held = hold_to_write(actor, {one.sheet_id for one in items})
    problems, lines = _settled(items, [held[one.sheet_id] for one in items])
    refuse_if(problems)
    made = _insert(actor, "l.sheet = s.id", lines, [one.sheet_id for one in items], list(held))
    _after(actor, held, made)
    return [row.id for row in made]


def give_many(actor: Actor, sheet_ids: Collection[int], lines: Sequence[Line], *, again: bool = False) -> list[int]:
    """Give every product to every sheet in one statement; returns the ids made.

    Whoever has the same product of the same kind already is passed over unless `again`. Raises `Refused`.
    """
    wanted = sorted(set(sheet_ids))
    problems = []
    if not wanted:
        problems.append(Problem("person", "nobody", N_("Chưa chọn ai. Hãy đánh dấu người được giao.")))
    if not lines:
        problems.append(Problem("line", "nothing", N_("Chưa chọn sản phẩm nào. Hãy ghi số lượng ở sản phẩm cần giao.")))
    if len(wanted) * len(lines) > MOST_ROWS or len(lines) > LINES_MOST:
        words = N_("Giao %(rows)s sản phẩm một lần là quá nhiều (nhiều nhất %(most)s). Hãy chia thành nhiều lần.")
        problems.append(Problem("person", "too_many", words, {"rows": len(wanted) * len(lines), "most": MOST_ROWS}))
    refuse_if(problems)
    held = hold_to_write(actor, wanted)
    found, settled = _settled(lines, list(held.values()), each=True)
    refuse_if(found)
    made = _insert(actor, "true", settled, [None] * len(settled), wanted, new="" if again else _NEW)
    _after(actor, held, made)
    return [row.id for row in made]


def _insert(
    actor: Actor, match: str, lines: Sequence[Line], of: Sequence[int | None], wanted: Sequence[int], new: str = ""
) -> Sequence[Any]:
    values: dict[str, Any] = {
        name: [getattr(one, name) for one in lines]
        for name in ("product_id", "objective_id", "code", "title", "output", "quantity", "due_on")
    }
    values |= {
        "kind": [one.kind.value for one in lines], "sheet": list(of), "sheets": list(wanted), "by": actor.account_id,
        "units": [units_of(one.quantity, one.factor or Decimal(0)) for one in lines],
    }  # fmt: skip
    return db.session.execute(text(_INSERT.format(match=match, new=new)), values).all()


def _after(actor: Actor, held: Mapping[int, Held], made: Sequence[Any]) -> None:
    """Reckon the sheets again and write one event for each."""
    sums: dict[int, tuple[int, Decimal]] = {}
    for row in made:
        count, units = sums.get(row.sheet_id, (0, Decimal(0)))
        sums[row.sheet_id] = count + 1, units + row.units
    audit.record_many(
        actor, "work_item.given", "sheet",
        [
            {
                "entity_id": sheet_id, "person_id": held[sheet_id].sheet.person_id,
                "scope_ids": held[sheet_id].scope_ids, "after": {"items": count, "units": str(units)},
            }
            for sheet_id, (count, units) in sums.items()
        ],
    )  # fmt: skip
    if sums:
        reckoning.refresh(sorted(sums))


def _settled(
    lines: Sequence[Line], places: Sequence[Held], *, each: bool = False
) -> tuple[list[Problem], list[Line]]:  # fmt: skip
    """Return what is wrong with lines, and the lines with what the catalogue says; three statements at the most.

    `places` are the sheets of the lines one by one, or with `each` those that get every line.
    """
    products = _products({one.product_id for one in lines if one.product_id is not None})
    objectives = _objectives({one.objective_id for one in lines if one.objective_id is not None})
    # Many people share few agencies and periods, so each of these is judged once.
    kinds = {(tuple(one.agency_path), one.period.id if one.period else None): one for one in places}
    problems, settled = [], []
    for number, line in enumerate(lines):
        spots = list(kinds.values()) if each else [places[number]]
        one, found = _settle(line, spots, products, objectives)
        problems += [replace(problem, field=f"line-{number}-{problem.field}") for problem in found] if each else found
        settled.append(one)
    return problems, settled


def settle_one(line: Line, held: Held) -> Line:
    """Return a line for one sheet with what the catalogue says of its product. Raises `Refused`."""
    problems, settled = _settled([line], [held])
    refuse_if(problems)
    return settled[0]


def _settle(
    line: Line, spots: Iterable[Held], products: Mapping[int, Any], objectives: Mapping[int, WorkObjective]
) -> tuple[Line, list[Problem]]:
    problems: list[Problem] = []
    paths = [one.agency_path for one in spots]
    if line.kind is ItemKind.TAKEN_OVER:
        problems.append(Problem("kind", "taken_over", N_("Việc nhận thay được ghi từ sản phẩm của người được thay.")))
    if line.product_id is not None:
        row = products.get(line.product_id)
        if row is None or not all(row.agency_id in path for path in paths):
            words = N_("Sản phẩm đã chọn không có trong danh mục được duyệt của cơ quan. Hãy chọn lại trong danh mục.")
            problems.append(Problem("product_id", "unknown_product", words))
            return line, problems
        line = replace(line, title=row.title, code=row.code, output=row.output, factor=row.factor)
    else:
        line = replace(
            line, title=nfc(line.title)[:TITLE_LENGTH], output=nfc(line.output or "")[:TEXT_LENGTH] or None,
            code=nfc(line.code or "")[:50] or None,
        )  # fmt: skip
        if not line.title:
            words = N_("Chưa ghi tên sản phẩm, công việc. Hãy chọn trong danh mục hoặc ghi tên.")
            problems.append(Problem("title", "required", words))
    if line.objective_id is not None:
        objective = objectives.get(line.objective_id)
        if objective is None or not all(objective.agency_id in path for path in paths):
            words = N_("Mục tiêu đã chọn chưa được duyệt hoặc không phải của cơ quan này. Hãy chọn lại mục tiêu.")
            problems.append(Problem("objective_id", "unknown_objective", words))
    problems += amount_problems(line.quantity, line.factor)
    for one in spots:
        if found := due_problems(line.due_on, *_days(one)):
            problems += found
            break
    return line, problems


def _days(held: Held) -> tuple[date | None, date | None]:
    return (held.period.starts_on, held.period.ends_on) if held.period else (None, None)


def _products(ids: set[int]) -> dict[int, Any]:
    if not ids:
        return {}
    query = (
        select(
            WorkProduct.id, WorkProduct.code, WorkProduct.task, WorkProduct.detail, WorkProduct.output,
            WorkProduct.factor, ProductCatalogue.agency_id,
        )
        .join(ProductCatalogue, ProductCatalogue.id == WorkProduct.catalogue_id)
        .where(WorkProduct.id.in_(ids), WorkProduct.state == "active", ProductCatalogue.state == "approved")
    )  # fmt: skip
    return {row.id: _Product(row.agency_id, row.code, title_of(row), row.output, row.factor)
            for row in db.session.execute(query)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Product:
    agency_id: int
    code: str
    title: str
    output: str | None
    factor: Decimal


def title_of(product: Any) -> str:
    """Return the words a product of a catalogue is given with: its task, and the part of it when that is said."""
    words = f"{product.task}: {product.detail}" if product.detail else str(product.task)
    return words[:TITLE_LENGTH]


def _objectives(ids: set[int]) -> dict[int, WorkObjective]:
    if not ids:
        return {}
    query = select(WorkObjective).where(
        WorkObjective.id.in_(ids), WorkObjective.state == ObjectiveState.APPROVED.value
    )  # fmt: skip
    return {one.id: one for one in db.session.scalars(query)}


_COPY = text("""
WITH have AS MATERIALIZED (
  SELECT sheet_id, title, product_id FROM work_items WHERE sheet_id = ANY (:sheets) AND state = 'given'
    AND kind = 'assigned'
)
INSERT INTO work_items (sheet_id, person_id, product_id, objective_id, code, title, output, kind, state, quantity,
  units, due_on, reported, progress, failed_checks, late_count, recorded_by)
SELECT s.id, s.person_id, w.product_id, o.id, w.code, w.title, w.output, 'assigned', 'given', w.quantity, w.units,
  least(w.due_on + (s_p.starts_on - b_p.starts_on), s_p.ends_on - 1), 'open', 0, 0, 0, :by
FROM score_sheets s
JOIN scoring_periods s_p ON s_p.id = s.period_id
JOIN score_sheets b ON b.person_id = s.person_id AND b.kind = s.kind AND b.superseded_at IS NULL
  AND (b.year, b.number) = (CASE WHEN s.number > 1 THEN s.year ELSE s.year - 1 END,
    CASE WHEN s.number > 1 THEN s.number - 1 WHEN s.kind = 'month' THEN 12 ELSE 4 END)
JOIN scoring_periods b_p ON b_p.id = b.period_id
JOIN work_items w ON w.sheet_id = b.id AND w.kind = 'assigned' AND w.state = 'given'
LEFT JOIN work_objectives o ON o.id = w.objective_id AND o.state = 'approved' AND o.year = s.year
WHERE s.id = ANY (:sheets)
  AND (w.product_id IS NULL OR EXISTS (SELECT 1 FROM work_products p JOIN product_catalogues c ON c.id = p.catalogue_id
    WHERE p.id = w.product_id AND p.state = 'active' AND c.state = 'approved'))
  AND NOT EXISTS (SELECT 1 FROM have t WHERE t.sheet_id = s.id AND t.title = w.title
    AND t.product_id IS NOT DISTINCT FROM w.product_id)
ORDER BY s.id, w.id
RETURNING id, sheet_id, units
""")


def copy_last(actor: Actor, sheet_ids: Collection[int]) -> list[int]:
    """Give people what they were given at the start of the period before, in one statement; returns the ids made.

    Left out: what they have already, and products whose catalogue no longer holds. Due days move with the period.
    """
    if not sheet_ids:
        raise Refused(Problem("person", "nobody", N_("Chưa chọn ai. Hãy đánh dấu người được giao.")))
    held = hold_to_write(actor, sheet_ids)
    made = db.session.execute(_COPY, {"sheets": sorted(held), "by": actor.account_id}).all()
    _after(actor, held, made)
    return [row.id for row in made]


_TAKEN = text("""
SELECT coalesce(sum(w.quantity), 0) FROM work_items w JOIN score_sheets s ON s.id = w.sheet_id
WHERE w.from_person_id = :person AND w.kind = 'taken_over' AND w.state = 'given' AND w.title = :title
  AND w.product_id IS NOT DISTINCT FROM CAST(:product AS bigint) AND s.superseded_at IS NULL
  AND s.year = :year AND s.kind = :kind AND s.number = :number
""")


def take_over(
    actor: Actor, item_id: int, to_sheet_id: int, *, quantity: Decimal | None = None, due_on: date | None = None,
    reason: str = "",
) -> int:  # fmt: skip
    """Give somebody's product, or so many pieces of it, to another of the same period; returns the new item's id.

    The product stays in the first one's U (Đ18 k1d) and adds to the other's numerator only. Raises `Refused`.
    """
    before = item_of(item_id)
    held = hold_to_write(actor, {before.sheet_id, to_sheet_id})
    item, giver, taker = lock_item(item_id, None), held[before.sheet_id], held[to_sheet_id]
    wanted, why = item.quantity if quantity is None else quantity, nfc(reason)[:TEXT_LENGTH]
    problems = _take_over_problems(item, giver, taker, wanted)
    factor = item.units / item.quantity
    problems += [] if problems else amount_problems(wanted, factor.quantize(Decimal("0.0001")))
    problems += due_problems(due_on, *_days(taker))
    if not why:
        text_ = N_("Chưa ghi lý do nhận thay. Hãy ghi vì sao người được giao không làm.")
        problems.append(Problem("reason", "required", text_))
    refuse_if(problems)
    made = WorkItem(
        sheet_id=to_sheet_id, person_id=taker.sheet.person_id, product_id=item.product_id,
        objective_id=item.objective_id, code=item.code, title=item.title, output=item.output,
        kind=ItemKind.TAKEN_OVER.value, state=ItemState.GIVEN.value, quantity=wanted,
        units=(item.units * wanted / item.quantity).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP"),
        due_on=due_on, from_person_id=item.person_id, reported="open", progress=0, failed_checks=0, late_count=0,
        note=why, recorded_by=actor.account_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    note(actor, "taken_over", taker, made, after={**told(made), "from_person": giver.person}, reason=why)
    note(actor, "handed_over", giver, item, after={"quantity": wanted, "to_person": taker.person}, reason=why)
    reckoning.refresh([to_sheet_id])
    return made.id


def _take_over_problems(item: WorkItem, giver: Held, taker: Held, wanted: Decimal) -> list[Problem]:
    first, second = giver.sheet, taker.sheet
    if first.person_id == second.person_id:
        return [Problem("to", "same_person", N_("Người nhận thay là chính người được giao. Hãy chọn người khác."))]
    if (first.year, first.kind, first.number) != (second.year, second.kind, second.number):
        text_ = N_("Phiếu của người nhận thay không cùng kỳ. Hãy chọn người có phiếu của kỳ này.")
        return [Problem("to", "other_period", text_)]
    if item.state != ItemState.GIVEN or item.done:
        text_ = N_("Sản phẩm chưa được giao, đã rút hoặc đã được xác nhận hoàn thành nên không nhận thay được.")
        return [Problem("", "not_open", text_)]
    key = {
        "person": item.person_id, "title": item.title, "product": item.product_id, "year": first.year,
        "kind": first.kind, "number": first.number,
    }  # fmt: skip
    left = item.quantity - Decimal(db.session.execute(_TAKEN, key).scalar_one())
    if wanted > left:
        text_ = N_("Số lượng nhận thay là %(wanted)s, sản phẩm này chỉ còn %(left)s. Hãy nhập số không lớn hơn.")
        return [Problem("quantity", "more_than_left", text_, {"wanted": wanted, "left": left})]
    return []


def drop(actor: Actor, item_id: int, reason: str, version: int | None = None) -> None:
    """Take a product out with a reason: from the start only before the period began. Raises `Refused`, `Stale`."""
    held, item = _held_item(actor, item_id, version)
    why = nfc(reason)[:TEXT_LENGTH]
    starts_on, _ends_on = _days(held)
    state = ItemState(item.state)
    refuse_if(drop_problems(ItemKind(item.kind), state, starts_on, clock.today(), why, done=item.done))
    item.state, item.note = ItemState.DROPPED.value, why
    touch(item)
    note(actor, "dropped", held, item, after=told(item), reason=why)
    reckoning.refresh([item.sheet_id])


def accept(
    actor: Actor, item_id: int, version: int | None = None, *, kind: ItemKind | None = None,
    quantity: Decimal | None = None, factor: Decimal | None = None, due_on: date | None = None,
) -> None:  # fmt: skip
    """Give what somebody proposed, as proposed or with other figures. Raises `Refused`, `Stale`, `Forbidden`."""
    held, item = _held_item(actor, item_id, version)
    refuse_if(_not_proposed(item))
    proposed = told(item)
    amount = item.quantity if quantity is None else quantity
    each = factor if factor is not None else (item.units / item.quantity).quantize(Decimal("0.0001"))
    when = due_on or item.due_on
    problems = [*amount_problems(amount, each), *due_problems(when, *_days(held))]
    if kind is ItemKind.TAKEN_OVER:
        problems.append(Problem("kind", "taken_over", N_("Việc nhận thay được ghi từ sản phẩm của người được thay.")))
    refuse_if(problems)
    if factor is not None or quantity is not None:
        item.quantity, item.units = amount, units_of(amount, each)
    item.kind, item.due_on = (kind or ItemKind(item.kind)).value, when
    item.state = ItemState.GIVEN.value
    touch(item)
    old, new = audit.changed(proposed, told(item))
    note(actor, "accepted", held, item, before=old, after=new)
    reckoning.refresh([item.sheet_id])


def refuse(actor: Actor, item_id: int, reason: str, version: int | None = None) -> None:
    """Refuse what somebody proposed, saying why. Raises `Refused`, `Stale`, `Forbidden`."""
    held, item = _held_item(actor, item_id, version)
    why = nfc(reason)[:TEXT_LENGTH]
    problems = _not_proposed(item)
    if not why:
        text_ = N_("Chưa ghi lý do không đồng ý. Hãy ghi để người đề xuất biết.")
        problems.append(Problem("reason", "required", text_))
    refuse_if(problems)
    item.state, item.note = ItemState.REFUSED.value, why
    touch(item)
    note(actor, "refused", held, item, reason=why)
    reckoning.refresh([item.sheet_id])


def _not_proposed(item: WorkItem) -> list[Problem]:
    if item.state == ItemState.PROPOSED:
        return []
    return [Problem("", "not_proposed", N_("Đề xuất này đã được trả lời hoặc đã rút. Hãy tải lại trang."))]


def _held_item(actor: Actor, item_id: int, version: int | None) -> tuple[Held, WorkItem]:
    sheet_id = item_of(item_id).sheet_id
    held = hold_to_write(actor, [sheet_id])[sheet_id]
    found = lock_item(item_id, version)
    if found.sheet_id != sheet_id:
        raise missing("item")
    return held, found
