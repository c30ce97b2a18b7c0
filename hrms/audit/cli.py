"""`hrms audit verify`: prove the seals, then seal what is new."""

from __future__ import annotations

from typing import Any

import click

from hrms.audit import services
from hrms.core import console, scope
from hrms.core.actor import Actor
from hrms.core.console import say
from hrms.core.i18n import _


@click.group()
def audit() -> None:
    """Nhật ký: kiểm tra niêm phong."""


@audit.command("verify")
@console.in_app
def verify() -> dict[str, Any]:
    """Kiểm tra niêm phong của nhật ký, rồi niêm phong phần mới; thoát với mã 1 khi có chỗ bị sửa."""
    with scope.everything():
        found = services.verify(Actor.system())
    if found.ok:
        services.seal_daily()
        with scope.everything():
            found = services.verify(Actor.system())
    keys = {
        "events": found.events,
        "seals": found.seals,
        "ok": found.ok,
        "first_bad": found.first_bad,
        "bad_seal": found.bad_seal,
        "head": found.head,
    }
    if not found.ok:
        if found.bad_seal is not None:
            say(
                _(
                    "Niêm phong số %(number)s không khớp với niêm phong trước hoặc với danh sách của nó.",
                    number=found.bad_seal,
                )
            )
        if found.first_bad is not None:
            say(_("Sự kiện số %(number)s đã bị sửa, xóa hoặc chèn ngoài chương trình.", number=found.first_bad))
        return console.refused(keys)
    say(
        _(
            "%(events)s sự kiện trong %(seals)s niêm phong, không chỗ nào bị sửa.",
            events=found.events,
            seals=found.seals,
        )
    )
    if found.head:
        say(_("Mã niêm phong cuối: %(head)s. Hãy chép lại nơi khác để đối chiếu về sau.", head=found.head))
    return keys


COMMANDS = (audit,)
