"""Row-level security: who sees and changes which rows, and the few functions that look beyond it.

Every table about people is under FORCE, with one policy per command. "Myself" opens reading only. The functions belong
to `hrms_search`, which cannot log in; each reads the caller's scope itself, so calling one directly tells no more.
"""

from __future__ import annotations

from alembic import op

revision = "0005_row_security"
down_revision = "0004_imports"

FACTS = ("person_status", "person_agency", "person_post", "person_rank", "person_allowance")
PARTS = (
    "person_education", "person_work", "person_old_regime", "person_foreign_tie", "person_reward", "person_discipline",
    "person_family", "person_rating",
)  # fmt: skip
BY_SCOPE = ("people", "people_current", "decisions", "import_batches", "mapping_profiles")
OF_ACCOUNT = ("password_memory", "recovery_codes", "account_sessions", "role_grants", "api_tokens")
OF_BATCH = ("import_rows", "import_effects")
OWN = ("saved_filters", "read_marks")
GUARDED = (*BY_SCOPE, *FACTS, *PARTS, "accounts", *OF_ACCOUNT, *OF_BATCH, *OWN, "audit_events", "tasks")
OPEN = (
    "catalogue_items", "settings", "agencies", "agency_facts", "pay_scale_steps", "ranks", "retirement_months",
)  # fmt: skip

IN_SCOPE = "scope_ids && (SELECT hrms_scope())"
PERSON_VISIBLE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id)"
PERSON_IN_SCOPE = "EXISTS (SELECT 1 FROM people p WHERE p.id = person_id AND p.scope_ids && (SELECT hrms_scope()))"
MY_ACCOUNT = "(SELECT hrms_account())"
ACCOUNT_VISIBLE = "EXISTS (SELECT 1 FROM accounts a WHERE a.id = account_id)"
ACCOUNT_IN_SCOPE = (
    "EXISTS (SELECT 1 FROM accounts a WHERE a.id = account_id AND a.scope_ids && (SELECT hrms_accounts()))"
)
BATCH_VISIBLE = "EXISTS (SELECT 1 FROM import_batches b WHERE b.id = batch_id)"

SETTINGS = """
CREATE FUNCTION hrms_scope() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT coalesce(nullif(current_setting('hrms.scope', true), '')::bigint[], '{}'::bigint[]) $$;
CREATE FUNCTION hrms_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT nullif(current_setting('hrms.person_id', true), '')::bigint $$;
CREATE FUNCTION hrms_accounts() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT coalesce(nullif(current_setting('hrms.accounts', true), '')::bigint[], '{}'::bigint[]) $$;
CREATE FUNCTION hrms_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS
$$ SELECT nullif(current_setting('hrms.account_id', true), '')::bigint $$;
"""

OWN_DECISIONS = """
CREATE FUNCTION hrms_own_decisions() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT decision_id FROM person_status WHERE person_id = hrms_person() AND decision_id IS NOT NULL
  UNION SELECT decision_id FROM person_agency WHERE person_id = hrms_person() AND decision_id IS NOT NULL
  UNION SELECT decision_id FROM person_post WHERE person_id = hrms_person() AND decision_id IS NOT NULL
  UNION SELECT decision_id FROM person_rank WHERE person_id = hrms_person() AND decision_id IS NOT NULL
  UNION SELECT decision_id FROM person_allowance WHERE person_id = hrms_person() AND decision_id IS NOT NULL
$$;
"""

SEARCH = """
CREATE FUNCTION search_people(
  accented text, folded text, roots bigint[], most integer,
  after_tier integer DEFAULT NULL, after_key text DEFAULT NULL, after_id bigint DEFAULT NULL
) RETURNS TABLE (person_id bigint, tier integer, sort_key text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  seen integer := 0;
  start_key text := CASE WHEN after_tier = 0 THEN after_key END;
  reach bigint[] := hrms_scope();
BEGIN
  -- Two passes, exact accents first. EXECUTE plans each for its own words: a rare name goes through the word index, a
  -- common one walks the names in order and stops at the page's end.
  IF accented IS NOT NULL AND coalesce(after_tier, 0) = 0 THEN
    RETURN QUERY EXECUTE
      'SELECT c.person_id, 0, c.sort_key FROM people_current c
       WHERE c.search_words @@ to_tsquery(''simple'', $1) AND c.scope_ids && $2 AND c.scope_ids && $3
         AND ($4::text IS NULL OR (c.sort_key, c.person_id) > ($4, $5))
       ORDER BY c.sort_key, c.person_id LIMIT $6'
      USING accented, roots, reach, start_key, after_id, most;
    GET DIAGNOSTICS seen = ROW_COUNT;
  END IF;
  IF seen < most THEN
    RETURN QUERY EXECUTE
      'SELECT c.person_id, 1, c.sort_key FROM people_current c
       WHERE c.search_words @@ to_tsquery(''simple'', $1) AND c.scope_ids && $2 AND c.scope_ids && $3
         AND ($4::text IS NULL OR NOT c.search_words @@ to_tsquery(''simple'', $4))
         AND ($5::text IS NULL OR (c.sort_key, c.person_id) > ($5, $6))
       ORDER BY c.sort_key, c.person_id LIMIT $7'
      USING folded, roots, reach, accented, CASE WHEN after_tier = 1 THEN after_key END, after_id, most - seen;
  END IF;
END $$;
"""

TAKEN = """
CREATE FUNCTION people_taken(staff_codes text[], national_ids text[])
RETURNS TABLE (field text, value text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'staff_code', p.staff_code FROM people p
   WHERE p.staff_code = ANY (staff_codes) AND NOT p.scope_ids && hrms_scope()
  UNION ALL
  SELECT 'national_id', p.national_id FROM people p
   WHERE p.national_id = ANY (national_ids) AND NOT p.scope_ids && hrms_scope()
$$;
"""

WHO_SEES = """
CREATE FUNCTION who_sees(person bigint, on_date date)
RETURNS TABLE (account_id bigint, username text, display_name text, role text, agency_id bigint, agency_name text,
               valid_from date, valid_to date, is_self boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.username, a.display_name, g.role, g.agency_id, n.name, g.valid_from, g.valid_to,
         a.person_id IS NOT DISTINCT FROM p.id
  FROM people p
  JOIN role_grants g ON g.agency_id = ANY (p.scope_ids)
   AND g.superseded_at IS NULL AND g.valid_from <= on_date AND (g.valid_to IS NULL OR g.valid_to > on_date)
  JOIN accounts a ON a.id = g.account_id AND a.closed_at IS NULL
  JOIN agencies n ON n.id = g.agency_id
  WHERE p.id = person AND p.scope_ids && hrms_scope()
  ORDER BY n.path, g.role, a.username
$$;
"""

SIGN_IN = """
CREATE FUNCTION account_state(a accounts, on_date date) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'account_id', a.id, 'username', a.username, 'name', a.display_name, 'person_id', a.person_id,
    'agency_id', a.agency_id, 'agency_name', (SELECT n.name FROM agencies n WHERE n.id = a.agency_id),
    'locale', a.locale, 'theme', a.theme, 'must_change_password', a.must_change_password,
    'password_changed_at', a.password_changed_at, 'locked', a.locked_at IS NOT NULL, 'lock_reason', a.lock_reason,
    'closed', a.closed_at IS NOT NULL, 'totp', a.totp_confirmed_at IS NOT NULL, 'waived', a.second_factor_waived,
    'grants', coalesce((
      SELECT jsonb_agg(jsonb_build_object('role', g.role, 'agency_id', g.agency_id) ORDER BY g.role, g.agency_id)
      FROM role_grants g WHERE g.account_id = a.id AND g.superseded_at IS NULL AND g.valid_from <= on_date
        AND (g.valid_to IS NULL OR g.valid_to > on_date)), '[]'::jsonb))
$$;
CREATE FUNCTION session_actor(token text, at timestamptz, idle interval, longest interval, on_date date)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  s account_sessions;
  a accounts;
  touched boolean := false;
BEGIN
  SELECT * INTO s FROM account_sessions WHERE token_hash = token AND ended_at IS NULL;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF s.seen_at < at - idle OR s.started_at < at - longest THEN
    RETURN jsonb_build_object('expired', true);
  END IF;
  SELECT * INTO a FROM accounts WHERE id = s.account_id;
  -- A minute's grain keeps reading pages from writing a row each.
  IF s.seen_at < at - interval '1 minute' THEN
    UPDATE account_sessions SET seen_at = at WHERE id = s.id;
    touched := true;
  END IF;
  RETURN account_state(a, on_date) || jsonb_build_object(
    'session_id', s.id, 'second_factor', s.second_factor_at IS NOT NULL, 'touched', touched);
END $$;
CREATE FUNCTION token_actor(token text, at timestamptz, on_date date)
RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t api_tokens;
  a accounts;
  touched boolean := false;
BEGIN
  SELECT * INTO t FROM api_tokens WHERE token_hash = token AND revoked_at IS NULL AND expires_at > at;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO a FROM accounts WHERE id = t.account_id;
  IF t.used_at IS NULL OR t.used_at < at - interval '1 minute' THEN
    UPDATE api_tokens SET used_at = at WHERE id = t.id;
    touched := true;
  END IF;
  RETURN account_state(a, on_date) || jsonb_build_object(
    'token_id', t.id, 'permissions', to_jsonb(t.permissions), 'touched', touched);
END $$;
"""

REFRESH = """
CREATE FUNCTION refresh_people(ids bigint[], today date) RETURNS integer LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH scale AS (
    SELECT pay_table, pay_group, max(step) AS steps, max(months_per_step) AS months FROM pay_scale_steps
    GROUP BY pay_table, pay_group
  ), fresh AS MATERIALIZED (
    SELECT
      p.id AS person_id, coalesce(member.scope_ids, '{}') AS scope_ids, p.full_name, p.sort_key,
      to_tsvector('simple', p.search_text) AS search_words, p.staff_code, p.national_id, p.sex, p.birth_date,
      (p.birth_date || substr('0000-01-01', length(p.birth_date) + 1))::date AS born_on,
      s.kind, s.status, member.using_id AS agency_id, member.managing_id AS managing_agency_id,
      member.seconded_id AS seconded_to_id, p.unit_name, p.job_position, post.post_code, post.post_name, r.rank_code,
      r.pay_table, r.pay_group, r.step, scale.steps, r.coefficient, r.beyond_scale_percent, r.step_since,
      CASE
        WHEN s.status IS DISTINCT FROM 'serving' OR r.step_since IS NULL THEN NULL
        WHEN r.step < scale.steps OR coalesce(r.beyond_scale_percent, 0) = 0
          THEN (r.step_since + make_interval(months => scale.months))::date
        WHEN r.beyond_scale_since IS NOT NULL THEN (r.beyond_scale_since + interval '12 months')::date
      END AS next_step_on,
      CASE WHEN s.status IN ('left', 'retired', 'deceased') THEN NULL ELSE m.retires_on END AS retires_on,
      p.ethnic_group, p.religion, p.degree, p.theory_level, p.party_joined_on IS NOT NULL AS party_member,
      ((s.basis = 'old_data' AND s.basis IS NOT NULL)::integer + coalesce(member.old, 0)
        + (post.basis = 'old_data' AND post.basis IS NOT NULL)::integer
        + (r.basis = 'old_data' AND r.basis IS NOT NULL)::integer)::integer AS old_data_facts,
      change.on_date AS next_change_on, p.version, clock_timestamp() AS refreshed_at
    FROM people p
    LEFT JOIN person_status s ON s.person_id = p.id AND s.superseded_at IS NULL
      AND s.valid_from <= today AND (s.valid_to IS NULL OR s.valid_to > today)
    LEFT JOIN person_post post ON post.person_id = p.id AND post.slot = 0 AND post.superseded_at IS NULL
      AND post.valid_from <= today AND (post.valid_to IS NULL OR post.valid_to > today)
    LEFT JOIN person_rank r ON r.person_id = p.id AND r.superseded_at IS NULL
      AND r.valid_from <= today AND (r.valid_to IS NULL OR r.valid_to > today)
    LEFT JOIN scale ON scale.pay_table = r.pay_table AND scale.pay_group = r.pay_group
    LEFT JOIN retirement_months m ON m.sex = p.sex AND m.birth_year = left(p.birth_date, 4)::integer
      AND m.birth_month = coalesce(nullif(substr(p.birth_date, 6, 2), ''), '01')::integer
    LEFT JOIN LATERAL (
      SELECT array_agg(DISTINCT scope.id ORDER BY scope.id) AS scope_ids,
             max(f.agency_id) FILTER (WHERE f.membership = 'using') AS using_id,
             max(f.agency_id) FILTER (WHERE f.membership = 'managing') AS managing_id,
             max(f.agency_id) FILTER (WHERE f.membership = 'seconded_in') AS seconded_id,
             count(DISTINCT f.id) FILTER (WHERE f.basis = 'old_data') AS old
      FROM person_agency f JOIN agencies a ON a.id = f.agency_id CROSS JOIN LATERAL unnest(a.scope_ids) AS scope(id)
      WHERE f.person_id = p.id AND f.superseded_at IS NULL AND f.valid_from <= today
        AND (f.valid_to IS NULL OR f.valid_to > today)) member ON true
    LEFT JOIN LATERAL (
      SELECT min(d) AS on_date FROM (
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM person_status WHERE person_id = p.id AND superseded_at IS NULL
        UNION ALL
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM person_agency WHERE person_id = p.id AND superseded_at IS NULL
        UNION ALL
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM person_post WHERE person_id = p.id AND superseded_at IS NULL
        UNION ALL
        SELECT unnest(ARRAY[valid_from, valid_to]) FROM person_rank WHERE person_id = p.id AND superseded_at IS NULL
      ) AS days(d) WHERE d > today) change ON true
    WHERE ids IS NULL OR p.id = ANY (ids)
  ), reach AS (
    UPDATE people p SET scope_ids = f.scope_ids FROM fresh f
    WHERE p.id = f.person_id AND p.scope_ids IS DISTINCT FROM f.scope_ids
  ), written AS (
    INSERT INTO people_current AS c ({columns}) SELECT {columns} FROM fresh
    ON CONFLICT (person_id) DO UPDATE SET ({columns}) = ROW ({excluded})
    WHERE ROW ({compared}) IS DISTINCT FROM ROW ({excluded_compared})
    RETURNING 1
  )
  SELECT count(*)::integer FROM written
$$;
"""

CURRENT = (
    "person_id", "scope_ids", "full_name", "sort_key", "search_words", "staff_code", "national_id", "sex",
    "birth_date", "born_on", "kind", "status", "agency_id", "managing_agency_id", "seconded_to_id", "unit_name",
    "job_position", "post_code", "post_name", "rank_code", "pay_table", "pay_group", "step", "steps", "coefficient",
    "beyond_scale_percent", "step_since", "next_step_on", "retires_on", "ethnic_group", "religion", "degree",
    "theory_level", "party_member", "old_data_facts", "next_change_on", "version", "refreshed_at",
)  # fmt: skip
FUNCTIONS = (
    "hrms_own_decisions()",
    "search_people(text, text, bigint[], integer, integer, text, bigint)",
    "people_taken(text[], text[])",
    "who_sees(bigint, date)",
    "account_state(accounts, date)",
    "session_actor(text, timestamptz, interval, interval, date)",
    "token_actor(text, timestamptz, date)",
    "refresh_people(bigint[], date)",
)
SEARCH_READS = (
    "people", "people_current", "person_status", "person_agency", "person_post", "person_rank", "person_allowance",
    "accounts", "account_sessions", "role_grants", "api_tokens",
)  # fmt: skip


def upgrade() -> None:
    for script in (SETTINGS, OWN_DECISIONS, SEARCH, TAKEN, WHO_SEES, SIGN_IN, _refresh()):
        op.execute(script)
    op.execute("GRANT CREATE ON SCHEMA public TO hrms_search")
    for function in FUNCTIONS:
        op.execute(f"ALTER FUNCTION {function} OWNER TO hrms_search")
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO hrms_app, hrms_owner")
    op.execute("REVOKE CREATE ON SCHEMA public FROM hrms_search")
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _policies()
    _grants()


def _refresh() -> str:
    compared = [column for column in CURRENT if column != "refreshed_at"]
    texts = {
        "columns": ", ".join(CURRENT),
        "excluded": ", ".join(f"excluded.{column}" for column in CURRENT),
        "compared": ", ".join(f"c.{column}" for column in compared),
        "excluded_compared": ", ".join(f"excluded.{column}" for column in compared),
    }
    script = REFRESH
    for name, value in texts.items():
        script = script.replace("{" + name + "}", value)
    return script


def _policy(table: str, command: str, condition: str, role: str = "PUBLIC") -> None:
    clause = {
        "SELECT": f"USING ({condition})",
        "INSERT": f"WITH CHECK ({condition})",
        "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
        "DELETE": f"USING ({condition})",
        "ALL": f"USING ({condition}) WITH CHECK ({condition})",
    }[command]
    who = "search" if role == "hrms_search" else "scope"
    op.execute(f"CREATE POLICY {table}_{command.lower()}_{who} ON {table} FOR {command} TO {role} {clause}")


def _policies() -> None:
    _policy("people", "SELECT", f"{IN_SCOPE} OR id = (SELECT hrms_person())")
    _policy("people_current", "SELECT", f"{IN_SCOPE} OR person_id = (SELECT hrms_person())")
    _policy(
        "decisions",
        "SELECT",
        f"{IN_SCOPE} OR ((SELECT hrms_person()) IS NOT NULL AND id IN (SELECT hrms_own_decisions()))",
    )
    for table in ("people", "decisions", "import_batches", "mapping_profiles"):
        for command in ("INSERT", "UPDATE", "DELETE"):
            _policy(table, command, IN_SCOPE)
    for table in ("import_batches", "mapping_profiles"):
        _policy(table, "SELECT", IN_SCOPE)
    for table in (*FACTS, *PARTS):
        _policy(table, "SELECT", PERSON_VISIBLE)
        for command in ("UPDATE", "DELETE"):
            _policy(table, command, PERSON_IN_SCOPE)
        # Nobody may be put under an agency beyond the actor's own part of the tree; past stays are only repeated.
        placed = (
            f"{PERSON_IN_SCOPE} AND (membership <> 'using' OR valid_to <= CURRENT_DATE OR EXISTS (SELECT 1 FROM agencies a"
            " WHERE a.id = agency_id AND a.scope_ids && (SELECT hrms_scope())))"
        )
        _policy(table, "INSERT", placed if table == "person_agency" else PERSON_IN_SCOPE)
    for table in OF_BATCH:
        for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            _policy(table, command, BATCH_VISIBLE)
    _policy("accounts", "SELECT", f"scope_ids && (SELECT hrms_accounts()) OR id = {MY_ACCOUNT}")
    _policy("accounts", "UPDATE", f"scope_ids && (SELECT hrms_accounts()) OR id = {MY_ACCOUNT}")
    _policy("accounts", "INSERT", "scope_ids && (SELECT hrms_accounts())")
    for table in OF_ACCOUNT:
        _policy(table, "SELECT", ACCOUNT_VISIBLE)
        for command in ("INSERT", "UPDATE"):
            _policy(table, command, ACCOUNT_IN_SCOPE if table == "role_grants" else ACCOUNT_VISIBLE)
        if table in {"recovery_codes", "password_memory"}:
            _policy(table, "DELETE", ACCOUNT_VISIBLE)
    for table in OWN:
        for command in ("SELECT", "INSERT"):
            _policy(table, command, f"account_id = {MY_ACCOUNT}")
    for command in ("UPDATE", "DELETE"):
        _policy("saved_filters", command, f"account_id = {MY_ACCOUNT}")
    _policy("tasks", "ALL", f"account_id = {MY_ACCOUNT} OR (SELECT hrms_scope()) @> ARRAY[0::bigint]")
    _policy(
        "audit_events",
        "SELECT",
        f"{IN_SCOPE} OR (entity = 'account' AND scope_ids && (SELECT hrms_accounts()))",
    )
    _policy("audit_events", "INSERT", "true")
    for table in SEARCH_READS:
        _policy(table, "SELECT", "true", "hrms_search")
    for table in ("people", "account_sessions", "api_tokens"):
        _policy(table, "UPDATE", "true", "hrms_search")
    for command in ("INSERT", "UPDATE"):
        _policy("people_current", command, "true", "hrms_search")


def _columns(table: str, without: tuple[str, ...]) -> str:
    names = op.get_bind().exec_driver_sql(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %(table)s"
        " ORDER BY ordinal_position",
        {"table": table},
    )
    return ", ".join(name for (name,) in names if name not in without)


def _grants() -> None:
    for table in SEARCH_READS:
        op.execute(f"GRANT SELECT ON {table} TO hrms_search")
    for table in ("agencies", "pay_scale_steps", "retirement_months"):
        op.execute(f"GRANT SELECT ON {table} TO hrms_search")
    op.execute("GRANT UPDATE (scope_ids) ON people TO hrms_search")
    op.execute("GRANT UPDATE (seen_at) ON account_sessions TO hrms_search")
    op.execute("GRANT UPDATE (used_at) ON api_tokens TO hrms_search")
    op.execute("GRANT INSERT, UPDATE ON people_current TO hrms_search")
    for table in (*GUARDED, *OPEN):
        op.execute(f"GRANT SELECT ON {table} TO hrms_app")
    # Whom a person belongs to follows from the facts: the application may set it at birth and never move it.
    op.execute(f"GRANT INSERT, DELETE, UPDATE ({_columns('people', ('id', 'scope_ids'))}) ON people TO hrms_app")
    for table in (*FACTS, "agency_facts", "role_grants"):
        op.execute(f"GRANT INSERT, UPDATE (superseded_at) ON {table} TO hrms_app")
    for table in FACTS:
        op.execute(f"GRANT DELETE ON {table} TO hrms_app")
    for table in (*PARTS, "import_batches", *OF_BATCH, "mapping_profiles", "saved_filters"):
        op.execute(f"GRANT INSERT, UPDATE, DELETE ON {table} TO hrms_app")
    op.execute("GRANT INSERT, UPDATE, DELETE ON decisions TO hrms_app")
    for table in ("agencies", "accounts", "account_sessions", "api_tokens", "recovery_codes", "settings", "tasks"):
        op.execute(f"GRANT INSERT, UPDATE ON {table} TO hrms_app")
    op.execute("GRANT INSERT, UPDATE ON catalogue_items TO hrms_app")
    for table in ("password_memory", "recovery_codes"):
        op.execute(f"GRANT INSERT, DELETE ON {table} TO hrms_app")
    for table in ("audit_events", "read_marks"):
        op.execute(f"GRANT INSERT ON {table} TO hrms_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO hrms_app")


def downgrade() -> None:
    op.execute(
        "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public'"
        " LOOP EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename); END LOOP; END $$"
    )
    for table in GUARDED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (*GUARDED, *OPEN):
        op.execute(f"REVOKE ALL ON {table} FROM hrms_app, hrms_search")
    op.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM hrms_app")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    for function in ("hrms_account()", "hrms_accounts()", "hrms_person()", "hrms_scope()"):
        op.execute(f"DROP FUNCTION {function}")
