"""What every page of a record shares: the reading, the head card, the tabs, the crumbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, render_template, request, url_for

from hrms.agencies import queries as agencies
from hrms.core import hooks
from hrms.core.dates import last_day
from hrms.core.errors import Forbidden
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.queries import codes, showing
from hrms.people.queries import record as reading
from hrms.people.queries.record import FactRow, Record
from hrms.people.rules.kinds import IN_SERVICE
from hrms.people.rules.personal_id import mask
from hrms.people.rules.sheet import GROUP_OF, ITEMS
from hrms.people.services.looking import note_views
from hrms.people.services.record_checks import warnings

P = Permission
VIEW = (P.PEOPLE_VIEW, P.SELF_VIEW)
"""Anyone who may see a record; which ones, the database says."""


def read(person_id: int, guard: str = "") -> Record:
    """Return the record at the two clocks of the address; 403 for one that is visible and whose `guard` is not held."""
    as_at, known_on = asked_dates()
    if not actor().is_holder(person_id):
        count_shown([person_id])
    record = reading.get_record(actor(), person_id, as_at, known_on)
    if not record.sees(guard):
        raise Forbidden(Problem("", "forbidden", N_("Tài khoản của bạn không có quyền xem phần này của hồ sơ.")))
    return record


def note(record: Record, guards: Sequence[str]) -> None:
    """Log that guarded groups were looked at; the last thing a page does."""
    seen = [guard for guard in dict.fromkeys(guards) if guard and record.sees(guard)]
    if seen and not record.own:
        with transaction():
            note_views(actor(), record.person, seen)


def page(template: str, record: Record, *, shown_id: str | None = None, **values: Any) -> str:
    """Return a tab of the record; `shown_id` is the whole ID number just revealed."""
    return render_template(template, **_frame(record, shown_id), **values)


def frame(person_id: int) -> dict[str, Any]:
    """Return what `people/_record.html` needs around a tab of another domain, as of today."""
    if not actor().is_holder(person_id):
        count_shown([person_id])
    return _frame(reading.get_record(actor(), person_id))


def _frame(record: Record, shown_id: str | None = None) -> dict[str, Any]:
    return {
        "record": record,
        "person": record.person,
        "head": head(record, shown_id),
        "record_tabs": tabs(record),
        "crumbs": crumbs(record),
        "edits": may_edit(record),
        "records_facts": may_record(record),
    }


def may_edit(record: Record) -> bool:
    """Say whether the page offers changes: with the permission, and looking from now."""
    return record.may(P.PEOPLE_EDIT) and not record.is_past


def may_record(record: Record) -> bool:
    """Say whether the page offers to record decisions."""
    return record.may(P.PEOPLE_FACT) and not record.is_past


def head(record: Record, shown_id: str | None = None) -> dict[str, Any]:
    """Return what the head card shows."""
    person, status = record.person, record.status
    step, retirement, complete = reading.next_step(record), reading.retires(record), reading.complete(record)
    whole = {name: getattr(person, name) for name in ITEMS}
    doubts = [p for p in warnings(whole) if record.sees(GROUP_OF[p.field].guard if p.field in GROUP_OF else "")]
    reveals = not record.own and person.national_id is not None and record.may(P.PEOPLE_REVEAL_ID)
    return {
        "tags": _tags(record),
        "photo": url_for("people.photo", person_id=person.id) if person.photo_hash else None,
        "staff_code": person.staff_code,
        "national_id": mask(person.national_id),
        "shown_id": person.national_id if record.own else shown_id,
        "reveal_url": url_for("people.reveal", person_id=person.id) if reveals else None,
        "position": record.position,
        "post": record.post.values["post_name"] if record.post else "",
        "rank": showing.rank_words(record.rank),
        "rank_name": codes.name("ranks", record.rank.values.get("rank_code")) if record.rank else "",
        "step": step,
        "retirement": retirement,
        "complete": complete,
        "old_data": record.old_data,
        "doubts": doubts,
        "using": record.using.agency_name if record.using else "",
        "unit": person.unit_name,
        "managing": record.managing.agency_name if record.managing else "",
        "serves": status is not None and status.values["status"] in IN_SERVICE,
    }


def _tags(record: Record) -> list[tuple[str, str]]:
    status = record.status
    if status is None:
        return [(_("Chưa bắt đầu công tác") if not record.is_past else _("Chưa có tình trạng vào ngày này"), "warn")]
    tone = {"serving": "ok", "probation": "ok", "suspended": "warn"}.get(status.values["status"], "none")
    tags = [
        (codes.name("statuses", status.values["status"]), tone),
        (codes.name("kinds", status.values["kind"]), "info"),
    ]
    if record.absence is not None:
        if (status.values["status"], record.absence.values["absence_kind"]) == ("suspended", "suspension"):
            del tags[0]  # said once, with its end
        tags.append((_away(record.absence), "warn"))
    seconded = record.one("agency", membership="seconded_in")
    if seconded is not None:
        tags.append((_("Biệt phái: %(agency)s", agency=seconded.agency_name), "warn"))
    return tags


def _away(absence: FactRow) -> str:
    """Return “Nghỉ thai sản đến hết 12/03/2027”, or without an end what is foreseen."""
    kind, end = codes.name("absence_kinds", absence.values["absence_kind"]), last_day(absence.valid_to)
    foreseen = absence.values["expected_until"]
    if end is not None:
        return _("%(kind)s đến hết %(day)s", kind=kind, day=format_date(end))
    return _("%(kind)s, dự kiến đến hết %(day)s", kind=kind, day=format_date(foreseen)) if foreseen else kind


def tabs(record: Record) -> list[dict[str, Any]]:
    """Return the tabs the reader may open, in the form's order, keeping the two clocks of the address."""
    clocks: dict[str, Any] = {name: request.args[name] for name in ("as_at", "known_on") if request.args.get(name)}
    return [
        {
            "label": render(tab.label),
            "url": url_for(tab.endpoint, person_id=record.person.id, **clocks),
            "active": tab.endpoint == request.endpoint or _child_of(tab.endpoint),
        }
        for tab in sorted(hooks.tabs, key=lambda t: t.order)
        if tab.endpoint in current_app.view_functions
        and ((record.own and tab.own) or any(record.may(permission) for permission in tab.permissions))
    ]


def _child_of(endpoint: str) -> bool:
    return endpoint == "people.show" and request.endpoint == "people.reveal"


def crumbs(record: Record, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return the agency's path and what is given after it; an agency links to its list for who may open that."""
    opens = actor().may(P.PEOPLE_VIEW)
    path: list[tuple[str, str | None]] = [
        (place.name, url_for("people.index", agency=place.code or place.id) if opens else None) for place in record.path
    ]
    return [*path, *more]


def below(record: Record, words: str) -> list[tuple[str, str | None]]:
    """Return the crumbs of a page under the record."""
    return crumbs(record, (record.person.full_name, url_for("people.show", person_id=record.person.id)), (words, None))


def agency_options() -> Mapping[str, Any]:
    """Return what a field that chooses an agency needs: its address, words of a value, and matches of words."""
    who = actor()

    def label_of(value: str) -> str | None:
        found = agencies.find_agency(int(value)) if value.isdecimal() else None
        return _agency_words(found) if found else None

    def find(words: str) -> list[tuple[str, str]]:
        return [
            (str(a.id), _agency_words(a)) for a in agencies.list_choices(who, words, permissions=(P.AGENCIES_VIEW,))
        ]

    known = "agencies.choices" in current_app.view_functions
    return {"source": url_for("agencies.choices") if known else "", "label_of": label_of, "find": find}


def _agency_words(agency: Any) -> str:
    return f"{agency.name} ({agency.code})" if agency.code else str(agency.name)
