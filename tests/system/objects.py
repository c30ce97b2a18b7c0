"""One object of every kind inside and outside each role's reach, for the matrix of all routes.

A new route with a new kind of parameter makes the matrix fail until its row is added to `PARAMETERS`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import Table, insert, select, update

from hrms.accounts.models import Account, AccountSession, ApiToken, RoleGrant
from hrms.core import files, scope
from hrms.core.actor import Actor
from hrms.core.db import Base, db
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.press import Form
from hrms.core.documents.printing import built_in
from hrms.core.models import Task
from hrms.decisions.models import (
    DecentralisationRule,
    Decision,
    DecisionScan,
    NumberBook,
    Submission,
    SubmissionLine,
)
from hrms.decisions.papers.wording import Said
from hrms.imports.models import ImportBatch
from hrms.people.models import Person, PersonAgency, SavedFilter, WorkPeriod
from hrms.performance.models import CriteriaSet
from hrms.positions.models import (
    Assignment,
    EstablishmentLine,
    FrameVersion,
    JobPosition,
    Overage,
    PositionFrame,
    PositionGap,
    PositionScheme,
    QuotaMovement,
    SchemeLine,
    SchemeWork,
    SeatReservation,
)
from hrms.training.models import (
    Course,
    ImpactCheck,
    TrainingEvidence,
    TrainingPlan,
    TrainingPlanLine,
    TrainingProvider,
    TrainingRequirement,
)
from tests.pay.incentives.objects import incentive_objects, own_incentive_objects
from tests.pay.leaving.objects import add_case, leaving_objects
from tests.pay.pages.objects import own_sheet_objects, sheet_objects
from tests.pay.path.objects import own_raise_objects, raise_objects
from tests.pay.whatif.objects import scenario_objects
from tests.performance.after.objects import own_round_objects, round_objects
from tests.province import ACCOUNTS, TODAY, Province
from tests.system.law_objects import text_of_law
from tests.system.product_objects import product_objects
from tests.system.work_objects import work_objects
from tests.training import making
from tests.training.payback.promising import decided_case

NOWHERE = 999_999_999
PLACE_INSIDE = {
    "admin": "B", "sonoivu": "B", "tochuc": "B", "thutruong": "B", "giangvien": "A", "thanhtra": "C", "canbo": "B",
    "vanthu": "B",
}  # fmt: skip
PLACE_OUTSIDE = {
    "tochuc": "A", "thutruong": "A", "giangvien": "C", "thanhtra": "A", "canbo": "A", "vanthu": "A",
}  # fmt: skip
"""Whoever reaches everything has no outside: for them an id that does not exist stands in."""
PERSON_AT = {"A": "Nguyễn Hòa Bình", "B": "Lý Thị Cẩm", "C": "Thạch Sa Rây"}


@dataclass(frozen=True, slots=True)
class Objects:
    """Ids of the made objects by kind and place."""

    province: Province
    made: dict[tuple[str, str], int]

    def at(self, kind: str, place: str) -> int:
        """Return the object of a kind at a place."""
        return self.made[kind, place]


def _add(model: type[Any], **values: Any) -> int:
    table: Table = Base.metadata.tables[model.__tablename__]
    return int(db.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def build_objects(province: Province) -> Objects:
    """Write the objects: a decision, an account with session, grant and token at each place; things of one's own."""
    made: dict[tuple[str, str], int] = {}
    with scope.everything():
        made["text", ""] = text_of_law()
        for place in ("A", "B", "C"):
            path = province.paths[place]
            made["agency", place] = province.agencies[place]
            person = made["person", place] = province.people[PERSON_AT[place]]
            made["fact", place] = db.session.execute(
                select(PersonAgency.id).where(PersonAgency.person_id == person, PersonAgency.membership == "using")
            ).scalar_one()
            made["row", place] = _add(WorkPeriod, person_id=person, from_on="2010", position="Chuyên viên")
            made["decision", place] = _add(
                Decision, number=f"1{place}", symbol="QĐ-TEST", signed_on=date(2026, 1, 2), issuer_name="Cơ quan",
                issuer_key=f"agency:{path[-1]}", issuer_agency_id=path[-1], kind="other", subject="Thử",
                scope_ids=path, search_key="thu",
            )  # fmt: skip
            made["scan", place] = _scan(made["decision", place])
            account = _add(
                Account, username=f"nguoi-{place.lower()}", display_name=f"Người {place}", agency_id=path[-1],
                scope_ids=path, must_change_password=False,
            )  # fmt: skip
            made["account", place] = account
            made["grant", place] = _add(
                RoleGrant, account_id=account, role="official", agency_id=path[-1], valid_from=date(2026, 1, 1),
                basis="old_data",
            )  # fmt: skip
            delegate = _add(
                Account, username=f"kythay-{place.lower()}", display_name=f"Người ký thay {place}", agency_id=path[-1],
                scope_ids=path, must_change_password=False,
            )  # fmt: skip
            made["delegation", place] = _add(
                RoleGrant, account_id=delegate, role="delegate", agency_id=path[-1], valid_from=date(2026, 1, 1),
                valid_to=date(2099, 1, 1), basis="old_data", capacity="KT.",
            )  # fmt: skip
            made["batch", place] = _add(
                ImportBatch, importer="people", agency_id=path[-1], scope_ids=path, filename="danh-sach.xlsx",
                file_hash="0" * 64, file_size=1, state="ready", plan={"sheets": []}, counts={},
            )  # fmt: skip
            made["frame", place] = _frame(made["agency", place])
            made |= _scheme(place, path)
            made["seat line", place] = _add(
                EstablishmentLine, agency_id=path[-1], quota_kind="civil", shares={},
                position_id=select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17").scalar_subquery(),
            )  # fmt: skip
            seat_line = made["seat line", place]
            made["seat", place] = _add(
                Assignment, person_id=person, slot=0, line_id=seat_line, role="main", valid_from=date(2026, 1, 1),
                basis="old_data",
            )  # fmt: skip
            made["movement", place] = _add(
                QuotaMovement, agency_id=path[-1], line_id=seat_line, quota_kind="civil", kind="assigned", amount=1,
                effective_on=date(2026, 1, 1), basis="old_data",
            )  # fmt: skip
            made["overage", place] = _add(
                Overage, rule="quota", agency_id=path[-1], line_key=0, level="public", excess=1, reason="Thử",
                valid_from=date(2026, 1, 1), basis="old_data",
            )  # fmt: skip
            made["reservation", place] = _add(
                SeatReservation, line_id=seat_line, kind="recruitment", seats=1, valid_from=date(2026, 1, 1),
                note="Thử",
            )  # fmt: skip
            made["gap", place] = _add(
                PositionGap, person_id=person, line_id=seat_line, requirement="theory_level",
                params={"required": "Trung cấp"}, found_on=date(2026, 1, 1),
            )  # fmt: skip
            made["commitment", place], made["payment", place] = decided_case(person)
            made["list", place] = _add(
                ImportBatch, importer="positions", agency_id=path[-1], scope_ids=path, filename="vi-tri.xlsx",
                file_hash="0" * 64, file_size=1, state="applied", plan={"effective_on": "2026-07-01"},
                counts={"rows": 1, "created": 1, "updated": 0, "unchanged": 0},
            )  # fmt: skip
            made["session", place] = _session(account, f"of-{place}")
            made |= _training_class(province, place)
            made["token", place] = _token(account, f"of-{place}")
            made["plan", place], made["plan line", place] = _plan(made["agency", place])
            made["entry", place] = making.add_hours(province, PERSON_AT[place], 8, date(2026, 2, 3))
            made["evidence", place] = _evidence(person)
            made |= product_objects(province, place)
            made |= work_objects(province, place, PERSON_AT[place])
            made |= incentive_objects(province, place, PERSON_AT[place])
            made |= leaving_objects(province, place, PERSON_AT[place])
            made |= round_objects(province, place, PERSON_AT[place])
            made |= scenario_objects(province, place)
            made |= sheet_objects(province, place, PERSON_AT[place])
            made |= raise_objects(province, place, PERSON_AT[place])
        _photograph()
        made["criteria set", ""] = db.session.execute(
            select(CriteriaSet.id).where(CriteriaSet.code == "335/2025")
        ).scalar_one()
        made["template", ""] = _add(
            DocumentTemplate, kind="official", form="typst", file_name="mau.typ", content=built_in(Form.TYPST),
            uploaded_name="Thử",
        )  # fmt: skip
        made["own row", "canbo"] = _add(
            WorkPeriod, person_id=province.people["Nguyễn Văn Hùng"], from_on="2011", position="Chuyên viên"
        )
        made["own commitment", "canbo"], _payment = decided_case(province.people["Nguyễn Văn Hùng"])
        made |= own_round_objects(province, "Nguyễn Văn Hùng", made["rating round", "B"])
        made |= own_sheet_objects(province, "Nguyễn Văn Hùng")
        made |= own_incentive_objects(province, "Nguyễn Văn Hùng")
        made |= own_raise_objects(province, "Nguyễn Văn Hùng")
        made["own severance", "canbo"] = add_case(province.people["Nguyễn Văn Hùng"], province.agencies["B"])
        made["own evidence", "canbo"] = _evidence(province.people["Nguyễn Văn Hùng"])
        made["power", ""] = _add(
            DecentralisationRule, action="leaving", person_kind="part_time", proposes="using", signs="using",
            valid_from=date(2026, 1, 1), source="Thử", mark="P",
        )  # fmt: skip
        made["position", ""] = db.session.execute(_POSITION).scalar_one()
        for kind, model in (("course", Course), ("provider", TrainingProvider), ("requirement", TrainingRequirement)):
            made[kind, ""] = db.session.scalars(select(model.id).order_by(model.id).limit(1)).one()
        for place in ("root", "A", "B", "C"):
            made["submission", place], made["line", place] = _submission(province, place)
            made["book", place] = _add(
                NumberBook, agency_id=province.agencies[place], year=2026, symbol="QĐ-THU", next_number=1
            )
        for username in ACCOUNTS:
            account_id = province.accounts[username]
            scope.enter(scope.Scope(people=(0,), accounts=(0,), account_id=account_id))
            made["own session", username] = _session(account_id, username)
            made["own token", username] = _token(account_id, username)
            made["own task", username] = _add(
                Task, account_id=account_id, kind="people.export_list", arguments={}, state="waiting"
            )
            made["own filter", username] = _add(SavedFilter, account_id=account_id, page="people", name="x", query="")
        scope.enter(scope.ALL)
        db.session.commit()
    return Objects(province, made)


def _photograph() -> None:
    """Give everybody one and the same photograph."""
    out = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(out, "PNG")
    out.seek(0)
    stored = files.keep_portrait(Actor.system(), out, name="anh.png", allowed=files.PHOTOS)
    db.session.execute(update(Person).values(photo_hash=stored.sha256))


_POSITION = select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17")


def _frame(agency_id: int) -> int:
    """A frame of an agency with a version that asks for nothing."""
    frame_id = _add(PositionFrame, position_id=_POSITION.scalar_subquery(), agency_id=agency_id)
    _add(
        FrameVersion, frame_id=frame_id, valid_from=date(2026, 1, 1), basis="old_data", majors=[], certificates=[],
        may_complete_later=[], other_majors_with_certificate=False, special_law=False, content={},
    )  # fmt: skip
    return frame_id


def _scheme(place: str, path: list[int]) -> dict[tuple[str, str], int]:
    """A draft of a scheme at a place, with a piece of work and a position."""
    scheme = _add(
        PositionScheme, agency_id=path[-1], scope_ids=path, quota_kind="civil", title="Thử", state="draft", content={},
        checklist={}, changed_at=TODAY,
    )  # fmt: skip
    work = _add(SchemeWork, scheme_id=scheme, unit_id=path[-1], name="Thử", times_a_year=1, hours_each=1)
    position = select(JobPosition.id).where(JobPosition.key == "cc.commune.II.17").scalar_subquery()
    line = _add(
        SchemeLine, scheme_id=scheme, unit_id=path[-1], position_id=position, seats=1, shares={}, frame={},
    )  # fmt: skip
    return {("scheme", place): scheme, ("scheme work", place): work, ("scheme line", place): line}


def _plan(agency_id: int) -> tuple[int, int]:
    """A draft of a yearly plan with a programme; returns both ids."""
    plan = _add(TrainingPlan, agency_id=agency_id, year=2026, state="draft", title="Thử", changed_at=TODAY)
    line = _add(
        TrainingPlanLine, plan_id=plan, course_id=select(Course.id).limit(1).scalar_subquery(), classes=1, learners=20,
        central_budget=0, local_budget=0, other_budget=0, needs=0,
    )  # fmt: skip
    return plan, line


def _training_class(province: Province, place: str) -> dict[tuple[str, str], int]:
    """A class run at a place and taught by the trainer, with the person of the place and, at B, the official in it."""
    names = [PERSON_AT[place], *(["Nguyễn Văn Hùng"] if place == "B" else [])]
    made = making.add_class(province, place)
    enrolments = making.enrol(province, made, *names)
    person, impact = province.people[PERSON_AT[place]], making.COMPETENCY
    found = {
        ("class", place): made, ("class session", place): making.session_ids(made)[0],
        ("enrolment", place): enrolments[-1],
        ("certificate", place): making.certify(person, made, enrolments[0]),
        ("impact", place): _add(
            ImpactCheck, enrolment_id=enrolments[0], class_id=made, person_id=person, competency_code=impact,
            due_on=date(2026, 12, 1),
        ),
    }  # fmt: skip
    if place == "B":
        found["own certificate", "canbo"] = making.certify(province.people[names[-1]], made, enrolments[-1])
    return found


def _evidence(person_id: int) -> int:
    """A report of something learnt elsewhere, with a picture for its proof."""
    out = io.BytesIO()
    Image.new("RGB", (20, 30), "white").save(out, "PNG")
    out.seek(0)
    stored = files.keep(Actor.system(), out, name="chung-nhan.png", allowed=files.PROOFS)
    return _add(
        TrainingEvidence, person_id=person_id, state="submitted", title="Thử", kind="position", form="online",
        hours=8, started_on=date(2026, 3, 2), ended_on=date(2026, 3, 2), sha256=stored.sha256,
        file_name="chung-nhan.png", submitted_at=TODAY,
    )  # fmt: skip


def _scan(decision_id: int) -> int:
    """A scan of a decision; the bytes themselves are in no folder."""
    sha256 = f"{decision_id:064x}"
    values = {"sha256": sha256, "bytes": 1, "media_type": "application/pdf"}
    db.session.execute(insert(Base.metadata.tables["stored_files"]).values(**values))
    return _add(DecisionScan, decision_id=decision_id, sha256=sha256, file_name="quet.pdf", size=1)


def _submission(province: Province, place: str) -> tuple[int, int]:
    """A submission of which the agency is every party, signed for its one person and waiting for a number; its line."""
    agency, person = province.agencies[place], PERSON_AT.get(place, "Nguyễn Văn Hùng")
    submission = _add(
        Submission, kind="appointment", title="Thử", effective_on=date(2026, 12, 1), values={}, one_paper=False,
        proposing_agency_id=agency, appraising_agency_id=agency, signing_agency_id=agency, party_ids=[0, agency],
        rule_ids=[], split_key=place, state="signed", grounds=[], changed_at=TODAY,
    )  # fmt: skip
    said = Said(
        summary="Thử", grounds=[], articles=["Thử."], recipients=[], kept="VT", issuer="Cơ quan", superior="", place="",
        authority="Thủ trưởng Cơ quan", head="Thủ trưởng", committee=False, unit="",
    )  # fmt: skip
    line = _add(
        SubmissionLine, submission_id=submission, kind="appointment", place=1, person_id=province.people[person],
        person_name=person, person_version=1, values={}, changes=[], conditions=[], answers={}, state="signed",
        wording=asdict(said),
    )  # fmt: skip
    return submission, line


def _session(account_id: int, token: str) -> int:
    moment = datetime.now(TODAY.tzinfo)
    return _add(
        AccountSession, account_id=account_id, token_hash=f"hash-{token}", started_at=moment, seen_at=moment,
        address="127.0.0.1", browser="test",
    )  # fmt: skip


def _token(account_id: int, token: str) -> int:
    return _add(
        ApiToken, account_id=account_id, name="t", token_hash=f"token-{token}",
        expires_at=datetime.now(TODAY.tzinfo) + timedelta(days=30),
    )  # fmt: skip


Choice = Callable[[Objects, str, bool], int]


def _placed(kind: str) -> Choice:
    def choose(objects: Objects, username: str, inside: bool) -> int:
        place = PLACE_INSIDE[username] if inside else PLACE_OUTSIDE.get(username)
        return objects.at(kind, place) if place else NOWHERE

    return choose


def _own(kind: str) -> Choice:
    def choose(objects: Objects, username: str, inside: bool) -> int:
        other = "tochuc" if username != "tochuc" else "thanhtra"
        return objects.at(kind, username if inside else other)

    return choose


def _person(objects: Objects, username: str, inside: bool) -> int:
    if username == "canbo":
        return objects.province.people["Nguyễn Văn Hùng" if inside else "Võ Minh Đức"]
    return _placed("person")(objects, username, inside)


def _certificate(objects: Objects, username: str, inside: bool) -> int:
    if username == "canbo" and inside:
        return objects.at("own certificate", username)
    return _placed("certificate")(objects, username, inside)


def _row(objects: Objects, username: str, inside: bool) -> int:
    if username == "canbo" and inside:
        return objects.at("own row", username)
    return _placed("row")(objects, username, inside)


def _commitment(objects: Objects, username: str, inside: bool) -> int:
    if username == "canbo" and inside:
        return objects.at("own commitment", username)
    return _placed("commitment")(objects, username, inside)


def _own_or_placed(kind: str) -> Choice:
    """What hangs on a person: the official's own inside, else that of the place."""

    def choose(objects: Objects, username: str, inside: bool) -> int:
        if username == "canbo" and inside:
            return objects.at(f"own {kind}", username)
        return _placed(kind)(objects, username, inside)

    return choose


def _party(kind: str) -> Choice:
    """What is seen by the very agency alone: whoever reaches the whole tree has what is the root's."""

    def choose(objects: Objects, username: str, inside: bool) -> int:
        if username == "sonoivu":
            return objects.at(kind, "root" if inside else "B")
        return _placed(kind)(objects, username, inside)

    return choose


def _account(objects: Objects, username: str, inside: bool) -> int:
    return _placed("account")(objects, username, inside)


PARAMETERS: dict[str, Choice] = {
    "person_id": _person,
    "agency_id": _placed("agency"),
    "decision_id": _placed("decision"),
    "account_id": _account,
    "grant_id": _placed("grant"),
    "delegation_id": _placed("delegation"),
    "rule_id": lambda objects, _username, inside: objects.at("power", "") if inside else NOWHERE,
    "session_id": _own("own session"),
    "token_id": _placed("token"),
    "task_id": _own("own task"),
    "filter_id": _own("own filter"),
    "batch_id": _placed("batch"),
    "list_id": _placed("list"),
    "fact_id": _placed("fact"),
    "row_id": _row,
    "submission_id": _party("submission"),
    "line_id": _party("line"),
    "positions.line_id": _placed("seat line"),
    "positions_api.line_id": _placed("seat line"),
    "book_id": _party("book"),
    "scheme_id": _placed("scheme"),
    "work_id": _placed("scheme work"),
    "scheme_line_id": _placed("scheme line"),
    "position_id": lambda objects, _username, inside: objects.at("position", "") if inside else NOWHERE,
    "frame_id": _placed("frame"),
    "seat_id": _placed("seat"),
    "movement_id": _placed("movement"),
    "overage_id": _placed("overage"),
    "reservation_id": _placed("reservation"),
    "gap_id": _placed("gap"),
    # Classes hold no people and are open to all who read lists: outside is one that is not there.
    "class_id": lambda objects, username, inside: objects.at("class", PLACE_INSIDE[username]) if inside else NOWHERE,
    "training.session_id": lambda objects, username, inside: (
        objects.at("class session", PLACE_INSIDE[username]) if inside else NOWHERE
    ),
    # Nor do programmes, providers and requirements.
    "course_id": lambda objects, _username, inside: objects.at("course", "") if inside else NOWHERE,
    "provider_id": lambda objects, _username, inside: objects.at("provider", "") if inside else NOWHERE,
    "requirement_id": lambda objects, _username, inside: objects.at("requirement", "") if inside else NOWHERE,
    "plan_id": _placed("plan"),
    "plan_line_id": _placed("plan line"),
    "enrolment_id": _placed("enrolment"),
    "certificate_id": _certificate,
    "impact_id": _placed("impact"),
    "commitment_id": _commitment,
    "evidence_id": _own_or_placed("evidence"),
    "round_id": _placed("rating round"),
    "group_id": _placed("rating group"),
    "rating_id": _own_or_placed("rating"),
    "petition_id": _own_or_placed("petition"),
    "consequence_id": _placed("consequence"),
    "period_id": _placed("period"),
    "sheet_id": _own_or_placed("sheet"),
    "item_id": _own_or_placed("item"),
    "finding_id": _placed("finding"),
    "objective_id": _placed("objective"),
    "entry_id": _placed("entry"),
    "payment_id": _placed("payment"),
    "run_id": _placed("pay run"),
    "pay.list_id": _placed("raise list"),
    "pay.item_id": _own_or_placed("raise item"),
    "step_raises_api.item_id": _own_or_placed("raise item"),
    "slip_id": _own_or_placed("pay slip"),
    "pay.scheme_id": _placed("pay scheme"),
    "incentive_id": _placed("payout"),
    "share_id": _own_or_placed("share"),
    "severance_id": _own_or_placed("severance"),
    "report_id": _placed("insurance report"),
    "scenario_id": _placed("scenario"),
    "pay.place": lambda _objects, _username, _inside: 1,
    "scan_id": _placed("scan"),
    "catalogue_id": _placed("product catalogue"),
    "product_id": _placed("product"),
    # Criteria sets hold no people and are open to all.
    "set_id": lambda objects, _username, inside: objects.at("criteria set", "") if inside else NOWHERE,
    "template_id": lambda objects, _username, inside: objects.at("template", "") if inside else NOWHERE,
    # Nor do texts of the law.
    "change_id": lambda objects, _username, inside: objects.at("text", "") if inside else NOWHERE,
}
"""Parameter of an address → the object to put there, inside or outside the reach of an account.

A name that means something else in one blueprint stands there with the blueprint's own before it.
"""


def parameter(endpoint: str, name: str) -> Choice | None:
    """Return what to put for a parameter of an address, None for one nobody knows."""
    return PARAMETERS.get(f"{endpoint.partition('.')[0]}.{name}") or PARAMETERS.get(name)


OWN_ACCOUNT = {"accounts.tokens", "accounts.revoke_token"}
"""Routes under `/accounts/<id>` that everybody has for their own account."""
