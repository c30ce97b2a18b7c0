"""What `hrms check` proves of the law's figures: the tables that lists join hold what is in force today."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import text

from hrms.core import clock
from hrms.core.db import db
from hrms.pay.rules.texts import law_problems
from hrms.people.queries import law

_STEPS = text("SELECT pay_table, pay_group, step, coefficient, months_per_step FROM pay_scale_steps")
_RANKS = text("SELECT code, pay_table, pay_group FROM ranks")


def check() -> Sequence[str]:
    """Return one sentence for each row that differs from the law of today, and for what does not fit together."""
    today = clock.today()
    rows = law.in_force("pay_scales", today)
    steps = {
        (int(row["table"]), row["group"], int(row["step"])): (Decimal(row["coefficient"]), int(row["months_per_step"]))
        for row in rows
    }
    kept = {
        (row.pay_table, row.pay_group, row.step): (row.coefficient, row.months_per_step)
        for row in db.session.execute(_STEPS)
    }
    ranks = {code: (rank.table, rank.group) for code, rank in law.ranks(today).items()}
    stored = {row.code: (row.pay_table, row.pay_group) for row in db.session.execute(_RANKS)}
    found = [
        f"pay_scale_steps {key}: {kept.get(key)} ≠ {steps.get(key)}"
        for key in sorted(kept.keys() | steps.keys())
        if kept.get(key) != steps.get(key)
    ]
    found += [
        f"ranks {code}: {stored.get(code)} ≠ {ranks.get(code)}"
        for code in sorted(stored.keys() | ranks.keys())
        if stored.get(code) != ranks.get(code)
    ]
    return [*found, *(problem.code for problem in law_problems([today], law.in_force))]
