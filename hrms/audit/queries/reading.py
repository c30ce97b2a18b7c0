"""An event as a reader may see it: the one place where guarded values are hidden, and where events get words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import has_request_context

from hrms.audit.models import AuditEvent
from hrms.core import hooks
from hrms.core.actor import EVERYTHING, Actor
from hrms.core.db import db
from hrms.core.formats import format_date
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission

HIDDEN = "••••"
"""What stands for a value the reader may not see; in both languages, and in exports and the API too."""
_LAST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """An event in the reader's words and within the reader's rights; `before` and `after` are masked already."""

    id: int
    at: datetime
    actor: str
    account_id: int | None
    via: str
    action: str
    entity: str
    entity_id: int | None
    person_id: int | None
    agency: str
    sentence: str
    changes: Sequence[tuple[str, str | None, str | None]]
    reason: str | None
    request_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    url: str | None

    @property
    def is_change(self) -> bool:
        """Say whether there was something before: a look, an export or a new record has only its particulars."""
        return self.before is not None


def masked(
    actor: Actor, entity: str, values: Mapping[str, Any] | None, scope_ids: Sequence[int]
) -> dict[str, Any] | None:
    """Return `values` without what the reader may not see over `scope_ids`.

    `hooks.guarded_fields` says which permission opens a field: by its name, by `<entity>.<name>`, or `<entity>.*` for
    all of a record; at any depth. An identity number shows its last digits to everyone: seeing the whole is a reveal
    of its own, which is logged.
    """
    if values is None:
        return None
    return {name: _guarded(actor, entity, name, value, scope_ids) for name, value in values.items()}


def _guarded(actor: Actor, entity: str, name: str, value: Any, scope_ids: Sequence[int]) -> Any:
    fields = hooks.guarded_fields
    needed = fields.get(f"{entity}.{name}") or fields.get(name) or fields.get(f"{entity}.*")
    if needed is None or value is None:
        return _inside(actor, entity, value, scope_ids)
    if needed is Permission.PEOPLE_REVEAL_ID:
        text = str(value)
        return "*" * max(len(text) - _LAST_SHOWN, 0) + text[-_LAST_SHOWN:] if len(text) > _LAST_SHOWN else HIDDEN
    return _inside(actor, "", value, scope_ids) if actor.may(needed, at=scope_ids) else HIDDEN


def _inside(actor: Actor, entity: str, value: Any, scope_ids: Sequence[int]) -> Any:
    if isinstance(value, Mapping):
        return {name: _guarded(actor, entity, name, part, scope_ids) for name, part in value.items()}
    if isinstance(value, list):
        return [_inside(actor, entity, part, scope_ids) for part in value]
    return value


# Whose record it is stands in a table of a domain above this one; row security answers by the reader's own scope.
_STILL_SEEN = sa.text(
    "SELECT wanted.id FROM unnest(CAST(:ids AS bigint[])) AS wanted(id)"
    " WHERE EXISTS (SELECT 1 FROM people p WHERE p.id = wanted.id)"
    " OR EXISTS (SELECT 1 FROM agencies a WHERE a.parent_id IS NULL AND a.id = ANY (CAST(:roots AS bigint[])))"
)


def gone_from(actor: Actor, events: Sequence[AuditEvent]) -> frozenset[int]:
    """Return the people of some events whom the reader no longer sees: who left their part of the tree.

    Whoever reads the whole tree also sees what was done to records that were taken away again.
    """
    named = {event.person_id for event in events if event.person_id is not None}
    if not named or EVERYTHING in (roots := actor.scope(Permission.AUDIT_VIEW)):
        return frozenset()
    return frozenset(named.difference(db.session.scalars(_STILL_SEEN, {"ids": sorted(named), "roots": list(roots)})))


def shown(actor: Actor, event: AuditEvent, gone: Collection[int] = ()) -> Shown:
    """Return the event as the reader may see it, with its sentence.

    Of people in `gone` (see `gone_from`) it is told that something was done, when and by whom, not what: an agency
    left behind sees nothing of the file any more.
    """
    if event.person_id is not None and event.person_id in gone:
        return Shown(
            id=event.id, at=event.at, actor=event.actor_name, account_id=event.account_id, via=event.via,
            action=event.action, entity=event.entity, entity_id=event.entity_id, person_id=event.person_id,
            agency=event.agency_name, sentence=_("làm việc với một hồ sơ nay ngoài phạm vi của bạn"), changes=(),
            reason=None, request_id=event.request_id, before=None, after=None, url=None,
        )  # fmt: skip
    before = masked(actor, event.entity, event.before, event.scope_ids)
    after = masked(actor, event.entity, event.after, event.scope_ids)
    row = {
        "id": event.id, "action": event.action, "entity": event.entity, "entity_id": event.entity_id,
        "person_id": event.person_id, "agency_name": event.agency_name, "before": before, "after": after,
        "reason": event.reason,
    }  # fmt: skip
    link = hooks.entity_links.get(event.entity)
    return Shown(
        id=event.id,
        at=event.at,
        # Without an account it is the program itself or nobody known: words of ours, kept as they are marked.
        actor=event.actor_name if event.account_id is not None else render(event.actor_name),
        account_id=event.account_id,
        via=event.via,
        action=event.action,
        entity=event.entity,
        entity_id=event.entity_id,
        person_id=event.person_id,
        agency=event.agency_name,
        sentence=sentence(row),
        changes=_changes(before, after),
        reason=event.reason,
        request_id=event.request_id,
        before=before,
        after=after,
        url=link(event.entity_id) if link and event.entity_id is not None and has_request_context() else None,
    )


def sentence(row: Mapping[str, Any]) -> str:
    """Return the sentence of an event; one that nobody registered says its action's name."""
    say = hooks.sentences.get(str(row["action"]))
    return say(row) if say is not None else _("thực hiện “%(action)s”", action=row["action"])


def _changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, str | None, str | None]]:
    old, new = before or {}, after or {}
    # A dated fact names its kind; fields of one name, such as the coefficient of a post and of a rank, are told apart.
    kind = str(new.get("fact") or old.get("fact") or "")
    names = [*old, *(name for name in new if name not in old)]
    if "decision" in names:  # its number says more than its id
        names = [name for name in names if not name.endswith("decision_id")]
    return [
        (label_of(name, kind), value_of(name, old.get(name), kind), value_of(name, new.get(name), kind))
        for name in names
        # What is the same before and after is there for context only; two hidden values have changed all the same.
        if name not in old or name not in new or old[name] != new[name] or old[name] == HIDDEN
    ]


def label_of(name: str, kind: str = "") -> str:
    """Return the words of a field, those of `<kind>.<name>` first; its name when nobody gave it any."""
    words = hooks.field_labels.get(f"{kind}.{name}") or hooks.field_labels.get(name)
    return render(words) if words else name


def value_of(name: str, value: Any, kind: str = "") -> str | None:
    """Return a value as people write it, as a field of `kind` where there is one; None for nothing."""
    if value is None or value == "" or value in ([], {}):
        return None
    if value == HIDDEN:
        return HIDDEN
    show = hooks.field_values.get(f"{kind}.{name}") or hooks.field_values.get(name)
    if show is not None and not isinstance(value, Mapping | list):
        return show(value)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping):
        parts = ((label_of(key), value_of(key, part)) for key, part in value.items())
        return "; ".join(f"{label}: {part}" for label, part in parts if part is not None) or None
    if isinstance(value, list):
        return " | ".join(part for part in (value_of(name, one) for one in value) if part is not None) or None
    return _date_or_text(str(value))


def _date_or_text(text: str) -> str:
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return format_date(date.fromisoformat(text))
        except ValueError:
            return text
    return text
