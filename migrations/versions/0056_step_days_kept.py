"""`refresh_people` keeps the day of the next raise of whoever holds the same step as before.

The program has put the clock's day there; laying the regular day over it each time would only be undone again, and
would count as a change of everybody whose step something prolongs.
"""

from __future__ import annotations

from alembic import context, op

revision = "0056_step_days_kept"
down_revision = "0055_share_parts"

SAME = ("status", "pay_table", "pay_group", "step", "step_since", "beyond_scale_percent")
FIRST = "        WHEN s.status IS DISTINCT FROM 'serving' OR r.step_since IS NULL THEN NULL\n"
KEPT = (
    f"{FIRST}        WHEN old.next_step_on IS NOT NULL AND ROW ({', '.join(f'old.{name}' for name in SAME)})\n"
    f"          IS NOT DISTINCT FROM ROW (s.status, {', '.join(f'r.{name}' for name in SAME[1:])})\n"
    "          THEN old.next_step_on\n"
)
JOIN = "    LEFT JOIN retirement_months m ON"


def upgrade() -> None:
    script = _refresh()
    for before, after in ((FIRST, KEPT), (JOIN, f"    LEFT JOIN people_current old ON old.person_id = p.id\n{JOIN}")):
        if script.count(before) != 1:
            raise LookupError(before)
        script = script.replace(before, after)
    _replace(script)


def downgrade() -> None:
    _replace(_refresh())


def _refresh() -> str:
    """Return the function as assignments left it."""
    earlier = context.script.get_revision("0028_assignments").module
    script: str = earlier._refresh(with_seats=True)  # noqa: SLF001 - one chain
    return script


def _replace(script: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(script)
    op.execute("ALTER FUNCTION refresh_people(bigint[], date) SET plan_cache_mode = force_custom_plan")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
