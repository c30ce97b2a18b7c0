"""What a proposal says, brought into the form it is kept in: JSON values by field name, each checked by its type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hrms.agencies import queries as agencies
from hrms.core.rules import N_, Problem
from hrms.core.text import nfc
from hrms.decisions import queries
from hrms.decisions.kinds import Field, Kind

LONGEST = {"text": 500, "long_text": 4000}
MONTHS_MOST = 600


@dataclass(slots=True)
class Read:
    """The values in their kept form: once for the list, and each person's own; with all that is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    own: dict[int, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def address(name: str, person_id: int | None = None) -> str:
    """Return the name by which a problem points at a field: `values.<name>` or `people.<id>.<name>`."""
    return f"values.{name}" if person_id is None else f"people.{person_id}.{name}"


def read(
    kind: Kind,
    values: Mapping[str, Any],
    own: Mapping[int, Mapping[str, Any]],
    person_ids: Sequence[int],
    *,
    required: bool = True,
) -> Read:
    """Return what was given in its kept form: dates ISO, agencies and decisions as ids that exist.

    `required` as False lets fields stay empty, for a preview. At most two statements, and one for each field of the
    type `record`, whatever the number of people.
    """
    given: list[tuple[Field, int | None, Any]] = [
        (f, None, values.get(f.name)) for f in kind.fields if not f.per_person
    ]
    given += [
        (f, person_id, own.get(person_id, {}).get(f.name))
        for f in kind.fields
        if f.per_person
        for person_id in person_ids
    ]
    found = Read(own={person_id: {} for person_id in person_ids})
    _unknown(kind, values, own, found)
    known_agencies = agencies.names(_ids(given, "agency"))
    known_decisions = queries.references(_ids(given, "decision"))
    offered: dict[str, frozenset[str]] = {}
    recorded: dict[str, Collection[int]] = {}
    for one, person_id, raw in given:
        place = address(one.name, person_id)
        if raw is None or (isinstance(raw, str) and not raw.strip()) or (one.type == "yes_no" and raw is False):
            if required and one.required and one.type != "yes_no":
                text = N_("%(label)s còn trống. Hãy nhập mục này.")
                found.problems.append(Problem(place, "required", text, {"label": one.label}))
            value = False if one.type == "yes_no" else None
        else:
            if one.choices is not None and one.name not in offered:
                offered[one.name] = frozenset(code for code, _words in one.choices())
            if one.records is not None and one.name not in recorded:
                recorded[one.name] = one.records.names(_ids(given, "record", one.name))
            tables: dict[str, Collection[int]] = {"agency": known_agencies, "decision": known_decisions}
            known = tables.get(one.type, recorded.get(one.name))
            value, problem = _value(one, raw, known, offered.get(one.name))
            if problem is not None:
                code, text = problem
                params = {"label": one.label, "value": str(raw)[:80]}
                found.problems.append(Problem(place, code, text, params))
        target = found.values if person_id is None else found.own[person_id]
        if value is not None:
            target[one.name] = value
    return found


def _unknown(kind: Kind, values: Mapping[str, Any], own: Mapping[int, Mapping[str, Any]], found: Read) -> None:
    """Refuse a value the kind has no field for: dropped in silence it would be missed on the paper."""
    text = N_("Loại quyết định này không có mục “%(name)s”. Hãy bỏ mục đó.")
    listed = {f.name for f in kind.fields if not f.per_person}
    each = {f.name for f in kind.fields if f.per_person}
    for name in values:
        if name not in listed:
            found.problems.append(Problem(address(name), "unknown_field", text, {"name": str(name)[:80]}))
    for person_id, mine in own.items():
        for name in mine:
            if name not in each:
                found.problems.append(
                    Problem(address(name, person_id), "unknown_field", text, {"name": str(name)[:80]})
                )


def _ids(given: Sequence[tuple[Field, int | None, Any]], kind: str, name: str | None = None) -> set[int]:
    return {
        number
        for one, _person, raw in given
        if one.type == kind and name in {None, one.name} and (number := _whole(raw)) is not None
    }


def _whole(raw: Any) -> int | None:
    if isinstance(raw, bool):
        return None
    text = str(raw).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


_NOT_A_DATE = N_("%(label)s: “%(value)s” không phải là ngày. Hãy ghi dạng 01/07/2026.")
_NOT_MONTHS = N_("%(label)s: “%(value)s” không phải số tháng từ 1 đến 600.")
_NOT_AN_AGENCY = N_("%(label)s: không có cơ quan “%(value)s”. Hãy chọn trong danh sách.")
_NOT_A_DECISION = N_("%(label)s: không thấy quyết định “%(value)s” trong phạm vi của bạn. Hãy chọn trong danh sách.")
_NOT_A_RECORD = N_("%(label)s: không có “%(value)s” trong phạm vi của bạn. Hãy chọn trong danh sách.")
_UNKNOWN = {"agency": _NOT_AN_AGENCY, "decision": _NOT_A_DECISION, "record": _NOT_A_RECORD}
_NOT_OFFERED = N_("%(label)s: “%(value)s” không có trong danh sách. Hãy chọn lại.")
_TOO_LONG = N_("%(label)s: nội dung quá dài. Hãy rút gọn.")
_NOT_YES_NO = N_("%(label)s: “%(value)s” không phải là có hay không.")

_Answer = tuple[Any, tuple[str, str] | None]


def _value(
    one: Field,
    raw: Any,
    known: Collection[int] | None,
    offered: frozenset[str] | None,
) -> _Answer:
    """Return the kept form, or None and what is wrong as (code, sentence); `known` are the ids that may be named."""
    if known is not None:
        number = _whole(raw)
        return (number, None) if number is not None and number in known else (None, ("unknown", _UNKNOWN[one.type]))
    if offered is not None:
        return (str(raw), None) if str(raw) in offered else (None, ("not_offered", _NOT_OFFERED))
    return _READERS.get(one.type, _text)(raw, one.type)


def _day(raw: Any, _type: str) -> _Answer:
    if isinstance(raw, date):
        return raw.isoformat(), None
    try:
        return date.fromisoformat(str(raw).strip()).isoformat(), None
    except ValueError:
        return None, ("not_a_date", _NOT_A_DATE)


def _months(raw: Any, _type: str) -> _Answer:
    number = _whole(raw)
    return (number, None) if number and number <= MONTHS_MOST else (None, ("not_months", _NOT_MONTHS))


def _yes_no(raw: Any, _type: str) -> _Answer:
    if isinstance(raw, bool):
        return raw, None
    said = {"1": True, "true": True, "y": True, "0": False, "false": False}.get(str(raw).strip().lower())
    return (said, None) if said is not None else (None, ("not_yes_no", _NOT_YES_NO))


def _text(raw: Any, of: str) -> _Answer:
    # Long text keeps its lines.
    words = "\n".join(nfc(line) for line in str(raw).splitlines()).strip() if of == "long_text" else nfc(str(raw))
    return (words, None) if len(words) <= LONGEST.get(of, 500) else (None, ("too_long", _TOO_LONG))


_READERS: dict[str, Callable[[Any, str], _Answer]] = {
    "date": _day, "months": _months, "yes_no": _yes_no, "text": _text, "long_text": _text,
}  # fmt: skip
