"""What people may know of a round without seeing its ratings: their own rounds, the classes published, the spread.

Each is answered by a function that owns the sight, so that the row policies stay as they are: a class is nobody's to
see before it is published, points are never a colleague's to see.
"""

from __future__ import annotations

from alembic import op

revision = "0042_rating_views"
down_revision = "0041_score_sheets"

MINE = """
CREATE FUNCTION my_rating_rounds()
RETURNS TABLE (round_id bigint, agency_id bigint, year integer, set_id bigint, state text, due_on date, published boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.agency_id, r.year::integer, r.set_id, r.state, r.due_on, t.state = 'published'
  FROM ratings t JOIN rating_rounds r ON r.id = t.round_id
  WHERE t.person_id = hrms_person() AND t.superseded_at IS NULL AND r.state <> 'cancelled'
  ORDER BY r.year DESC, r.id DESC
$$
"""
PUBLISHED = """
CREATE FUNCTION published_classes(of_round bigint)
RETURNS TABLE (full_name text, sort_key text, place text, unit text, final text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.full_name, c.sort_key, coalesce(c.post_name, c.job_position), a.name, t.final
  FROM ratings t JOIN people_current c ON c.person_id = t.person_id JOIN agencies a ON a.id = t.agency_id
  WHERE t.round_id = of_round AND t.state = 'published' AND t.superseded_at IS NULL
    AND EXISTS (SELECT 1 FROM ratings o WHERE o.round_id = of_round AND o.person_id = hrms_person()
      AND o.state = 'published')
  ORDER BY a.path, c.sort_key, t.id
$$
"""
SPREAD = """
CREATE FUNCTION rating_spread(of_year integer, of_set bigint, fewest integer)
RETURNS TABLE (people bigint, with_mean bigint, points numeric, squares numeric, excellent bigint, good bigint, satisfactory bigint,
  unsatisfactory bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*), count(t.mean), sum(t.mean), sum(t.mean * t.mean),
    count(*) FILTER (WHERE t.by_points = 'excellent'), count(*) FILTER (WHERE t.by_points = 'good'),
    count(*) FILTER (WHERE t.by_points = 'satisfactory'), count(*) FILTER (WHERE t.by_points = 'unsatisfactory')
  FROM ratings t JOIN rating_rounds r ON r.id = t.round_id
  WHERE t.year = of_year AND r.set_id = of_set AND t.superseded_at IS NULL AND r.state <> 'cancelled'
    AND t.by_points <> 'none'
  HAVING count(*) >= fewest
$$
"""
FUNCTIONS = {
    "my_rating_rounds()": MINE,
    "published_classes(bigint)": PUBLISHED,
    "rating_spread(integer, bigint, integer)": SPREAD,
}


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"ALTER FUNCTION {name} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
