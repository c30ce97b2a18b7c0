"""The province's model frames as the seed files write them, brought into the database by its owner.

A model the province has since written itself is left alone: only what the files wrote is kept to what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from hrms.core import dated
from hrms.core.db import db
from hrms.positions.models import FrameVersion, JobPosition, PositionFrame
from hrms.positions.queries.frames import REQUIREMENTS

FIRST_DAY = date(2025, 12, 31)
"""From when a model judges where the catalogue names no day: NĐ 361/2025/NĐ-CP Đ13 k1."""
_COLUMNS = (*REQUIREMENTS, "content")


def load_models(models: Iterable[Mapping[str, Any]]) -> int:
    """Write the models that are missing or that the files word anew; returns the models seen.

    Each names its position by key (`position`) and holds the columns of a version.
    """
    rows = list(models)
    positions = {one.key: one for one in db.session.scalars(select(JobPosition))}
    frames = {
        one.position_id: one
        for one in db.session.scalars(select(PositionFrame).where(PositionFrame.agency_id.is_(None)))
    }
    ids = [one.id for one in frames.values()]
    versions: dict[int, list[FrameVersion]] = {}
    for version in db.session.scalars(select(FrameVersion).where(FrameVersion.frame_id.in_(ids))):
        versions.setdefault(version.frame_id, []).append(version)
    missing = [row for row in rows if positions[row["position"]].id not in frames]
    if missing:
        _insert(missing, positions)
    for row in rows:
        frame = frames.get(positions[row["position"]].id)
        if frame is not None:
            _update(row, versions.get(frame.id, []))
    return len(rows)


def _insert(rows: Iterable[Mapping[str, Any]], positions: Mapping[str, JobPosition]) -> None:
    given = {positions[row["position"]].id: row for row in rows}
    first = {one.id: one.valid_from or FIRST_DAY for one in positions.values()}
    made = db.session.execute(
        insert(PositionFrame).returning(PositionFrame.id, PositionFrame.position_id),
        [{"position_id": key, "agency_id": None} for key in given],
    ).all()
    db.session.execute(
        insert(FrameVersion),
        [
            {
                **{name: given[one.position_id][name] for name in _COLUMNS},
                "frame_id": one.id, "valid_from": first[one.position_id], "valid_to": None,
                "basis": dated.BASIS_OLD_DATA,
            }
            for one in made
        ],
    )  # fmt: skip


def _update(row: Mapping[str, Any], versions: Iterable[FrameVersion]) -> None:
    known = list(versions)
    current = [one for one in known if one.superseded_at is None]
    if len(current) != 1 or any(one.recorded_by is not None or one.decision_id is not None for one in known):
        return
    said = {name: row[name] for name in _COLUMNS}
    if said != {name: getattr(current[0], name) for name in _COLUMNS}:
        key = {"frame_id": current[0].frame_id}
        dated.replace(FrameVersion, key, said, valid_from=current[0].valid_from)
