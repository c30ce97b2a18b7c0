"""Whose head scores a sheet today: the authority's, or, where nobody heads it, the nearest above that somebody does.

Who holds a role is not for everybody to read; the two functions tell sheets and agencies only. A delegate with the
capacity Q. acts as the head. Nobody's headship counts for their own sheet.
"""

from __future__ import annotations

from alembic import op

revision = "0043_scoring_places"
down_revision = "0042_rating_views"

HOLDERS = """
CREATE FUNCTION agency_heads(today date) RETURNS TABLE (agency_id bigint, person_id bigint) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT DISTINCT g.agency_id, a.person_id
  FROM role_grants g JOIN accounts a ON a.id = g.account_id
  WHERE a.closed_at IS NULL AND g.superseded_at IS NULL AND g.valid_from <= today
    AND (g.valid_to IS NULL OR g.valid_to > today)
    AND (g.role = 'head' OR (g.role = 'delegate' AND g.capacity = 'Q.'
                             AND (g.actions IS NULL OR 'score' = ANY (g.actions))))
$$
"""
PLACES = """
CREATE FUNCTION scoring_places(ids bigint[], today date) RETURNS TABLE (sheet_id bigint, place_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH head AS MATERIALIZED (SELECT * FROM agency_heads(today)),
  sheet AS MATERIALIZED (
    SELECT s.id, s.person_id, coalesce(s.authority_id, s.agency_id) AS authority_id
    FROM unnest(ids) asked(id) JOIN score_sheets s ON s.id = asked.id
  ), above AS MATERIALIZED (
    SELECT a.id, up.id AS place_id, up.ordinality AS depth
    FROM agencies a CROSS JOIN LATERAL unnest(a.scope_ids) WITH ORDINALITY up(id, ordinality)
    WHERE a.id IN (SELECT s.authority_id FROM sheet s)
  )
  SELECT DISTINCT ON (s.id) s.id, h.agency_id
  FROM sheet s
  LEFT JOIN (above u JOIN head h ON h.agency_id = u.place_id)
    ON u.id = s.authority_id AND h.person_id IS DISTINCT FROM s.person_id
  ORDER BY s.id, u.depth DESC NULLS LAST
$$
"""
TO_SCORE = """
CREATE FUNCTION sheets_to_score(places bigint[], today date) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH head AS MATERIALIZED (SELECT * FROM agency_heads(today)),
  -- The nearest two: the second is for the sheet of the first one's only head.
  near AS MATERIALIZED (
    SELECT n.id, n.place_id, n.only_person, n.place
    FROM (
      SELECT a.id, h.agency_id AS place_id, h.only_person,
        row_number() OVER (PARTITION BY a.id ORDER BY up.ordinality DESC) AS place
      FROM agencies a CROSS JOIN LATERAL unnest(a.scope_ids) WITH ORDINALITY up(id, ordinality)
      JOIN (SELECT agency_id, CASE WHEN count(*) = 1 THEN min(person_id) END AS only_person
            FROM head GROUP BY agency_id) h ON h.agency_id = up.id
      WHERE a.scope_ids && places
    ) n WHERE n.place <= 2
  )
  SELECT s.id
  FROM near one JOIN score_sheets s ON s.authority_id = one.id AND s.state <> 'published' AND s.superseded_at IS NULL
  LEFT JOIN near two ON two.id = one.id AND two.place = 2
  WHERE one.place = 1
    AND CASE WHEN one.only_person = s.person_id THEN two.place_id ELSE one.place_id END = ANY (places)
$$
"""
WITHIN = ("agency_heads(date)",)
FOR_ALL = ("scoring_places(bigint[], date)", "sheets_to_score(bigint[], date)")


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for script in (HOLDERS, PLACES, TO_SCORE):
        op.execute(script)
    for function in (*WITHIN, *FOR_ALL):
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in FOR_ALL:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for function in (*FOR_ALL, *WITHIN):
        op.execute(f"DROP FUNCTION {function}")
