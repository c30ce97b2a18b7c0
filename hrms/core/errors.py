"""What can go wrong, as types. The web core turns each into a page or a problem document; the CLI into an exit code."""

from __future__ import annotations

from collections.abc import Sequence

from hrms.core.rules import N_, Problem


class HrmsError(Exception):
    """Base of every refusal the program makes on purpose. Nothing was changed when it is raised."""

    status = 400

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems: tuple[Problem, ...] = problems


class Refused(HrmsError):
    """The input breaks one or more rules; all of them are listed."""

    status = 422


class Forbidden(HrmsError):
    """The actor may not do this here."""

    status = 403


class NotFound(HrmsError):
    """There is no such thing, or none that the actor may know of; the two are told apart to nobody."""

    status = 404


class SignInRequired(HrmsError):
    """Nobody is signed in."""

    status = 401


class Stale(HrmsError):
    """Somebody else changed the row since it was read."""

    status = 412

    def __init__(self) -> None:
        super().__init__(
            Problem(
                "version",
                "stale",
                N_("Dữ liệu đã được người khác sửa sau khi bạn mở. Hãy xem lại bản mới rồi nhập lại thay đổi."),
            )
        )


class Busy(HrmsError):
    """Another change of the same record is under way; trying again will do."""

    status = 409


def refuse_if(problems: Sequence[Problem], *, overridden: bool = False) -> None:
    """Raise `Refused` with every blocking problem; `overridden` lets those of severity "override" pass."""
    blocking = [p for p in problems if p.severity == "error" or (p.severity == "override" and not overridden)]
    if blocking:
        raise Refused(*blocking)
