"""Rows of a batch as people read them: fields by name, codes by name, problems as sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hrms.core.actor import Actor
from hrms.core.i18n import N_, render, select_locale
from hrms.imports.models import ImportRow
from hrms.imports.reading.field import Field, Kind
from hrms.imports.reading.fields import PEOPLE, SHEETS
from hrms.imports.services.messages import sentence
from hrms.imports.services.references import AgencyNames, build_context
from hrms.imports.services.telling import ORDER
from hrms.people.queries import codes
from hrms.people.rules.personal_id import mask

_JOINED = {
    "rank": ("rank_name", N_("Ngạch/chức danh nghề nghiệp")),
    "using_agency": ("using_agency", N_("Cơ quan sử dụng")),
    "managing_agency": ("managing_agency", N_("Cơ quan quản lý")),
}
_CATALOGUES = {"kind": "kinds", "status": "statuses", "rank": "ranks"}


class Shower:
    """Shows rows of one batch in the reader's language."""

    def __init__(self, plan: Mapping[str, Any], actor: Actor, reach: Collection[int]) -> None:
        self._hidden = {
            field.key for field in PEOPLE.fields
            if field.guard and not actor.may(field.guard, at=reach)
        }  # fmt: skip
        self.sheets = {ORDER[kept["kind"]]: kept["name"] for kept in plan.get("sheets", ())}
        self._fields = {field.key: field for field in PEOPLE.fields}
        self._agencies: AgencyNames | None = None

    def sheet(self, row: ImportRow) -> str:
        """Return the name of the sheet a row stands in."""
        found = self.sheets.get(row.sheet)
        return str(found) if found else SHEETS[list(ORDER)[row.sheet]].label_vi

    def problems(self, row: ImportRow) -> list[dict[str, str]]:
        """Return the problems of a row: cell, column, value, sentence, whether it blocks."""
        return [
            {
                "cell": f"{kept['cell']}{row.row_no}" if kept.get("cell") else "", "column": kept["column"],
                "value": _guarded(kept["field"], kept["value"]), "text": sentence(_without_number(kept)),
                "severity": kept["severity"],
            }
            for kept in row.problems or ()
        ]  # fmt: skip

    def changes(self, row: ImportRow) -> list[tuple[str, str, str]]:
        """Return what a row would change: field, old, new, as words; guarded fields only with their permission."""
        return [
            (self.label(key), self.words(key, old), self.words(key, new))
            for key, (old, new) in (row.changes or {}).items()
            if key not in self._hidden
        ]

    def label(self, key: str) -> str:
        """Return the name of a field."""
        if key in _JOINED:
            return render(_JOINED[key][1])
        field = self._fields.get(key)
        if field is None:
            return key
        return field.label_en if select_locale() == "en" else field.label_vi

    def words(self, key: str, value: str | None) -> str:
        """Return a stored value as words, "" for none."""
        if not value:
            return ""
        if key in {"using_agency", "managing_agency", "unit_code"}:
            if self._agencies is None:
                self._agencies = AgencyNames(build_context())
            return self._agencies.write(value)
        if key in _CATALOGUES:
            return codes.name(_CATALOGUES[key], value)
        field: Field | None = self._fields.get(key)
        if field is None:
            return value
        if field.kind is Kind.SEX:
            return codes.name("sex", value)
        if field.kind is Kind.CATALOGUE:
            return codes.name(field.catalogue, value)
        if field.kind in {Kind.DATE, Kind.PARTIAL_DATE}:
            return "/".join(reversed(value.split("-")))
        if field.kind in {Kind.DECIMAL, Kind.PERCENT} and select_locale() == "vi":
            return value.replace(".", ",")
        return _guarded(key, value)


def _guarded(key: str, value: str) -> str:
    # A mistyped number is nearly somebody's: the page tells the cell and what is wrong, the workbook has the value.
    return mask(value) if key == "national_id" else value


def _without_number(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a kept problem whose sentence does not repeat an ID number."""
    if kept["field"] != "national_id":
        return kept
    params = {
        name: mask(str(param)) if name == "value" or (param and param == kept["value"]) else param
        for name, param in kept["params"].items()
    }
    return {**kept, "params": params}
