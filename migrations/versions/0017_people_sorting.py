"""Lists in other orders by index, and the whole tree counted without asking each person where they belong.

A page sorted by birth date or coefficient read and sorted everybody. `count_members` compared the agencies of each of
25,583 people, though whoever belongs anywhere belongs under the top of the tree; the few who belong nowhere are found
by an index of their own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0017_people_sorting"
down_revision = "0016_people_belonged"

# Whether the roots hold the whole tree is asked of the agencies, not of the roots' number: a second top, should there
# ever be one, is not counted for whoever sees the first only.
COUNT = """
CREATE FUNCTION count_members(roots bigint[], most integer) RETURNS integer LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reach bigint[] := hrms_scope();
  inside text := CASE WHEN roots <@ reach THEN '' ELSE ' AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END' END;
  nowhere integer;
  counted integer;
BEGIN
  IF roots <@ reach
    AND (0 = ANY (roots) OR NOT EXISTS (SELECT FROM agencies a WHERE a.parent_id IS NULL AND NOT a.id = ANY (roots)))
  THEN
    SELECT count(*) INTO nowhere FROM people_current c WHERE c.scope_ids = '{}';
    EXECUTE 'SELECT count(*) FROM (SELECT FROM people_current LIMIT $1) AS one' INTO counted USING most + nowhere;
    RETURN counted - nowhere;
  END IF;
  EXECUTE 'SELECT count(*) FROM (SELECT FROM people_current c WHERE c.scope_ids && $1' || inside || ' LIMIT $3) AS one'
    INTO counted USING roots, reach, most;
  RETURN counted;
END $$;
"""
FUNCTION = "count_members(bigint[], integer)"
ORDERS = {
    "ix_people_current_born_on": "born_on",
    "ix_people_current_born_on_down": "born_on DESC NULLS LAST",
    "ix_people_current_coefficient": "coefficient",
    "ix_people_current_coefficient_down": "coefficient DESC NULLS LAST",
}


def upgrade() -> None:
    for name, order in ORDERS.items():
        op.create_index(name, "people_current", [sa.text(order)])
    op.create_index(
        "ix_people_current_nowhere",
        "people_current",
        ["person_id"],
        postgresql_where=sa.text("scope_ids = '{}'::bigint[]"),
    )
    _replace(COUNT)


def downgrade() -> None:
    before = context.script.get_revision("0015_people_search").module
    _replace(before.HEAD.format(before.HEADS[1]) + before.COUNT)
    for name in ("ix_people_current_nowhere", *ORDERS):
        op.drop_index(name)


def _replace(script: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(f"DROP FUNCTION {FUNCTION}")
    op.execute(script)
    op.execute(f"ALTER FUNCTION {FUNCTION} OWNER TO hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
