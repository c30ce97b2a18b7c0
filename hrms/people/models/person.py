"""The person: what the SYLL form (TT 06/2023/TT-BNV, items 1–38) asks for that has no dated history.

Column names are those of the import and export dictionary (`hrms.imports.reading.people_fields`). A date of which only
the month or the year is known is kept as its ISO beginning ("1988", "1988-04", "1988-04-12"); the alias
`PartialDate` marks such columns. Closed lists hold catalogue codes.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hrms.core.db import Base, Dong, PrimaryKey, RecordedAt, Small, Versioned

PartialDate = Annotated[str, mapped_column(Text(collation="C"))]
Area = Annotated[Decimal, mapped_column(Numeric(10, 2))]

PARTIAL_DATES = (
    "birth_date", "recruited_on", "joined_agency_on", "party_joined_on", "party_official_on", "organisation_joined_on",
    "enlisted_on", "discharged_on", "academic_title_on", "academic_degree_on",
)  # fmt: skip


class Person(Base, Versioned):
    """An official (cán bộ, công chức, viên chức): one stable id, one staff code, one personal ID number.

    `scope_ids` is the closure of agency ids (beginning with 0) of every agency the person belongs to today; the row
    policy compares it with the actor's scope. It is kept by `refresh_people`, never by hand.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("length(full_name) BETWEEN 1 AND 100", name="full_name_length"),
        CheckConstraint("national_id ~ '^[0-9]{12}$'", name="national_id"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
        CheckConstraint("blood_group IS NULL OR length(blood_group) <= 5", name="blood_group"),
        CheckConstraint(
            " AND ".join(f"({c} IS NULL OR {c} ~ '^[0-9]{{4}}(-[0-9]{{2}}){{0,2}}$')" for c in PARTIAL_DATES),
            name="partial_dates",
        ),
        Index("uq_people_staff_code", "staff_code", unique=True, postgresql_where=text("staff_code IS NOT NULL")),
        Index("uq_people_national_id", "national_id", unique=True, postgresql_where=text("national_id IS NOT NULL")),
        Index("ix_people_photo_hash", "photo_hash", postgresql_where=text("photo_hash IS NOT NULL")),
        Index("ix_people_created_batch_id", "created_batch_id", postgresql_where=text("created_batch_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    scope_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    staff_code: Mapped[str | None] = mapped_column(Text(collation="C"))
    national_staff_code: Mapped[str | None]
    full_name: Mapped[str]
    sex: Mapped[str | None]
    other_names: Mapped[str | None]
    birth_date: Mapped[PartialDate | None]
    birth_place: Mapped[str | None]
    home_town: Mapped[str | None]
    ethnic_group: Mapped[str | None]
    religion: Mapped[str | None]
    national_id: Mapped[str | None] = mapped_column(Text(collation="C"))
    id_override_reason: Mapped[str | None]
    """Why the number may disagree with sex or birth year (a corrected birth registration, say)."""
    old_id_no: Mapped[str | None]
    id_issued_on: Mapped[date | None]
    id_issued_by: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    social_insurance_no: Mapped[str | None]
    health_insurance_no: Mapped[str | None]
    current_address: Mapped[str | None]
    permanent_address: Mapped[str | None]
    family_origin: Mapped[str | None]
    job_before: Mapped[str | None]
    recruited_on: Mapped[PartialDate | None]
    recruited_by_code: Mapped[str | None]
    recruited_by: Mapped[str | None]
    recruited_position: Mapped[str | None]
    joined_agency_on: Mapped[PartialDate | None]
    unit_code: Mapped[str | None]
    unit_name: Mapped[str | None]
    """The division inside the using agency, where the tree does not hold it as a unit of its own."""
    party_joined_on: Mapped[PartialDate | None]
    party_official_on: Mapped[PartialDate | None]
    party_card_no: Mapped[str | None]
    organisation_joined_on: Mapped[PartialDate | None]
    enlisted_on: Mapped[PartialDate | None]
    discharged_on: Mapped[PartialDate | None]
    military_rank: Mapped[str | None]
    policy_beneficiary: Mapped[str | None]
    general_education: Mapped[str | None]
    degree: Mapped[str | None]
    major: Mapped[str | None]
    academic_title: Mapped[str | None]
    academic_title_on: Mapped[PartialDate | None]
    academic_degree: Mapped[str | None]
    academic_degree_on: Mapped[PartialDate | None]
    theory_level: Mapped[str | None]
    state_management_level: Mapped[str | None]
    professional_certificate: Mapped[str | None]
    defence_training: Mapped[str | None]
    it_level: Mapped[str | None]
    language: Mapped[str | None]
    language_level: Mapped[str | None]
    ethnic_language: Mapped[str | None]
    state_honour: Mapped[str | None]
    planned_post: Mapped[str | None]
    concurrent_posts: Mapped[str | None]
    party_post: Mapped[str | None]
    party_concurrent_posts: Mapped[str | None]
    main_duty: Mapped[str | None]
    strengths: Mapped[str | None]
    longest_job: Mapped[str | None]
    rank_held_for: Mapped[str | None]
    """How long the rank and its equals have been held, as an old list says it; the facts say it exactly."""
    job_position: Mapped[str | None]
    """The job position as the agency names it, until the position register assigns one."""
    job_position_code: Mapped[str | None]
    career_grade: Mapped[Small | None]
    position_pay_step: Mapped[str | None]
    position_pay_amount: Mapped[Dong | None]
    position_pay_since: Mapped[str | None]
    position_pay_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    position_beyond_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    position_beyond_since: Mapped[str | None]
    health_state: Mapped[str | None]
    height_cm: Mapped[Small | None]
    weight_kg: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    blood_group: Mapped[str | None]
    history_arrest: Mapped[str | None]
    income_salary: Mapped[Dong | None]
    income_other: Mapped[Dong | None]
    housing_allotted_type: Mapped[str | None]
    housing_allotted_area: Mapped[Area | None]
    housing_allotted_certificate: Mapped[str | None]
    housing_owned_type: Mapped[str | None]
    housing_owned_area: Mapped[Area | None]
    housing_owned_certificate: Mapped[str | None]
    land_allotted_area: Mapped[Area | None]
    land_allotted_certificate: Mapped[str | None]
    land_owned_area: Mapped[Area | None]
    land_owned_certificate: Mapped[str | None]
    land_business: Mapped[str | None]
    agency_remarks: Mapped[str | None]
    note: Mapped[str | None]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    """`hrms.core.text.name_sort_key` of the full name: Vietnamese order by given name, in plain bytes."""
    search_text: Mapped[str]
    """`hrms.core.text.search_text` of the full name: the words it is found by, with and without accents."""
    photo_hash: Mapped[str | None] = mapped_column(Text(collation="C"), ForeignKey("stored_files.sha256"))
    """The photograph of the form's 4 × 6 box, kept by `hrms.core.files`."""
    created_batch_id: Mapped[int | None]
    created_at: Mapped[RecordedAt]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
