"""Where everybody stands in training, computed set-based: what `hrms.training.rules.owed` says of one person.

`training_owed` gives the rows of a year of everybody, `training_owed_of` of some; `refresh_training` keeps them in
`training_standing`, `training_differs` names people whose rows are not what the facts say. All belong to
`hrms_search`; the first two are not for the application, which asks for nothing but counts and, within its own scope,
ids.
"""

from __future__ import annotations

import re

from alembic import op

revision = "0035_training_owed"
down_revision = "0034_certificates"

COLUMNS = (
    "what", "days_owed", "required", "counted", "carried", "planned", "missing", "state", "at_risk", "since", "due_on",
)  # fmt: skip

OWED = """
CREATE FUNCTION training_owed_of(ids bigint[], of_year integer, today date, post_groups jsonb)
RETURNS TABLE (person_id bigint, requirement_id bigint, what text, days_owed integer, required numeric, counted numeric,
               carried numeric, planned numeric, missing numeric, state text, at_risk boolean, since date, due_on date)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH the AS MATERIALIZED (
    SELECT make_date(of_year, 1, 1) AS starts, make_date(of_year + 1, 1, 1) AS ends,
      make_date(of_year, 12, 31) AS last_day,
      LEAST(GREATEST(today, make_date(of_year, 1, 1)), make_date(of_year, 12, 31)) AS on_day,
      EXISTS (SELECT 1 FROM settings WHERE name = 'training.teaching_for' AND value = '"all"') AS taught_by_all
  ), version AS MATERIALIZED (
    SELECT v.*, daterange(v.valid_from, v.valid_to) AS span,
      min(v.valid_from) OVER (PARTITION BY v.requirement_id) AS first_on
    FROM requirement_versions v WHERE v.superseded_at IS NULL
  ), terms AS MATERIALIZED (
    -- The last version in force in the year says the period, the carry-over and the way of counting.
    SELECT DISTINCT ON (v.requirement_id) v.* FROM version v, the
    WHERE v.span && daterange(the.starts, the.ends) ORDER BY v.requirement_id, v.valid_from DESC
  ), period AS MATERIALIZED (
    SELECT t.requirement_id, 0 AS back, daterange(make_date(of_year - t.period_years + 1, 1, 1), the.ends) AS span,
      t.hours, t.pro_rata, t.carry_hours
    FROM terms t, the WHERE t.what = 'hours'
    UNION ALL
    SELECT t.requirement_id, 1, daterange(make_date(of_year - 1, 1, 1), the.starts), t.hours, t.pro_rata, 0
    FROM terms t, the WHERE t.what = 'hours' AND t.carry_hours > 0
  ), part AS MATERIALIZED (
    SELECT p.requirement_id, p.back, v.id AS version_id, v.span * p.span AS span, v.hours, v.counts, v.exempt_absences,
      v.exempt_days, v.grace_months
    FROM period p JOIN version v ON v.requirement_id = p.requirement_id
    WHERE v.what = 'hours' AND v.span && p.span
  ), asked AS MATERIALIZED (
    SELECT v.* FROM version v CROSS JOIN the JOIN terms t ON t.requirement_id = v.requirement_id AND t.what = 'course'
    WHERE v.what = 'course' AND v.span @> the.on_day
  ), used AS MATERIALIZED (
    SELECT version_id AS id FROM part UNION SELECT id FROM asked
  ), aimed AS MATERIALIZED (
    SELECT v.id AS version_id, v.target, c.code
    FROM version v JOIN used ON used.id = v.id CROSS JOIN LATERAL unnest(v.target_codes) c(code) WHERE v.target <> 'all'
  ), served AS MATERIALIZED (
    SELECT s.person_id, range_agg(daterange(s.valid_from, s.valid_to)) AS days FROM person_status s
    WHERE s.superseded_at IS NULL AND s.status IN ('serving', 'probation', 'suspended')
      AND s.person_id = ANY (ids)
    GROUP BY s.person_id
  ), fact AS (
    SELECT s.person_id, 'person_kind' AS target, s.kind AS code, daterange(s.valid_from, s.valid_to) AS span,
      NULL::date AS began
    FROM person_status s WHERE s.superseded_at IS NULL AND s.person_id = ANY (ids)
    UNION ALL
    SELECT r.person_id, 'rank', r.rank_code, daterange(r.valid_from, r.valid_to), NULL FROM person_rank r
    WHERE r.superseded_at IS NULL AND r.person_id = ANY (ids)
    UNION ALL
    SELECT p.person_id, t.target, CASE t.target WHEN 'post' THEN p.post_code ELSE post_groups ->> p.post_code END,
      daterange(p.valid_from, p.valid_to), p.appointed_on
    FROM person_post p CROSS JOIN (VALUES ('post'), ('post_group')) t(target)
    WHERE p.superseded_at IS NULL AND p.person_id = ANY (ids)
    UNION ALL
    SELECT a.person_id, t.target, CASE t.target WHEN 'position' THEN j.key ELSE j.position_group END,
      daterange(a.valid_from, a.valid_to), NULL
    FROM assignments a JOIN establishment_lines l ON l.id = a.line_id JOIN job_positions j ON j.id = l.position_id
    CROSS JOIN (VALUES ('position'), ('position_group')) t(target)
    WHERE a.superseded_at IS NULL AND a.role IN ('main', 'concurrent') AND a.person_id = ANY (ids)
  ), matched AS MATERIALIZED (
    SELECT f.person_id, a.version_id, f.span, f.began FROM fact f JOIN aimed a ON a.target = f.target AND a.code = f.code
  ), run AS MATERIALIZED (
    -- Days on end in the target and in service; a post may have been given before the record's fact begins.
    SELECT r.person_id, r.version_id, r.span, LEAST(lower(r.span), min(b.began)) AS since
    FROM (
      SELECT m.person_id, m.version_id, stretch.span
      FROM (SELECT person_id, version_id, range_agg(span) AS days FROM matched GROUP BY person_id, version_id) m
      JOIN served s ON s.person_id = m.person_id
      CROSS JOIN LATERAL unnest(m.days * s.days) stretch(span)
      UNION ALL
      SELECT s.person_id, v.id, stretch.span
      FROM served s CROSS JOIN version v JOIN used ON used.id = v.id CROSS JOIN LATERAL unnest(s.days) stretch(span)
      WHERE v.target = 'all'
    ) r
    LEFT JOIN matched b ON b.person_id = r.person_id AND b.version_id = r.version_id AND b.began IS NOT NULL
      AND b.span && r.span
    GROUP BY r.person_id, r.version_id, r.span
  ), freed AS (
    SELECT g.person_id, g.version_id, range_agg(stretch.span) AS days
    FROM (
      SELECT a.person_id, q.version_id, q.exempt_days,
        range_agg(daterange(a.valid_from, CASE
          WHEN a.valid_to IS NOT NULL THEN a.valid_to
          WHEN a.expected_until IS NOT NULL THEN GREATEST(a.expected_until, today) + 1 END)) AS days
      FROM person_absence a
      JOIN (SELECT DISTINCT q.version_id, q.exempt_days, k.kind FROM part q
            CROSS JOIN LATERAL unnest(q.exempt_absences) k(kind)) q ON q.kind = a.absence_kind
      WHERE a.superseded_at IS NULL AND a.person_id = ANY (ids)
      GROUP BY a.person_id, q.version_id, q.exempt_days
    ) g CROSS JOIN LATERAL unnest(g.days) stretch(span)
    WHERE upper(stretch.span) IS NULL OR upper(stretch.span) - lower(stretch.span) >= g.exempt_days
    GROUP BY g.person_id, g.version_id
  ), piece AS MATERIALIZED (
    SELECT r.person_id, q.requirement_id, q.back, q.version_id, q.hours, q.counts, q.span AS inside,
      range_agg(r.span * q.span) AS applied,
      range_agg(r.span * q.span * daterange((r.since + make_interval(months => q.grace_months))::date, NULL)) AS owed
    FROM part q JOIN run r ON r.version_id = q.version_id
    WHERE r.span && q.span
    GROUP BY r.person_id, q.requirement_id, q.back, q.version_id, q.hours, q.counts, q.span
  ), reckoned AS (
    SELECT p.person_id, p.requirement_id, p.back, sum(d.days)::integer AS days, sum(p.hours * d.days) AS due,
      min(lower(p.applied)) AS since, bool_or(p.applied && daterange(the.starts, the.ends)) AS this_year
    FROM piece p
    LEFT JOIN freed f ON f.person_id = p.person_id AND f.version_id = p.version_id
    CROSS JOIN the
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(upper(s) - lower(s)), 0) AS days
      FROM unnest(CASE WHEN f.days IS NULL THEN p.owed ELSE p.owed - f.days END) s) d
    GROUP BY p.person_id, p.requirement_id, p.back
  ), heading AS (
    SELECT l.person_id, range_agg(l.span) AS days
    FROM (
      SELECT p.person_id, daterange(p.valid_from, p.valid_to) AS span FROM person_post p
      WHERE p.superseded_at IS NULL AND p.person_id = ANY (ids)
      UNION ALL
      SELECT f.person_id, f.span FROM fact f WHERE f.target = 'position_group' AND f.code = 'leadership'
    ) l GROUP BY l.person_id
  ), ahead AS MATERIALIZED (
    SELECT e.person_id, c.kind, c.code, k.form, round(k.hours * coalesce(r.factor, 1), 2) AS hours,
      k.ends_on AS on_day
    FROM enrolments e JOIN training_classes k ON k.id = e.class_id JOIN courses c ON c.id = k.course_id
    LEFT JOIN recognition_rules r ON r.form = k.form AND r.superseded_at IS NULL AND r.valid_from <= k.ends_on
      AND (r.valid_to IS NULL OR r.valid_to > k.ends_on)
    WHERE e.state = 'accepted' AND k.state NOT IN ('completed', 'cancelled')
      AND e.person_id = ANY (ids)
  ), learnt AS (
    SELECT c.person_id, c.kind, c.form, c.hours, c.earned_on AS on_day, false AS planned
    FROM credit_entries c
    WHERE c.earned_on >= (SELECT min(lower(span)) FROM part) AND c.earned_on < (SELECT the.ends FROM the)
      AND c.kind IN (SELECT unnest(counts) FROM part) AND c.person_id = ANY (ids)
    UNION ALL
    SELECT person_id, kind, form, hours, on_day, true FROM ahead
  ), by_form AS (
    SELECT y.person_id, y.requirement_id, y.back, l.form, y.year,
      coalesce(sum(l.hours) FILTER (WHERE NOT l.planned), 0) AS done, sum(l.hours) AS hoped
    FROM (
      SELECT p.*, s.year FROM piece p CROSS JOIN LATERAL generate_series(
        extract(year FROM lower(p.inside))::integer, extract(year FROM upper(p.inside) - 1)::integer) s(year)
    ) y
    JOIN learnt l ON l.person_id = y.person_id AND extract(year FROM l.on_day)::integer = y.year
    LEFT JOIN heading d ON d.person_id = l.person_id AND l.kind = 'teaching'
    WHERE l.kind = ANY (y.counts) AND y.applied @> l.on_day
      AND (l.kind <> 'teaching' OR (SELECT the.taught_by_all FROM the) OR d.days @> l.on_day)
    GROUP BY y.person_id, y.requirement_id, y.back, l.form, y.year
  ), cap AS (
    SELECT r.form, s.year, r.cap_hours
    FROM generate_series((SELECT extract(year FROM min(lower(span)))::integer FROM period), of_year) s(year)
    JOIN recognition_rules r ON r.superseded_at IS NULL AND r.cap_hours IS NOT NULL
      AND daterange(r.valid_from, r.valid_to) @> make_date(s.year, 12, 31)
  ), counting AS (
    SELECT b.person_id, b.requirement_id, b.back, sum(LEAST(b.done, c.cap_hours)) AS done,
      sum(LEAST(b.hoped, c.cap_hours)) AS hoped
    FROM by_form b LEFT JOIN cap c ON c.form = b.form AND c.year = b.year
    GROUP BY b.person_id, b.requirement_id, b.back
  ), reached AS (
    SELECT r.person_id, r.requirement_id, r.back, r.days, r.since, r.this_year, p.carry_hours,
      CASE WHEN p.pro_rata THEN round(r.due / (upper(p.span) - lower(p.span)), 2)
           WHEN r.days > 0 THEN p.hours ELSE 0 END AS required,
      coalesce(c.done, 0) AS done, coalesce(c.hoped, 0) - coalesce(c.done, 0) AS planned
    FROM reckoned r
    JOIN period p ON p.requirement_id = r.requirement_id AND p.back = r.back
    LEFT JOIN counting c ON c.person_id = r.person_id AND c.requirement_id = r.requirement_id AND c.back = r.back
  ), in_hours AS (
    SELECT n.person_id, n.requirement_id, n.days, n.since, n.done, n.planned,
      CASE WHEN n.days > 0 THEN n.required ELSE 0 END AS required,
      CASE WHEN n.days > 0 THEN LEAST(n.carry_hours, GREATEST(coalesce(b.done - b.required, 0), 0)) ELSE 0 END AS over
    FROM reached n
    LEFT JOIN reached b ON b.person_id = n.person_id AND b.requirement_id = n.requirement_id AND b.back = 1
    WHERE n.back = 0 AND n.this_year
  ), wanted AS (
    SELECT v.id AS version_id, c.code FROM asked v CROSS JOIN LATERAL unnest(v.courses) c(code)
  ), finished AS (
    SELECT t.person_id, k.code, t.issued_on AS since, t.valid_until
    FROM certificates t JOIN courses k ON k.id = t.course_id
    WHERE t.revoked_on IS NULL AND t.person_id = ANY (ids)
      AND k.code IN (SELECT code FROM wanted)
    UNION ALL
    SELECT e.person_id, k.code, e.earned_on,
      ((e.earned_on + make_interval(months => v.valid_months)) - interval '1 day')::date
    FROM credit_entries e JOIN courses k ON k.id = e.course_id
    LEFT JOIN course_versions v ON v.course_id = e.course_id AND v.superseded_at IS NULL AND v.valid_from <= e.earned_on
      AND (v.valid_to IS NULL OR v.valid_to > e.earned_on)
    WHERE e.source <> 'reversal' AND e.person_id = ANY (ids)
      AND k.code IN (SELECT code FROM wanted)
      AND NOT EXISTS (SELECT 1 FROM credit_entries x WHERE x.reverses_id = e.id)
  ), due AS MATERIALIZED (
    SELECT r.person_id, v.id AS version_id, v.requirement_id, r.since, v.keep_valid, v.level_section, v.level_least,
      v.exempt_before,
      (GREATEST(r.since, v.first_on) + make_interval(months => coalesce(v.due_months, 0)))::date AS due_on
    FROM asked v CROSS JOIN the JOIN run r ON r.version_id = v.id AND r.span @> the.on_day
  ), held AS (
    SELECT d.person_id, d.version_id
    FROM due d CROSS JOIN the JOIN wanted w ON w.version_id = d.version_id
    JOIN finished f ON f.person_id = d.person_id AND f.code = w.code
    WHERE f.since <= the.on_day AND (NOT d.keep_valid OR f.valid_until IS NULL OR f.valid_until >= the.on_day)
    UNION
    SELECT d.person_id, d.version_id
    FROM due d
    JOIN people p ON p.id = d.person_id
    JOIN (VALUES ('theory', 'theory_levels'), ('management', 'state_management_levels'),
                 ('defence', 'defence_training_groups'), ('it', 'it_levels'), ('language', 'language_levels')
         ) n(section, catalogue) ON n.section = d.level_section
    JOIN catalogue_items least ON least.catalogue = n.catalogue AND least.code = d.level_least
    -- The record writes some levels by their code and some, such as the group of defence training, by their name.
    JOIN catalogue_items have ON have.catalogue = n.catalogue AND CASE d.level_section
      WHEN 'theory' THEN p.theory_level WHEN 'management' THEN p.state_management_level
      WHEN 'defence' THEN p.defence_training WHEN 'it' THEN p.it_level ELSE p.language_level END
      IN (have.code, have.name_vi)
    WHERE have.rank >= least.rank
  ), booked AS (
    SELECT d.person_id, d.version_id, min(a.on_day) AS on_day
    FROM due d JOIN wanted w ON w.version_id = d.version_id
    JOIN ahead a ON a.person_id = d.person_id AND a.code = w.code
    GROUP BY d.person_id, d.version_id
  ), in_courses AS (
    SELECT d.person_id, d.requirement_id, d.since, d.due_on, b.on_day AS booked_on, CASE
      WHEN h.person_id IS NOT NULL THEN 'held'
      WHEN d.since < d.exempt_before THEN 'exempt'
      WHEN the.on_day > d.due_on THEN 'overdue' ELSE 'due' END AS state
    FROM due d CROSS JOIN the
    LEFT JOIN held h ON h.person_id = d.person_id AND h.version_id = d.version_id
    LEFT JOIN booked b ON b.person_id = d.person_id AND b.version_id = d.version_id
  )
  SELECT h.person_id, h.requirement_id, 'hours', h.days, h.required, h.done, h.over, h.planned,
    GREATEST(h.required - h.done - h.over, 0),
    CASE WHEN h.days = 0 THEN 'exempt' WHEN h.required > h.done + h.over THEN 'short' ELSE 'met' END,
    h.days > 0 AND h.required > h.done + h.over + h.planned, h.since, CASE WHEN h.days > 0 THEN the.last_day END
  FROM in_hours h, the
  UNION ALL
  SELECT c.person_id, c.requirement_id, 'course', 0, NULL, NULL, NULL, NULL, NULL, c.state,
    c.state IN ('due', 'overdue') AND c.due_on <= the.last_day
      AND NOT coalesce(c.booked_on <= CASE c.state WHEN 'due' THEN c.due_on ELSE the.last_day END, false),
    c.since, CASE WHEN c.state IN ('due', 'overdue') THEN c.due_on END
  FROM in_courses c, the
$$
"""

REFRESH = """
CREATE FUNCTION refresh_training(ids bigint[], of_year integer, today date, post_groups jsonb)
RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed integer;
BEGIN
  -- Whoever comes second computes from what the first has written: the statement below reads after the lock is held.
  IF ids IS NULL THEN
    LOCK TABLE training_standing IN SHARE ROW EXCLUSIVE MODE;
  ELSE
    PERFORM 1 FROM training_standing s WHERE s.year = of_year AND s.person_id = ANY (ids)
    ORDER BY s.person_id, s.requirement_id FOR UPDATE;
  END IF;
  WITH fresh AS MATERIALIZED (
    SELECT * FROM training_owed(of_year, today, post_groups) WHERE ids IS NULL
    UNION ALL
    SELECT * FROM training_owed_of(ids, of_year, today, post_groups) WHERE ids IS NOT NULL
  ), gone AS (
    DELETE FROM training_standing s
    WHERE s.year = of_year AND (ids IS NULL OR s.person_id = ANY (ids))
      AND (s.person_id, s.requirement_id) NOT IN (SELECT f.person_id, f.requirement_id FROM fresh f)
    RETURNING 1
  ), written AS (
    INSERT INTO training_standing AS s (person_id, requirement_id, year, {columns}, computed_at)
    SELECT f.person_id, f.requirement_id, of_year, {fresh}, clock_timestamp() FROM fresh f
    ON CONFLICT (person_id, requirement_id, year) DO UPDATE SET ({columns}, computed_at)
      = ROW ({excluded}, excluded.computed_at)
    WHERE ROW ({kept}) IS DISTINCT FROM ROW ({excluded})
    RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written) INTO changed;
  RETURN changed;
END $$
"""

DIFFERS = """
CREATE FUNCTION training_differs(of_year integer, today date, post_groups jsonb)
RETURNS TABLE (person_id bigint, requirement_id bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT coalesce(f.person_id, s.person_id), coalesce(f.requirement_id, s.requirement_id)
  FROM training_owed(of_year, today, post_groups) f
  FULL JOIN (SELECT * FROM training_standing WHERE year = of_year) s
    ON s.person_id = f.person_id AND s.requirement_id = f.requirement_id
  WHERE (f.person_id IS NULL OR s.person_id IS NULL OR ROW ({fresh}) IS DISTINCT FROM ROW ({kept}))
    AND EXISTS (SELECT 1 FROM people p
                WHERE p.id = coalesce(f.person_id, s.person_id) AND p.scope_ids && (SELECT hrms_scope()))
  ORDER BY 1, 2
$$
"""

FOR_ALL = ("refresh_training(bigint[], integer, date, jsonb)", "training_differs(integer, date, jsonb)")
OF_ALL, OF_SOME = "training_owed(integer, date, jsonb)", "training_owed_of(bigint[], integer, date, jsonb)"
_ASKED = re.compile(r"\s+AND \w+\.person_id = ANY \(ids\)")
READS = (
    "people", "person_status", "person_rank", "person_post", "person_absence", "assignments", "establishment_lines",
    "job_positions", "courses", "course_versions", "requirement_versions", "recognition_rules", "training_classes",
    "enrolments", "credit_entries", "certificates", "catalogue_items", "settings",
)  # fmt: skip


def upgrade() -> None:
    op.execute(f"GRANT SELECT ON {', '.join(READS)} TO hrms_search")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    said = {
        "columns": ", ".join(COLUMNS),
        "excluded": ", ".join(f"excluded.{name}" for name in COLUMNS),
        "kept": ", ".join(f"s.{name}" for name in COLUMNS),
        "fresh": ", ".join(f"f.{name}" for name in COLUMNS),
    }
    of_all = _ASKED.sub("", OWED).replace("training_owed_of(ids bigint[], ", "training_owed(")
    for script in (of_all, OWED, REFRESH, DIFFERS):
        text = script
        for name, value in said.items():
            text = text.replace("{" + name + "}", value)
        op.execute(text)
    for function in (OF_ALL, OF_SOME, *FOR_ALL):
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in FOR_ALL:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    # A change of one person asks for so little that planning would cost more: its plan is made once a connection.
    op.execute(f"ALTER FUNCTION {OF_SOME} SET plan_cache_mode = force_generic_plan")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for function in (*FOR_ALL, OF_ALL, OF_SOME):
        op.execute(f"DROP FUNCTION {function}")
