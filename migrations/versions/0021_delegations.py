"""Signing while somebody is absent: in which capacity a delegate signs, which kinds, and for whom.

The gate reads all of it with the grants, in the one look it takes at an account.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0021_delegations"
down_revision = "0020_document_templates"

STATE = """
CREATE OR REPLACE FUNCTION account_state(a accounts, on_date date) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'account_id', a.id, 'username', a.username, 'name', a.display_name, 'person_id', a.person_id,
    'agency_id', a.agency_id, 'agency_name', (SELECT n.name FROM agencies n WHERE n.id = a.agency_id),
    'locale', a.locale, 'theme', a.theme, 'must_change_password', a.must_change_password,
    'password_changed_at', a.password_changed_at, 'locked', a.locked_at IS NOT NULL, 'lock_reason', a.lock_reason,
    'closed', a.closed_at IS NOT NULL, 'totp', a.totp_confirmed_at IS NOT NULL, 'waived', a.second_factor_waived,
    'grants', coalesce((
      SELECT jsonb_agg(jsonb_build_object('role', g.role, 'agency_id', g.agency_id, 'capacity', g.capacity,
                                          'actions', g.actions) ORDER BY g.role, g.agency_id)
      FROM role_grants g WHERE g.account_id = a.id AND g.superseded_at IS NULL AND g.valid_from <= on_date
        AND (g.valid_to IS NULL OR g.valid_to > on_date)), '[]'::jsonb))
$$;
"""


def upgrade() -> None:
    op.add_column("role_grants", sa.Column("capacity", sa.Text()))
    op.add_column("role_grants", sa.Column("actions", ARRAY(sa.Text())))
    op.add_column("role_grants", sa.Column("delegator_id", sa.BigInteger()))
    op.create_foreign_key("fk_role_grants_delegator_id_accounts", "role_grants", "accounts", ["delegator_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_role_grants_delegation"),
        "role_grants",
        "CASE WHEN role = 'delegate' THEN coalesce(capacity IN ('KT.', 'TL.', 'TUQ.', 'Q.'), true)"
        " ELSE capacity IS NULL AND actions IS NULL AND delegator_id IS NULL END",
    )
    op.create_index(
        "ix_role_grants_delegator_id",
        "role_grants",
        ["delegator_id"],
        postgresql_where=sa.text("delegator_id IS NOT NULL"),
    )
    _replace(STATE)


def downgrade() -> None:
    _replace(_state_before())
    for column in ("delegator_id", "actions", "capacity"):
        op.drop_column("role_grants", column)


def _replace(script: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(script)
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def _state_before() -> str:
    """Return the statement of the first version, which stands among those of the sign-in."""
    script: str = context.script.get_revision("0005_row_security").module.SIGN_IN
    first = script.split("CREATE FUNCTION session_actor", maxsplit=1)[0]
    return first.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
