"""Sheets opened, moved and reckoned set-based: what `hrms.performance.rules.scoring` says of one, for all.

`deciding_agency` finds the agency that uses its own people. `open_sheets` gives everybody in service at the end of a
period their sheet, `place_sheets` takes the sheets of people who moved along, `refresh_sheets` makes the points again,
`sheets_differ` names sheets whose points are not what their items give. They choose nothing for anybody, so they may
touch the row of whoever asks; all belong to `hrms_search`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041_score_sheets"
down_revision = "0040_performance_people"

IN_FORCE = "{0}.superseded_at IS NULL AND {0}.valid_from <= {1} AND ({0}.valid_to IS NULL OR {0}.valid_to > {1})"

DECIDING = """
CREATE FUNCTION deciding_agency(agency bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT coalesce(
    (SELECT above.id FROM agencies above
     WHERE above.id = ANY (self.scope_ids) AND above.kind <> 'division' ORDER BY above.depth DESC LIMIT 1), self.id)
  FROM agencies self WHERE self.id = agency
$$
"""
LAST_DAY = """
CREATE FUNCTION last_day_of(of_year integer, of_kind text, of_number integer) RETURNS date LANGUAGE sql IMMUTABLE
PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT (make_date(of_year, CASE of_kind WHEN 'month' THEN of_number ELSE of_number * 3 END, 1)
          + interval '1 month' - interval '1 day')::date
$$
"""
PLACES = f"""
CREATE FUNCTION sheet_places(ids bigint[], on_day date, post_groups jsonb)
RETURNS TABLE (person_id bigint, agency_id bigint, deciding_id bigint, authority_id bigint, set_id bigint, role text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH place AS MATERIALIZED (
    -- Who is lent works, and is scored, where they are lent to (Đ11, Đ19).
    SELECT DISTINCT ON (f.person_id) f.person_id, f.agency_id, f.membership
    FROM unnest(ids) asked(id) JOIN person_agency f ON f.person_id = asked.id
    WHERE f.membership IN ('using', 'seconded_in') AND {IN_FORCE.format("f", "on_day")}
    ORDER BY f.person_id, f.membership
  ), standing AS MATERIALIZED (
    SELECT p.person_id, p.agency_id, s.kind, post_groups ->> t.post_code AS post_group
    FROM place p
    JOIN person_status s ON s.person_id = p.person_id AND s.status IN ('serving', 'probation', 'suspended')
      AND {IN_FORCE.format("s", "on_day")}
    LEFT JOIN person_post t ON t.person_id = p.person_id AND t.slot = 0 AND {IN_FORCE.format("t", "on_day")}
      AND (p.membership = 'using' OR t.agency_id = p.agency_id)
  ), unit AS MATERIALIZED (
    SELECT a.id, a.kind, a.parent_id, a.scope_ids, deciding_agency(a.id) AS deciding_id
    FROM agencies a WHERE a.id IN (SELECT DISTINCT st.agency_id FROM standing st)
  ), chosen AS MATERIALIZED (
    SELECT DISTINCT ON (k.agency_id, k.kind) k.agency_id, k.kind, v.set_id
    FROM (SELECT DISTINCT st.agency_id, st.kind FROM standing st) k
    JOIN unit u ON u.id = k.agency_id
    JOIN criteria_versions v ON v.method IN ('equal', 'weights') AND {IN_FORCE.format("v", "on_day")}
    JOIN criteria_sets c ON c.id = v.set_id
    LEFT JOIN LATERAL (
      SELECT r.id, r.contract FROM agency_regulations r JOIN agencies above ON above.id = r.agency_id
      WHERE r.set_id = v.set_id AND r.agency_id = ANY (u.scope_ids) AND {IN_FORCE.format("r", "on_day")}
      ORDER BY above.depth DESC LIMIT 1) own ON true
    -- Weights are the unit's to set; contracts are scored only where the agency says so (NĐ 335/2025/NĐ-CP Đ28 k2).
    WHERE CASE k.kind WHEN 'contract' THEN own.contract
      ELSE k.kind = ANY (v.person_kinds) AND (v.method = 'equal' OR own.id IS NOT NULL) END
    ORDER BY k.agency_id, k.kind, own.id IS NULL, c.place, c.id
  ), chief AS MATERIALIZED (
    SELECT DISTINCT f.agency_id
    FROM person_agency f JOIN unit u ON u.id = f.agency_id AND u.kind <> 'division'
    JOIN person_post t ON t.person_id = f.person_id AND t.slot = 0 AND {IN_FORCE.format("t", "on_day")}
    WHERE f.membership = 'using' AND {IN_FORCE.format("f", "on_day")}
      AND post_groups ->> t.post_code = 'agency_head'
  )
  SELECT st.person_id, st.agency_id, u.deciding_id,
    -- A head is scored from above; the head of a part that is no agency of the tree by the head beside them (Đ10).
    CASE WHEN st.post_group = 'agency_head'
           OR (st.post_group = 'division_head' AND (u.kind = 'division' OR h.agency_id IS NULL))
         THEN coalesce(u.parent_id, u.id) ELSE u.id END,
    c.set_id,
    CASE WHEN st.post_group IN ('agency_head', 'division_head') THEN 'head'
         WHEN st.post_group IN ('agency_deputy', 'division_deputy') THEN 'deputy' ELSE 'staff' END
  FROM standing st
  JOIN unit u ON u.id = st.agency_id
  LEFT JOIN chosen c ON c.agency_id = st.agency_id AND c.kind = st.kind
  LEFT JOIN chief h ON h.agency_id = st.agency_id
$$
"""
AWAY = """EXISTS (
        SELECT 1 FROM person_absence b WHERE b.person_id = {0}.person_id AND b.superseded_at IS NULL
          AND daterange(b.valid_from, coalesce(b.valid_to, b.expected_until + 1)) @> daterange({1}, {2}))"""
OPEN = f"""
CREATE FUNCTION open_sheets(period bigint, post_groups jsonb, by_name text, by_account bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  the scoring_periods%ROWTYPE;
  everybody bigint[];
  made integer;
BEGIN
  SELECT * INTO STRICT the FROM scoring_periods WHERE id = period;
  WITH RECURSIVE unit AS (
    SELECT the.agency_id AS id
    UNION ALL
    SELECT a.id FROM unit u JOIN agencies a ON a.parent_id = u.id AND a.kind = 'division'
  )
  SELECT array_agg(DISTINCT f.person_id) INTO everybody
  FROM unit u JOIN person_agency f ON f.agency_id = u.id
  WHERE f.membership IN ('using', 'seconded_in') AND {IN_FORCE.format("f", "the.ends_on - 1")};
  WITH made AS (
    INSERT INTO score_sheets (person_id, period_id, year, kind, number, agency_id, authority_id, set_id, role, state,
                              source, recorded_by)
    SELECT p.person_id, the.id, the.year, the.kind, the.number, p.agency_id, p.authority_id, p.set_id, p.role, 'open',
      'scored', by_account
    FROM sheet_places(everybody, the.ends_on - 1, post_groups) p
    WHERE p.deciding_id = the.agency_id AND p.set_id IS NOT NULL
      AND NOT EXISTS (
        -- Nobody is scored for a month and for its quarter.
        SELECT 1 FROM score_sheets s
        WHERE s.person_id = p.person_id AND s.year = the.year AND s.superseded_at IS NULL
          AND CASE WHEN s.kind = the.kind THEN s.number = the.number
                   WHEN s.kind = 'month' THEN (s.number + 2) / 3 = the.number
                   ELSE s.number = (the.number + 2) / 3 END)
      -- Who is away all the time has no points, which is not zero (Đ11, Đ17).
      AND NOT {AWAY.format("p", "the.starts_on", "the.ends_on")}
    ON CONFLICT DO NOTHING
    RETURNING id, person_id
  ), told AS (
    INSERT INTO sheet_events (sheet_id, person_id, what, actor, recorded_by)
    SELECT m.id, m.person_id, 'opened', by_name, by_account FROM made m RETURNING 1
  )
  SELECT count(*) INTO made FROM told;
  RETURN made;
END $$
"""
PLACE = """
CREATE FUNCTION place_sheets(ids bigint[], post_groups jsonb, by_name text, by_account bigint)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed integer;
BEGIN
  WITH waiting AS MATERIALIZED (
    SELECT s.id, s.person_id, s.period_id, s.year, s.kind, s.number, s.agency_id, s.role, s.set_id,
      last_day_of(s.year, s.kind, s.number) AS last_day
    FROM score_sheets s
    WHERE s.person_id = ANY (ids) AND s.superseded_at IS NULL AND s.source = 'scored'
      AND s.state IN ('open', 'self_scored', 'returned')
    ORDER BY s.id FOR UPDATE
  ), found AS MATERIALIZED (
    SELECT w.last_day, p.*
    FROM (SELECT last_day, array_agg(DISTINCT person_id) AS people FROM waiting GROUP BY last_day) w
    CROSS JOIN LATERAL sheet_places(w.people, w.last_day, post_groups) p
  ), gone AS (
    UPDATE score_sheets s SET superseded_at = clock_timestamp(), version = s.version + 1
    FROM waiting w LEFT JOIN found f ON f.person_id = w.person_id AND f.last_day = w.last_day
    WHERE s.id = w.id AND f.person_id IS NULL
    RETURNING s.id, s.person_id, 'superseded' AS what
  ), moved AS (
    UPDATE score_sheets s SET
      agency_id = f.agency_id, authority_id = f.authority_id, role = f.role, set_id = f.set_id,
      period_id = coalesce((
        SELECT p.id FROM scoring_periods p
        WHERE p.agency_id = f.deciding_id AND p.year = w.year AND p.kind = w.kind AND p.number = w.number), w.period_id),
      general = CASE WHEN f.set_id = w.set_id THEN s.general ELSE '{}' END,
      self_general = CASE WHEN f.set_id = w.set_id THEN s.self_general ELSE '{}' END,
      self_leader = CASE WHEN f.role <> 'staff' THEN s.self_leader END,
      leader = CASE WHEN f.role <> 'staff' THEN s.leader END,
      version = s.version + 1
    FROM waiting w JOIN found f ON f.person_id = w.person_id AND f.last_day = w.last_day
    WHERE s.id = w.id AND f.set_id IS NOT NULL
      AND (f.agency_id, f.role, f.set_id) IS DISTINCT FROM (w.agency_id, w.role, w.set_id)
    RETURNING s.id, s.person_id, 'moved' AS what
  ), told AS (
    INSERT INTO sheet_events (sheet_id, person_id, what, actor, recorded_by)
    SELECT t.id, t.person_id, t.what, by_name, by_account
    FROM (SELECT * FROM gone UNION ALL SELECT * FROM moved) t RETURNING 1
  )
  SELECT count(*) INTO changed FROM told;
  RETURN changed;
END $$
"""
SIX_PLACES = """
CREATE FUNCTION six_places(part numeric, whole numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
  -- Whole numbers are divided, so that nothing is rounded twice; what a column cannot hold is the most it can.
  SELECT CASE WHEN whole > 0 AND part IS NOT NULL
    THEN LEAST(div(part * 2000000 + whole, whole * 2), 999999999) * 0.000001 END
$$
"""
POINTS = f"""
CREATE FUNCTION sheet_points(ids bigint[])
RETURNS TABLE (sheet_id bigint, quantity numeric, quality numeric, progress numeric, ratio numeric,
               general_points numeric, result_points numeric, score numeric, self_score numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT s.id, s.agency_id, s.set_id, s.role <> 'staff' AS leads, s.general, s.leader, s.self_general, s.self_leader,
      last_day_of(s.year, s.kind, s.number) AS last_day
    FROM unnest(ids) wanted(id) JOIN score_sheets s ON s.id = wanted.id AND s.source = 'scored'
  ), terms AS MATERIALIZED (
    SELECT k.agency_id, k.set_id, k.last_day, v.penalty, v.result_max,
      own.weights AS own_weights, v.weights AS set_weights, v.method = 'weights' AS weighted,
      coalesce(own.cap_result, NOT EXISTS (
        SELECT 1 FROM settings t WHERE t.name = 'performance.cap_result' AND t.value #>> '{{}}' = '0')) AS capped
    FROM (SELECT DISTINCT a.agency_id, a.set_id, a.last_day FROM asked a) k
    JOIN agencies u ON u.id = k.agency_id
    JOIN criteria_versions v ON v.set_id = k.set_id AND {IN_FORCE.format("v", "k.last_day")}
    LEFT JOIN LATERAL (
      SELECT r.id, r.weights, r.cap_result FROM agency_regulations r JOIN agencies above ON above.id = r.agency_id
      WHERE r.set_id = k.set_id AND r.agency_id = ANY (u.scope_ids) AND {IN_FORCE.format("r", "k.last_day")}
      ORDER BY above.depth DESC LIMIT 1) own ON true
  ), sheet AS MATERIALIZED (
    SELECT a.*, t.penalty, t.result_max, t.capped, w.*,
      CASE WHEN m.own IS NULL THEN CASE WHEN a.leads THEN 6 ELSE 3 END ELSE t.result_max END AS parts
    FROM asked a JOIN terms t ON t.agency_id = a.agency_id AND t.set_id = a.set_id AND t.last_day = a.last_day
    CROSS JOIN LATERAL (SELECT CASE WHEN a.leads THEN 'leader' ELSE 'staff' END AS name) r
    -- What neither the unit nor the set weighs is counted in equal parts.
    CROSS JOIN LATERAL (SELECT CASE WHEN t.weighted THEN
      coalesce(NULLIF(t.own_weights -> r.name, '{{}}'), NULLIF(t.set_weights -> r.name, '{{}}')) END AS own) m
    CROSS JOIN LATERAL (
      SELECT
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'quantity')::numeric, 0) END AS of_quantity,
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'quality')::numeric, 0) END AS of_quality,
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'progress')::numeric, 0) END AS of_progress,
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'subordinates')::numeric, 0) END AS of_people,
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'unit')::numeric, 0) END AS of_unit,
        CASE WHEN m.own IS NULL THEN 1 ELSE coalesce((m.own ->> 'cohesion')::numeric, 0) END AS of_cohesion
    ) w
  ), counted AS (
    SELECT i.sheet_id, sum(i.units) FILTER (WHERE i.kind = 'assigned') AS units,
      coalesce(sum(i.units) FILTER (WHERE i.done), 0) AS done,
      coalesce(sum(i.units * GREATEST(1 - s.penalty * i.failed_checks, 0)) FILTER (WHERE i.done), 0) AS sound,
      coalesce(sum(i.units * GREATEST(1 - s.penalty * i.late_count, 0)) FILTER (WHERE i.done), 0) AS prompt,
      coalesce(sum(i.units) FILTER (WHERE i.reported = 'done'), 0) AS self_done,
      coalesce(sum(i.units * GREATEST(1 - s.penalty * i.failed_checks, 0)) FILTER (WHERE i.reported = 'done'), 0)
        AS self_sound,
      coalesce(sum(i.units * GREATEST(1 - s.penalty * i.late_count, 0)) FILTER (WHERE i.reported = 'done'), 0)
        AS self_prompt
    FROM sheet s JOIN work_items i ON i.sheet_id = s.id
    WHERE i.state = 'given'
    GROUP BY i.sheet_id
  ), part AS (
    SELECT s.id, s.parts, s.result_max, s.capped, c.units, c.done, c.sound, c.prompt,
      (SELECT sum(e.value::numeric) FROM jsonb_each_text(s.general) e) AS general,
      (SELECT sum(e.value::numeric) FROM jsonb_each_text(s.self_general) e) AS self_general,
      s.of_quantity * c.done + s.of_quality * c.sound + s.of_progress * c.prompt
        + CASE WHEN s.leads THEN c.units * (s.of_people * (s.leader ->> 'subordinates')::numeric
            + s.of_unit * (s.leader ->> 'unit')::numeric + s.of_cohesion * (s.leader ->> 'cohesion')::numeric)
          ELSE 0 END AS reached,
      s.of_quantity * c.self_done + s.of_quality * c.self_sound + s.of_progress * c.self_prompt
        + CASE WHEN s.leads THEN c.units * (s.of_people * (s.self_leader ->> 'subordinates')::numeric
            + s.of_unit * (s.self_leader ->> 'unit')::numeric
            + s.of_cohesion * (s.self_leader ->> 'cohesion')::numeric)
          ELSE 0 END AS self_reached
    FROM sheet s LEFT JOIN counted c ON c.sheet_id = s.id
  ), rounded AS (
    SELECT p.*, six_places(p.done, p.units) AS a, six_places(p.sound, p.units) AS b,
      six_places(p.prompt, p.units) AS c, six_places(p.reached, p.parts * p.units) AS r,
      six_places(p.result_max * p.reached, p.parts * p.units) AS result,
      six_places(p.result_max * p.self_reached, p.parts * p.units) AS self_result
    FROM part p
  )
  SELECT r.id, r.a, r.b, r.c, r.r, r.general, kept.result, six_places(r.general + kept.result, 1),
    six_places(r.self_general + kept.self_result, 1)
  FROM rounded r CROSS JOIN LATERAL (
    -- Not LEAST, which takes the cap where there are no points.
    SELECT CASE WHEN r.capped AND r.result > r.result_max THEN r.result_max ELSE r.result END AS result,
      CASE WHEN r.capped AND r.self_result > r.result_max THEN r.result_max ELSE r.self_result END AS self_result
  ) kept
$$
"""
REFRESH = """
CREATE FUNCTION refresh_sheets(ids bigint[]) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  changed integer;
BEGIN
  -- Whoever comes second reckons with what the first has written: the statement below reads after the rows are held.
  PERFORM 1 FROM score_sheets s WHERE s.id = ANY (ids) ORDER BY s.id FOR UPDATE;
  UPDATE score_sheets s SET
    quantity = f.quantity, quality = f.quality, progress = f.progress, ratio = f.ratio,
    general_points = f.general_points, result_points = f.result_points, score = f.score, self_score = f.self_score,
    -- Without anything assigned any more there is nothing to publish.
    state = CASE WHEN s.state <> 'scored' OR f.score IS NOT NULL THEN s.state
                 WHEN s.self_at IS NULL THEN 'open' ELSE 'self_scored' END,
    version = s.version + ({said_by_authority})::integer
  FROM sheet_points(ids) f
  WHERE s.id = f.sheet_id AND s.state <> 'published' AND s.superseded_at IS NULL
    AND ({said_by_authority} OR s.self_score IS DISTINCT FROM f.self_score);
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$
"""
DIFFERS = """
CREATE FUNCTION sheets_differ(ids bigint[]) RETURNS TABLE (sheet_id bigint, person_id bigint) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.person_id
  FROM sheet_points(ids) f JOIN score_sheets s ON s.id = f.sheet_id
  WHERE s.superseded_at IS NULL AND {said_by_authority}
    AND EXISTS (SELECT 1 FROM people p WHERE p.id = s.person_id AND p.scope_ids && (SELECT hrms_scope()))
  ORDER BY 1
$$
"""
COLUMNS = ("quantity", "quality", "progress", "ratio", "general_points", "result_points", "score")
WITHIN = (
    "last_day_of(integer, text, integer)", "six_places(numeric, numeric)",
    "sheet_places(bigint[], date, jsonb)", "sheet_points(bigint[])",
)  # fmt: skip
FOR_ALL = (
    "deciding_agency(bigint)", "open_sheets(bigint, jsonb, text, bigint)",
    "place_sheets(bigint[], jsonb, text, bigint)", "refresh_sheets(bigint[])", "sheets_differ(bigint[])",
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "agency_regulations", sa.Column("contract", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    said = " IS DISTINCT FROM ".join(f"ROW ({', '.join(f'{row}.{name}' for name in COLUMNS)})" for row in ("s", "f"))
    for script in (DECIDING, LAST_DAY, SIX_PLACES, PLACES, OPEN, PLACE, POINTS, REFRESH, DIFFERS):
        op.execute(script.replace("{said_by_authority}", said))
    for function in (*WITHIN, *FOR_ALL):
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in (*FOR_ALL, "last_day_of(integer, text, integer)"):
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for function in reversed((*WITHIN, *FOR_ALL)):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("agency_regulations", "contract")
