"""Lists of people at any size: a page and a count by index, and a policy that does not mislead the planner.

The planner takes an array overlap with a value it does not know for one row in a hundred. A list of everybody was
therefore read whole and sorted; within a CASE it is taken for one in two, and the names are walked in their order.
"""

from __future__ import annotations

from alembic import op

revision = "0013_people_list"
down_revision = "0012_account_search"

BEFORE = "scope_ids && (SELECT hrms_scope()) OR person_id = (SELECT hrms_person())"
AFTER = "CASE WHEN scope_ids && (SELECT hrms_scope()) THEN true ELSE person_id = (SELECT hrms_person()) END"

# The caller's own scope stands in a CASE too: roots lie under it, so it hardly ever narrows, and the planner should
# not multiply the two. EXECUTE plans for the very roots: walking the names when they hold many, sorting when few.
LIST = """
CREATE FUNCTION list_members(
  roots bigint[], most integer, after_key text DEFAULT NULL, after_id bigint DEFAULT NULL, backwards boolean DEFAULT false
) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 50 AS $$
BEGIN
  IF backwards THEN
    RETURN QUERY EXECUTE
      'SELECT c.person_id FROM people_current c
       WHERE c.scope_ids && $1 AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END
         AND ($3::text IS NULL OR (c.sort_key, c.person_id) < ($3, $4))
       ORDER BY c.sort_key DESC, c.person_id DESC LIMIT $5'
      USING roots, hrms_scope(), after_key, after_id, most;
  ELSE
    RETURN QUERY EXECUTE
      'SELECT c.person_id FROM people_current c
       WHERE c.scope_ids && $1 AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END
         AND ($3::text IS NULL OR (c.sort_key, c.person_id) > ($3, $4))
       ORDER BY c.sort_key, c.person_id LIMIT $5'
      USING roots, hrms_scope(), after_key, after_id, most;
  END IF;
END $$;
"""
COUNT = """
CREATE FUNCTION count_members(roots bigint[], most integer) RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  counted integer;
BEGIN
  EXECUTE
    'SELECT count(*) FROM (
       SELECT FROM people_current c
       WHERE c.scope_ids && $1 AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END LIMIT $3) AS member'
    INTO counted USING roots, hrms_scope(), most;
  RETURN counted;
END $$;
"""
FOUND = """
CREATE FUNCTION count_found(folded text, roots bigint[], most integer) RETURNS integer LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  counted integer;
BEGIN
  EXECUTE
    'SELECT count(*) FROM (
       SELECT FROM people_current c
       WHERE c.search_words @@ to_tsquery(''simple'', $1)
         AND c.scope_ids && $2 AND CASE WHEN c.scope_ids && $3 THEN true ELSE false END LIMIT $4) AS found'
    INTO counted USING folded, roots, hrms_scope(), most;
  RETURN counted;
END $$;
"""
FUNCTIONS = (
    "list_members(bigint[], integer, text, bigint, boolean)", "count_members(bigint[], integer)",
    "count_found(text, bigint[], integer)",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_people_current_sort_key")
    op.create_index(
        "ix_people_current_sort_key", "people_current", ["sort_key", "person_id"], postgresql_include=["scope_ids"]
    )
    op.execute(f"ALTER POLICY people_current_select_scope ON people_current USING ({AFTER})")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script, function in zip((LIST, COUNT, FOUND), FUNCTIONS, strict=True):
        op.execute(script)
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute(f"ALTER POLICY people_current_select_scope ON people_current USING ({BEFORE})")
    op.drop_index("ix_people_current_sort_key")
    op.create_index("ix_people_current_sort_key", "people_current", ["sort_key", "person_id"])
