"""Mappings kept by name, found again by the headers of the next file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from hrms.audit import services as audit
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.imports.models import ImportBatch, MappingProfile
from hrms.imports.services.plans import header_key, profile

NAME_LENGTH = 100


def save_profile(actor: Actor, batch: ImportBatch, sheet: Mapping[str, Any], name: str) -> None:
    """Keep the mapping of a sheet of the batch under `name` for the batch's agency; the same name again replaces it."""
    actor.require(Permission.IMPORTS_RUN, at=batch.scope_ids)
    values = {
        "importer": batch.importer, "agency_id": batch.agency_id, "scope_ids": batch.scope_ids,
        "name": name.strip()[:NAME_LENGTH], "header_key": header_key([column["path"] for column in sheet["columns"]]),
        "mapping": profile(sheet), "saved_by": actor.account_id,
    }  # fmt: skip
    statement = insert(MappingProfile).values(values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["agency_id", "importer", "name"],
            set_={
                "header_key": statement.excluded.header_key, "mapping": statement.excluded.mapping,
                "saved_by": statement.excluded.saved_by, "saved_at": func.clock_timestamp(),
            },
        )
    )  # fmt: skip
    audit.record(
        actor, "mapping.saved", "mapping", None, scope_ids=batch.scope_ids, agency_id=batch.agency_id,
        after={"name": values["name"]},
    )  # fmt: skip
