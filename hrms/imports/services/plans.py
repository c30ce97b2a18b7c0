"""How a file is to be read, as a batch keeps it: proposed once, corrected by the officer, read again by each job."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from hrms.core import clock
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.rules import N_, Problem
from hrms.imports.models import MappingProfile
from hrms.imports.reading.fields import CODE_AND_NAME, PEOPLE, SHEETS
from hrms.imports.reading.files import Sheet, Workbook, open_workbook
from hrms.imports.reading.headers import Column, Header
from hrms.imports.reading.layouts import (
    LAYOUT_LABELS,
    Plan,
    SheetPlan,
    apply_profile,
    check_mapping,
    fields_by_key,
    profile_of,
    recognise,
)
from hrms.imports.services.messages import pack
from hrms.people.importer.layout import FACT_STATE, PERSON_TYPES

__all__ = ["SheetToRead", "build_plan", "check_plan", "columns_of", "fields_of", "header_key", "open_file", "profile"]


@dataclass(frozen=True, slots=True)
class SheetToRead:
    """A sheet of the plan: its place among the kinds, its header, its mapping column number → field."""

    name: str
    kind: str
    header: Header
    mapping: dict[int, str]


def open_file(path: Path, filename: str) -> Workbook:
    """Open the kept file. Raises `UnreadableFile` with a sentence, also when it is no longer kept."""
    return open_workbook(path, filename)


def build_plan(workbook: Workbook, roots: Collection[int] = ()) -> dict[str, Any]:
    """Return what the batch keeps of how to read the workbook: sheets, headers, the proposed mapping with samples.

    A profile that was kept for the same headers, and that the actor may see, decides where it has an opinion.
    """
    plan = recognise(workbook, clock.today())
    sheets = [_sheet(sheet) for sheet in plan.sheets]
    used = _use_profiles(plan, sheets, roots)
    return {
        "layout": LAYOUT_LABELS[plan.layout],
        "sheets": sheets,
        "left_out": [list(pair) for pair in plan.left_out],
        "warnings": [pack(problem) for problem in plan.warnings],
        "profile": used,
        "kind": "",
        "override_reason": "",
    }


def header_key(columns: Collection[str]) -> str:
    """Return what files with the same headers have in common."""
    from hashlib import sha256

    from hrms.core.text import fold

    return sha256("\n".join(sorted(fold(path) for path in columns)).encode()).hexdigest()[:32]


def _sheet(plan: SheetPlan) -> dict[str, Any]:
    return {
        "name": plan.sheet.name,
        "kind": plan.kind.key,
        "first_row": plan.header.first_row,
        "last_row": plan.header.last_row,
        "data_from": plan.header.data_from,
        "lines": [list(line) for line in plan.header.lines],
        "header_columns": [[column.index, column.path] for column in plan.header.columns],
        "columns": [
            {
                "index": proposal.column.index, "path": proposal.column.path,
                "field": proposal.field.key if proposal.field else "", "confidence": proposal.confidence,
                "samples": list(proposal.samples),
            }
            for proposal in plan.columns
        ],
        "mapping": {str(index): key for index, key in plan.mapping.items()},
    }  # fmt: skip


def _use_profiles(plan: Plan, sheets: list[dict[str, Any]], roots: Collection[int]) -> str:
    if not roots:
        return ""
    used = ""
    for found, kept in zip(plan.sheets, sheets, strict=True):
        key = header_key([column["path"] for column in kept["columns"]])
        profile = db.session.scalars(
            select(MappingProfile)
            .where(MappingProfile.header_key == key, MappingProfile.importer == "people")
            .order_by(MappingProfile.saved_at.desc())
            .limit(1)
        ).one_or_none()
        if profile is not None:
            mapping = apply_profile(found, profile.mapping)
            kept["mapping"] = {str(index): name for index, name in mapping.items()}
            used = profile.name
    return used


def columns_of(sheet: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return every column of a kept sheet that can be mapped."""
    return tuple(Column(column["index"], column["path"]) for column in sheet["columns"])


def to_read(sheet: Mapping[str, Any]) -> SheetToRead:
    """Return a kept sheet as what reading takes."""
    header = Header(
        sheet["first_row"],
        sheet["last_row"],
        tuple(Column(index, path) for index, path in sheet["header_columns"]),
        sheet["data_from"],
        tuple(tuple(line) for line in sheet["lines"]),
    )
    mapping = {int(index): key for index, key in sheet["mapping"].items()}
    return SheetToRead(sheet["name"], sheet["kind"], header, mapping)


def sheet_of(workbook: Workbook, name: str) -> Sheet:
    """Return the sheet of that name; KeyError when the file has none."""
    return next(sheet for sheet in workbook.sheets if sheet.name == name)


def fields_of(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of people that the file fills, keys of code and name joined."""
    keys: set[str] = set()
    for sheet in plan["sheets"]:
        if sheet["kind"] == PEOPLE.key:
            keys |= set(sheet["mapping"].values())
    for code, name, target in CODE_AND_NAME:
        if keys & {code, name}:
            keys.add(target)
    if keys & {"birth_date_male", "birth_date_female"}:
        keys |= {"sex", "birth_date"}
    return tuple(sorted(key for key in keys if key in PERSON_TYPES or key in FACT_STATE))


def check_plan(actor: Actor, plan: Mapping[str, Any], reach: Collection[int]) -> list[tuple[str, Problem]]:
    """Return everything wrong with the mapping, each with the name of its sheet.

    Beside what any mapping must keep: a column of a guarded group needs that group's permission at the batch's agency.
    """
    problems: list[tuple[str, Problem]] = []
    if not plan["sheets"]:
        words = N_("Tệp không còn trang nào để đọc. Hãy tải lại tệp.")
        problems.append(("", Problem("file", "no_sheet", words)))
    for sheet in plan["sheets"]:
        kind = SHEETS[sheet["kind"]]
        columns = columns_of(sheet)
        mapping = {int(index): key for index, key in sheet["mapping"].items()}
        problems += [(sheet["name"], problem) for problem in check_mapping(kind, columns, mapping)]
        known = fields_by_key(kind)
        paths = {column.index: column.path for column in columns}
        for index, key in mapping.items():
            field = known.get(key)
            if field is None or field.guard is None:
                continue
            if not actor.may(field.guard, at=reach):
                words = N_(
                    "Cột “%(column)s” là thông tin cần bảo vệ mà tài khoản của bạn không được nhập. Hãy chọn bỏ qua."
                )
                problems.append(
                    (sheet["name"], Problem(key, "guarded_column", words, {"column": paths.get(index, key)}))
                )
    return problems


def profile(sheet: Mapping[str, Any]) -> dict[str, str]:
    """Return a sheet's mapping as a profile to keep by name."""
    return profile_of(columns_of(sheet), {int(index): key for index, key in sheet["mapping"].items()})


def upload_limit() -> int:
    """Return the size of the largest upload, in bytes."""
    return int(current_app.config.get("MAX_CONTENT_LENGTH") or 0)
