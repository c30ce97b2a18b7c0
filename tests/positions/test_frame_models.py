"""The province's models come from the files and stay the province's once it has written them; every frame reads."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, text

from hrms.core import dated
from hrms.core.db import db
from hrms.positions.models import FrameVersion, JobPosition, PositionFrame
from hrms.positions.queries.frames import REQUIREMENTS, frames_for
from hrms.positions.services import frame_checks
from hrms.positions.services.models import load_models
from seed.model_frames import model_frames
from tests.positions.test_frames import position, put_frame, put_line
from tests.province import Province, signed_in_scope

KEY = "vc.pl2.067"


def models_of(key: str) -> list[FrameVersion]:
    query = (
        select(FrameVersion)
        .join(PositionFrame, PositionFrame.id == FrameVersion.frame_id)
        .join(JobPosition, JobPosition.id == PositionFrame.position_id)
        .where(JobPosition.key == key, PositionFrame.agency_id.is_(None))
        .order_by(FrameVersion.id)
    )
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def anew(**more: Any) -> dict[str, Any]:
    found = next(row for row in model_frames() if row["position"] == KEY)
    return found | more


def test_the_models_are_there_and_loading_again_writes_nothing(province: Province) -> None:
    with signed_in_scope():
        before = db.session.execute(text("SELECT count(*) FROM frame_versions")).scalar_one()
        assert before >= 120
        assert load_models(model_frames()) == before
        assert db.session.execute(text("SELECT count(*) FROM frame_versions")).scalar_one() == before


def test_a_model_worded_anew_replaces_what_the_files_wrote(province: Province) -> None:
    with signed_in_scope():
        load_models([anew(least_degree="master")])
        old, new = models_of(KEY)
        assert old.superseded_at is not None
        assert (new.superseded_at, new.least_degree, new.valid_from) == (None, "master", old.valid_from)


def test_what_the_province_wrote_is_left_alone(province: Province) -> None:
    with signed_in_scope():
        (seeded,) = models_of(KEY)
        values = {name: getattr(seeded, name) for name in REQUIREMENTS} | {
            "content": seeded.content, "least_degree": "doctor",
        }  # fmt: skip
        dated.replace(
            FrameVersion, {"frame_id": seeded.frame_id}, values, valid_from=date(2026, 10, 1),
            recorded_by=province.accounts["sonoivu"],
        )  # fmt: skip
        load_models([anew(least_degree="master")])
        assert [one.least_degree for one in models_of(KEY) if one.superseded_at is None] == ["university", "doctor"]


def test_a_model_judges_seats_from_the_day_of_its_decree(province: Province) -> None:
    with signed_in_scope():
        line = put_line(province.agencies["C1"], position(KEY), quota_kind="public")
        assert frames_for([line], date(2026, 6, 30)).of(line) is None
        judging = frames_for([line], date(2026, 7, 1)).of(line)
        assert judging is not None
        assert judging.agency_id is None
        assert judging.requirements.grades == range(3, 5)


def test_hrms_check_names_frames_that_do_not_read(province: Province) -> None:
    with signed_in_scope():
        assert frame_checks.run() == []
        need = {"code": "X9", "level_min": 1, "level_max": 2, "grade": None}
        unknown = put_frame(position("cc.specialised.01"), None, content={"competencies": [need]})
        damaged = put_frame(position("cc.specialised.02"), None, content={"duties": [{"section": "no"}]})
        first, second = frame_checks.run()
        assert str(unknown) in first
        assert "X9" in first
        assert str(damaged) in second
        assert "duties[0].section" in second
