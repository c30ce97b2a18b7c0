"""Search at any size: a common name by walking the names in one index, any other by the words, counted on the way.

A name's bearers were sought along the order of given names whenever the planner thought them evenly spread; a rare given
name late in the alphabet then cost the reading of everybody. Lists and counts ask the caller's own scope only where the
roots are others.
"""

from __future__ import annotations

from alembic import context, op

revision = "0015_people_search"
down_revision = "0014_import_marks"

# EXECUTE plans for the very roots and words: walking the names when they hold many, sorting when few. The caller's own
# scope is asked only where the roots are others; in a CASE, since it hardly ever narrows and must not count twice.
HEAD = """
CREATE FUNCTION {} LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reach bigint[] := hrms_scope();
  inside text := CASE WHEN roots <@ reach THEN '' ELSE ' AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END' END;
  counted integer;
BEGIN
"""
LIST = """
  RETURN QUERY EXECUTE
    'SELECT c.person_id FROM people_current c WHERE c.scope_ids && $1' || inside
    || CASE WHEN after_key IS NULL THEN ''
       ELSE ' AND (c.sort_key, c.person_id) ' || CASE WHEN backwards THEN '<' ELSE '>' END || ' ($3, $4)' END
    || CASE WHEN backwards THEN ' ORDER BY c.sort_key DESC, c.person_id DESC' ELSE ' ORDER BY c.sort_key, c.person_id' END
    || ' LIMIT $5'
    USING roots, reach, after_key, after_id, most;
END $$;
"""
COUNT = """
  EXECUTE 'SELECT count(*) FROM (SELECT FROM people_current c WHERE c.scope_ids && $1' || inside || ' LIMIT $3) AS one'
    INTO counted USING roots, reach, most;
  RETURN counted;
END $$;
"""
FOUND = """
  EXECUTE 'SELECT count(*) FROM (SELECT FROM people_current c WHERE c.search_words @@ to_tsquery(''simple'', $4)
           AND c.scope_ids && $1' || inside || ' LIMIT $3) AS one'
    INTO counted USING roots, reach, most, folded;
  RETURN counted;
END $$;
"""
HEADS = (
    "list_members(roots bigint[], most integer, after_key text, after_id bigint, backwards boolean) RETURNS SETOF bigint",
    "count_members(roots bigint[], most integer) RETURNS integer",
    "count_found(folded text, roots bigint[], most integer) RETURNS integer",
)
# Family and middle names lie all along the order of given names, so a page of a common one is found among the nearest
# names, in the index alone. The bearers of a given name lie together, perhaps at the end: what is not common, or was not
# found near, goes by the index of words and is sorted, and then `found` tells how many there were. Volatile only because
# EXPLAIN, which knows how common the words are, asks for it.
SEARCH = """
CREATE FUNCTION search_people(
  accented text, folded text, roots bigint[], most integer,
  after_tier integer DEFAULT NULL, after_key text DEFAULT NULL, after_id bigint DEFAULT NULL
) RETURNS TABLE (person_id bigint, tier integer, sort_key text, found integer) LANGUAGE plpgsql VOLATILE
SECURITY DEFINER SET search_path = public, pg_temp ROWS 50 AS $$
DECLARE
  near constant integer := 40000;
  reach bigint[] := hrms_scope();
  inside text := CASE WHEN roots <@ reach THEN '' ELSE ' AND CASE WHEN c.scope_ids && $2 THEN true ELSE false END' END;
  first_tier integer := coalesce(after_tier, CASE WHEN accented IS NULL THEN 1 ELSE 0 END);
  wanted text := CASE WHEN first_tier = 0 THEN accented ELSE folded END;
  everybody real := (SELECT reltuples FROM pg_class WHERE oid = 'people_current'::regclass);
  guess json;
  ids bigint[];
  keys text[];
BEGIN
  EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM people_current
                  WHERE search_words @@ to_tsquery(''simple'', %L) AND scope_ids && %L', wanted, roots) INTO guess;
  IF (guess -> 0 -> 'Plan' ->> 'Plan Rows')::real > greatest(2000, 0.005 * everybody) THEN
    EXECUTE
      'SELECT array_agg(f.person_id), array_agg(f.sort_key) FROM (
         SELECT c.person_id, c.sort_key FROM (
           SELECT c.person_id, c.sort_key, c.scope_ids, c.search_words FROM people_current c'
      || CASE WHEN after_key IS NULL THEN '' ELSE ' WHERE (c.sort_key, c.person_id) > ($6, $7)' END
      || ' ORDER BY c.sort_key, c.person_id LIMIT $8) AS c
         WHERE c.search_words @@ to_tsquery(''simple'', $3) AND c.scope_ids && $1' || inside
      || CASE WHEN first_tier = 1 AND accented IS NOT NULL
           THEN ' AND NOT c.search_words @@ to_tsquery(''simple'', $4)' ELSE '' END
      || ' ORDER BY c.sort_key, c.person_id LIMIT $5) AS f'
      INTO ids, keys USING roots, reach, wanted, accented, most, after_key, after_id, near;
    IF cardinality(ids) = most THEN
      RETURN QUERY SELECT u.id, first_tier, u.key, NULL::integer FROM unnest(ids, keys) AS u(id, key);
      RETURN;
    END IF;
  END IF;
  RETURN QUERY EXECUTE
    'SELECT h.person_id, h.tier, h.sort_key, h.found FROM (
       SELECT c.person_id, c.sort_key, count(*) OVER ()::integer AS found,'
    || CASE WHEN accented IS NULL THEN ' 1' ELSE ' (NOT c.search_words @@ to_tsquery(''simple'', $4))::integer' END
    || ' AS tier FROM people_current c
       WHERE c.search_words @@ to_tsquery(''simple'', $3) AND c.scope_ids && $1' || inside || ' OFFSET 0) AS h'
    || CASE WHEN after_key IS NULL THEN '' ELSE ' WHERE (h.tier, h.sort_key, h.person_id) > ($6, $7, $8)' END
    || ' ORDER BY h.tier, h.sort_key, h.person_id LIMIT $5'
    USING roots, reach, folded, accented, most, after_tier, after_key, after_id;
END $$;
"""
FUNCTIONS = (
    "list_members(bigint[], integer, text, bigint, boolean)",
    "count_members(bigint[], integer)",
    "count_found(text, bigint[], integer)",
    "search_people(text, text, bigint[], integer, integer, text, bigint)",
)


def upgrade() -> None:
    _index("scope_ids", "search_words")
    _replace(*(HEAD.format(head) + body for head, body in zip(HEADS, (LIST, COUNT, FOUND), strict=True)), SEARCH)


def downgrade() -> None:
    before = context.script.get_revision("0013_people_list").module
    _index("scope_ids")
    _replace(before.LIST, before.COUNT, before.FOUND, context.script.get_revision("0005_row_security").module.SEARCH)


def _index(*included: str) -> None:
    op.drop_index("ix_people_current_sort_key")
    op.create_index(
        "ix_people_current_sort_key", "people_current", ["sort_key", "person_id"], postgresql_include=[*included]
    )


def _replace(*scripts: str) -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script, function in zip(scripts, FUNCTIONS, strict=True):
        op.execute(f"DROP FUNCTION {function}")
        op.execute(script)
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
