"""What is owed registers: when it is made again, its lines of the calendar, its check, its conditions of papers."""

from __future__ import annotations

from collections.abc import Sequence

from hrms.core import clock, hooks, jobs
from hrms.core.rules import N_
from hrms.people.services.current import tell_changed
from hrms.training.kinds import owing
from hrms.training.queries import owed_due
from hrms.training.services import ledger, standing
from hrms.training.services.requirements import REFRESH


def register() -> None:
    """Leave this part in the core's registries; before the calendar's, whose lines are read from the standing."""
    hooks.people_changed.append(standing.follow)
    hooks.daily.append(standing.pass_day)
    hooks.setting_changed.append(_follow_setting)
    hooks.due_sources.append(owed_due.SOURCE)
    hooks.checks.append(hooks.Check(N_("kết quả thực hiện yêu cầu đào tạo đúng với hồ sơ"), _check))
    # The list is the module's own, not the core's: a second application of the process finds it filled.
    if tell_changed not in ledger.after_posting:
        ledger.after_posting.append(tell_changed)
    owing.register()


def _follow_setting(name: str) -> None:
    if name == "training.teaching_for":
        jobs.defer(REFRESH)


def _check() -> Sequence[str]:
    """Prove that the standing kept of this year and the last is what the facts say."""
    year = clock.today().year
    return [
        f"training_standing person_id={person} requirement_id={requirement} year={of}"
        for of in (year - 1, year)
        for person, requirement in standing.differences(of)
    ]
