"""Every way to stand to the sheet of one official of the tests' province, as actors."""

from __future__ import annotations

from decimal import Decimal

from hrms.core import scope
from hrms.core.actor import Actor
from hrms.core.permissions import Permission, Role
from tests.performance.making import GENERAL_27_5, add_holder
from tests.province import Province

WHO, HEAD, OTHER = "Nguyễn Văn Hùng", "Lý Thị Cẩm", "Nguyen Van Hung"
GENERAL = {code: Decimal(value) for code, value in GENERAL_27_5.items()}


def enters(actor: Actor) -> Actor:
    """Let the session see what the actor's sheet pages may."""
    scope.enter_for(
        actor, Permission.PERFORMANCE_VIEW, Permission.PERFORMANCE_MANAGE, Permission.PERFORMANCE_SCORE,
        Permission.SELF_VIEW,
    )  # fmt: skip
    return actor


def roles(province: Province) -> dict[str, Actor]:
    """Return every way to stand to the sheet of WHO, who works in B1."""
    return {
        "self": province.actor("canbo"),
        "head of the division": add_holder(province, "truongphong", Role.HEAD, "B1", HEAD),
        "delegate for all": add_holder(province, "thay", Role.DELEGATE, "B1", capacity="KT."),
        "delegate for scoring": add_holder(
            province, "thaycham", Role.DELEGATE, "B1", capacity="KT.", actions=["score"]
        ),
        "delegate for else": add_holder(
            province, "thaykhac", Role.DELEGATE, "B1", capacity="KT.", actions=["transfer"]
        ),
        "head of the agency": province.actor("thutruong"),
        "head of the province": province.actor("chutich"),
        "colleague": add_holder(province, "dongnghiep", Role.OFFICIAL, "B", OTHER),
        "HR of the agency": province.actor("tochuc"),
        "HR of the province": province.actor("sonoivu"),
        "inspector": add_holder(province, "thanhtrab", Role.INSPECTOR, "B"),
        "clerk": province.actor("vanthu"),
        "administrator": province.actor("admin"),
    }
