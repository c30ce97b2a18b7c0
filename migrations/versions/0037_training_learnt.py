"""What was learnt in a part of the tree, for reports: also by those who have left it since, and without telling who.

Learners come as numbers that mean nothing outside the answer. Somebody counts where they worked, as what they were, on
the day; with `known` all of it as the records were known at that moment.
"""

from __future__ import annotations

from alembic import op

revision = "0037_training_learnt"
down_revision = "0036_own_class_no_enrolling"

THEN = "({t}.recorded_at <= known AND ({t}.superseded_at IS NULL OR {t}.superseded_at > known))"
ON = (
    "((known IS NULL AND {t}.superseded_at IS NULL) OR (known IS NOT NULL AND " + THEN + "))"
    " AND {t}.valid_from <= e.earned_on AND ({t}.valid_to IS NULL OR {t}.valid_to > e.earned_on)"
)
LEARNT = f"""
CREATE FUNCTION learnt_between(first date, until date, known timestamptz, majority text)
RETURNS TABLE (learner bigint, kind text, course_id bigint, class_id bigint, agency_id bigint, person_kind text,
               leads boolean, pay_group text, woman boolean, minority boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
  SELECT dense_rank() OVER (ORDER BY e.person_id), e.kind, e.course_id, e.class_id, m.agency_id, s.kind,
    o.person_id IS NOT NULL, left(r.pay_group, 2), coalesce(p.sex = 'female', false),
    coalesce(p.ethnic_group <> majority, false)
  FROM credit_entries e
  JOIN people p ON p.id = e.person_id
  JOIN person_agency m ON m.person_id = e.person_id AND m.membership = 'using' AND {ON.format(t="m")}
  JOIN agencies a ON a.id = m.agency_id AND a.scope_ids && hrms_scope()
  LEFT JOIN person_status s ON s.person_id = e.person_id AND {ON.format(t="s")}
  LEFT JOIN person_post o ON o.person_id = e.person_id AND o.slot = 0 AND {ON.format(t="o")}
  LEFT JOIN person_rank r ON r.person_id = e.person_id AND {ON.format(t="r")}
  WHERE e.earned_on >= first AND e.earned_on < until AND e.source <> 'reversal' AND e.kind <> 'teaching'
    AND (known IS NULL OR e.recorded_at <= known)
    AND NOT EXISTS (SELECT 1 FROM credit_entries v
                    WHERE v.reverses_id = e.id AND (known IS NULL OR v.recorded_at <= known))
$$
"""
NAME = "learnt_between(date, date, timestamptz, text)"


def upgrade() -> None:
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(LEARNT)
    op.execute(f"ALTER FUNCTION {NAME} OWNER TO hrms_search")
    op.execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {NAME} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {NAME}")
