"""Certificates: books that count their numbers, a check that takes equal pains with any number, a limit of lookups.

Who looks a certificate up is nobody's business but the limit's: the application may count a lookup, never read them.
What learners wrote about a class is read without names, from five ratings on, when nobody rates it any more: whose
words just came in cannot be guessed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_certificates"
down_revision = "0033_class_counts"

VERIFY = """
CREATE OR REPLACE FUNCTION verify_certificate(of_number text, code text)
RETURNS TABLE (full_name text, programme text, issued_on date, valid_until date, revoked_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kept certificates%ROWTYPE;
BEGIN
  SELECT c.* INTO kept FROM certificates c WHERE c.number = of_number;
  -- An unknown number is compared like a known one, by digests: neither the time nor the length tells them apart.
  IF sha256(convert_to(coalesce(kept.check_code, of_number), 'UTF8')) = sha256(convert_to(code, 'UTF8'))
     AND kept.id IS NOT NULL THEN
    RETURN QUERY SELECT kept.holder ->> 'full_name', kept.programme, kept.issued_on, kept.valid_until, kept.revoked_on;
  END IF;
END
$$
"""
VERIFY_BEFORE = """
CREATE OR REPLACE FUNCTION verify_certificate(of_number text, code text)
RETURNS TABLE (full_name text, programme text, issued_on date, valid_until date, revoked_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.holder ->> 'full_name', c.programme, c.issued_on, c.valid_until, c.revoked_on FROM certificates c
  WHERE c.number = of_number AND c.check_code = code
$$
"""
COUNT = """
CREATE FUNCTION count_lookup(of_place text, at_moment timestamptz, most integer, minutes integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  since timestamptz := at_moment - make_interval(mins => minutes);
  used bigint;
BEGIN
  -- Lookups made at once are counted like those in a row.
  PERFORM pg_advisory_xact_lock(hashtextextended(of_place, 2));
  DELETE FROM certificate_lookups WHERE ctid IN
    (SELECT l.ctid FROM certificate_lookups l WHERE l.looked_in <= since ORDER BY l.looked_in LIMIT 100
     FOR UPDATE SKIP LOCKED);
  SELECT coalesce(sum(l.times), 0) INTO used FROM certificate_lookups l
  WHERE l.place = of_place AND l.looked_in > since;
  IF used >= most THEN
    RETURN false;
  END IF;
  INSERT INTO certificate_lookups AS l (place, looked_in, times) VALUES (of_place, date_trunc('minute', at_moment), 1)
  ON CONFLICT (place, looked_in) DO UPDATE SET times = l.times + 1;
  RETURN true;
END
$$
"""
COMMENTS = """
CREATE FUNCTION class_rating_comments(of_classes bigint[], today date, rated_days integer)
RETURNS TABLE (class_id bigint, comment text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.class_id, r.comment
  FROM class_ratings r
  JOIN training_classes k ON k.id = r.class_id
  JOIN agencies a ON a.id = k.agency_id
  WHERE r.class_id = ANY (of_classes) AND r.comment IS NOT NULL
    AND coalesce(k.closed_on, k.ends_on) + greatest(rated_days, 0) < today
    AND (a.scope_ids && hrms_scope()
         OR EXISTS (SELECT 1 FROM class_trainers t WHERE t.class_id = k.id AND t.account_id = hrms_account()))
    AND (SELECT count(*) FROM class_ratings s WHERE s.class_id = r.class_id) >= 5
  ORDER BY r.class_id, md5(r.comment)
$$
"""
NEW = (
    ("count_lookup(text, timestamptz, integer, integer)", COUNT),
    ("class_rating_comments(bigint[], date, integer)", COMMENTS),
)


def upgrade() -> None:
    op.add_column(
        "number_books", sa.Column("purpose", sa.Text(), nullable=False, server_default=sa.text("'decisions'"))
    )
    op.create_check_constraint(
        op.f("ck_number_books_purpose"), "number_books", "purpose IN ('decisions', 'certificates')"
    )
    op.create_index(
        "uq_number_books_certificates", "number_books", ["year", "symbol"], unique=True,
        postgresql_where=sa.text("purpose = 'certificates'"),
    )  # fmt: skip
    op.create_table(
        "certificate_lookups",
        sa.Column("place", sa.Text(collation="C"), nullable=False),
        sa.Column("looked_in", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place", "looked_in", name=op.f("pk_certificate_lookups")),
    )
    op.create_index("ix_certificate_lookups_looked_in", "certificate_lookups", ["looked_in"], unique=False)
    op.execute("ALTER TABLE certificate_lookups ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE certificate_lookups FORCE ROW LEVEL SECURITY")
    for command, clause in (
        ("SELECT", "USING (true)"), ("INSERT", "WITH CHECK (true)"), ("UPDATE", "USING (true) WITH CHECK (true)"),
        ("DELETE", "USING (true)"),
    ):  # fmt: skip
        op.execute(
            f"CREATE POLICY certificate_lookups_{command.lower()}_search ON certificate_lookups"
            f" FOR {command} TO hrms_search {clause}"
        )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON certificate_lookups TO hrms_search")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(VERIFY)
    for name, script in NEW:
        op.execute(script)
        op.execute(f"ALTER FUNCTION {name} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")


def downgrade() -> None:
    for name, _script in NEW:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    op.execute(VERIFY_BEFORE)
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    op.drop_table("certificate_lookups")
    op.drop_index("uq_number_books_certificates", "number_books")
    op.drop_constraint(op.f("ck_number_books_purpose"), "number_books")
    op.drop_column("number_books", "purpose")
