"""Writing the staged rows of the further sheets, and noting what their people were like before."""

from __future__ import annotations

from hrms.core import dated
from hrms.people.importer.applying import Applier
from hrms.people.importer.parts import PartSheet
from hrms.people.models import PersonAbsence, PersonRank

BEFORE = "import_before"


def create_before(applier: Applier) -> None:
    """Make the temporary table of rows as they were before the batch changed them."""
    applier.run(f"CREATE TEMPORARY TABLE {BEFORE} (person_id bigint, kept jsonb) ON COMMIT DROP")


def write_part(applier: Applier, sheet: PartSheet) -> None:
    """Insert what is new of a sheet and bring what it met to what it says."""
    if sheet.dated:
        _write_dated(applier, sheet)
        return
    names = ", ".join(sheet.columns)
    fixed = "".join(f", {name}" for name in sheet.fixed)
    values = "".join(f", '{value}'" for value in sheet.fixed.values())
    applier.run(
        f"INSERT INTO {sheet.table} (person_id, {names}{fixed}, batch_id)"  # noqa: S608 - own names
        f" SELECT t.person_id, {', '.join(f't.{n}' for n in sheet.columns)}{values}, :batch FROM {sheet.stage} t"
        " WHERE t.outcome = 'create'"
    )
    applier.run(
        f"INSERT INTO {BEFORE} SELECT e.person_id, jsonb_build_object('table', '{sheet.table}', 'row', to_jsonb(e))"  # noqa: S608 - own names
        f" FROM {sheet.table} e JOIN {sheet.stage} t ON t.target = e.id WHERE t.outcome = 'change'"
    )
    kept = ", ".join(f"{name} = coalesce(t.{name}, e.{name})" for name in sheet.columns)
    applier.run(
        f"UPDATE {sheet.table} e SET {kept}, version = e.version + 1 FROM {sheet.stage} t"  # noqa: S608 - own names
        " WHERE t.target = e.id AND t.outcome = 'change'"
    )


def _write_dated(applier: Applier, sheet: PartSheet) -> None:
    group = "".join(f", t.{name}" for name in sheet.group_key())
    paper = (
        "CAST(NULL AS bigint) AS decision_id, 'old_data'::text AS basis, CAST(:account AS bigint) AS recorded_by,"
        " CAST(:batch AS bigint) AS batch_id"
    )
    if sheet.model is PersonRank:
        values = (
            "t.rank_code, NULL::date AS rank_since, k.pay_table, k.pay_group, t.step, t.coefficient,"
            " CASE WHEN t.step IS NOT NULL THEN t.valid_from END AS step_since, t.pay_percent,"
            " NULL::numeric AS beyond_scale_percent, NULL::date AS beyond_scale_since"
        )
        source = f"{sheet.stage} t LEFT JOIN ranks k ON k.code = t.rank_code"
    elif sheet.model is PersonAbsence:
        values = (
            "t.absence_kind, NULL::date AS expected_until, t.working_days,"
            " CASE WHEN t.absence_kind = 'maternity_leave' THEN 1 END AS children,"
            " CASE WHEN t.absence_kind = 'study' THEN false END AS abroad,"
            " CASE WHEN t.absence_kind = 'suspension' THEN false END AS prosecuted, t.absence_reason"
        )
        source = f"{sheet.stage} t"
    else:
        values = "t.allowance_kind, t.coefficient, t.percent, t.amount, t.form"
        source = f"{sheet.stage} t"
    applier.run(
        f"CREATE TEMPORARY TABLE import_past ON COMMIT DROP AS SELECT t.person_id, {values}, t.valid_from, t.valid_to,"  # noqa: S608 - own names
        f" {paper}, t.is_new, row_number() OVER (PARTITION BY t.person_id{group} ORDER BY t.valid_from) AS round"
        f" FROM {source} WHERE t.outcome = 'create'"
    )
    columns = [*sheet.model.__dated_key__, *dated.fact_columns(sheet.model)]
    names = ", ".join([*columns, "valid_from", "valid_to", "decision_id", "basis", "recorded_by", "batch_id"])
    applier.run(
        f"INSERT INTO {sheet.table} ({names}, recorded_at) SELECT {names}, CAST(:moment AS timestamptz)"  # noqa: S608 - own names
        " FROM import_past WHERE is_new",
        moment=applier.moment,
    )
    applier.run("DELETE FROM import_past WHERE is_new")
    most = applier.run("SELECT coalesce(max(round), 0) FROM import_past").scalar_one()
    dated.replace_many(sheet.model, "import_past", rounds=range(1, most + 1), moment=applier.moment)
    applier.run("DROP TABLE import_past")


def write_touched(applier: Applier, sheets: list[PartSheet]) -> list[int]:
    """Count a change of everybody whom only further sheets touch, keep their effects and trail; returns their ids."""
    union = " UNION ".join(
        f"SELECT person_id FROM {sheet.stage} WHERE outcome IN ('create', 'change')"  # noqa: S608 - own names
        for sheet in sheets
    )
    if not union:
        return []
    touched = [
        row[0]
        for row in applier.run(
            f"UPDATE people p SET version = p.version + 1, changed_at = clock_timestamp()"  # noqa: S608 - own names
            f" WHERE p.id IN ({union}) AND p.id NOT IN (SELECT person_id FROM import_people) RETURNING p.id"
        )
    ]
    if touched:
        actor = applier.terms.actor
        applier.run(
            "INSERT INTO import_effects (batch_id, person_id, created, version_after, before)"
            " SELECT :batch, p.id, false, p.version, jsonb_build_object('_version', "
            "p.version - 1) FROM people p WHERE p.id = ANY (:ids)",
            ids=touched,
        )
        applier.run(
            "INSERT INTO audit_events (account_id, actor_name, via, request_id, action, entity, entity_id, person_id,"
            " scope_ids, agency_name, after) SELECT CAST(:account AS bigint), :actor, :via, :request,"
            " 'person.import_changed', 'person', p.id, p.id, p.scope_ids, coalesce(a.name, ''),"
            " jsonb_build_object('batch', CAST(:batch AS bigint))"
            " FROM people p LEFT JOIN people_current c ON c.person_id = p.id LEFT JOIN agencies a ON a.id = c.agency_id"
            " WHERE p.id = ANY (:ids)",
            ids=touched, actor=actor.name, via=actor.via, request=actor.request_id,
        )  # fmt: skip
    return touched


def keep_before(applier: Applier) -> None:
    """Put the rows as they were beside the other old values of their people."""
    applier.run(
        f"UPDATE import_effects e SET before = coalesce(e.before, '{{}}'::jsonb) || jsonb_build_object('parts', b.kept)"  # noqa: S608 - own names
        f" FROM (SELECT person_id, jsonb_agg(kept) AS kept FROM {BEFORE} GROUP BY person_id) b"
        " WHERE e.batch_id = :batch AND e.person_id = b.person_id"
    )
