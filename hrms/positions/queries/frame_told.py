"""A version of a frame in words: the parts of its form in print order, its requirements, and two versions compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from hrms.core import catalogues
from hrms.core.formats import format_date
from hrms.core.i18n import _, render, select_locale
from hrms.core.rules import N_
from hrms.positions.models import Competency, JobPosition
from hrms.positions.queries.catalogue import Known
from hrms.positions.queries.frames import Found
from hrms.positions.rules.fit import LEVELS, MAY_COMPLETE, later_of
from hrms.positions.rules.frames import Content, Need, Part, Requirements, outline
from hrms.positions.rules.kinds import GROUP_LABELS, PositionGroup

COMPETENCY_GROUPS: dict[str, str] = {
    "general": N_("Năng lực chung"),
    "professional": N_("Năng lực chuyên môn"),
    "management": N_("Năng lực quản lý"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the form: columns by their labels and rows of texts; a part of fields has one row a field."""

    part: Part
    label: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is written in it."""
        return not any(any(row if self.part.table else row[1:]) for row in self.rows)


def parts(
    found: Found, requirements: Requirements, content: Content, dictionary: Mapping[str, Known], code: str = ""
) -> list[Told]:
    """Return the parts of the form as it reads, in the reader's language; `code` is the agency's own."""
    group = PositionGroup(found.position.position_group)
    return [
        _table(part, content, dictionary, group) if part.table else _fields(part, found, requirements, content, code)
        for part in outline(found.framework, group)
    ]


def _label(part: Part) -> str:
    words = render(part.label)
    return f"{part.number}. {words}" if part.number else words


def _fields(part: Part, found: Found, requirements: Requirements, content: Content, code: str) -> Told:
    source = {
        "general": {
            "name": found.position.name,
            "code": code,
            "group": render(GROUP_LABELS[PositionGroup(found.position.position_group)]),
            "grades": ", ".join(map(str, requirements.grades))
            or (_("theo bậc của vị trí gắn với vị trí này") if found.position.keeps_base_grade else ""),
            "field": content.field or found.position.field or "",
            "starts_on": format_date(content.starts_on, select_locale()) if content.starts_on else "",
            "workplace": content.workplace,
            "related": content.related,
            "holders": "" if content.holders is None else str(content.holders),
        },
        "objective": {"objective": content.objective},
        "inside": {name: getattr(content.inside, name) for name in ("directed_by", "works_with", "units")},
        "requirements_text": {
            name: getattr(content.requirements_text, name)
            for name in ("degree", "certificates", "experience", "qualities", "other")
        },
    }[part.key]
    rows = [[render(column.label), source[column.name]] for column in part.columns]
    return Told(part, _label(part), (_("Nội dung"), _("Mô tả")), rows)


def _table(part: Part, content: Content, dictionary: Mapping[str, Known], group: PositionGroup) -> Told:
    columns = [render(column.label) for column in part.columns]
    kind, _dot, which = part.key.partition(".")
    if kind == "duties":
        names = [column.name for column in part.columns]
        rows = [
            ["" if (value := getattr(duty, name)) is None else str(value) for name in names]
            for duty in content.duties
            if duty.section == which
        ]
    elif kind == "competencies":
        rows = [
            _competency(need, known.competency if (known := dictionary.get(need.code)) else None, group)
            for need in content.competencies
        ]
    elif kind == "outside":
        rows = [[one.agency, one.nature] for one in content.outside]
    else:
        rows = [[right.words] for right in content.authority if right.part == which]
    return Told(part, _label(part), columns, rows)


def _competency(need: Need, one: Competency | None, group: PositionGroup) -> list[str]:
    if one is None:
        return ["", need.code, level_words(need)]
    # People without a leadership post are asked for some of them under another name.
    name = one.name if group is PositionGroup.LEADERSHIP else one.name_others or one.name
    return [render(COMPETENCY_GROUPS[one.competency_group]), name, level_words(need)]


def competency_rows(position: JobPosition, needs: Sequence[Need], known: Mapping[str, Competency]) -> list[list[str]]:
    """Return competencies asked of a position as rows of group, name and level."""
    return [_competency(need, known.get(need.code), PositionGroup(position.position_group)) for need in needs]


def level_words(need: Need) -> str:
    """Return the level of a competency in words, with the grade it is asked of."""
    if need.level_min is None:
        words = _("không xác định")
    elif need.level_max is None or need.level_max == need.level_min:
        words = str(need.level_min)
    else:
        words = f"{need.level_min}–{need.level_max}"
    return words if need.grade is None else _("bậc %(grade)s: %(level)s", grade=need.grade, level=words)


def requirement_rows(requirements: Requirements) -> list[tuple[str, str]]:
    """Return what fitness is judged by as names and values; what is not asked for is left out."""
    later = later_of(requirements.may_complete_later)

    def named(name: str, words: str) -> str:
        return _("%(words)s (được hoàn thiện sau)", words=words) if name in later else words

    found = []
    for name, (catalogue, label) in LEVELS.items():
        code = getattr(requirements, name)
        if code:
            item = catalogues.items(catalogue).get(code)
            found.append((render(label), named(name, _("từ %(level)s", level=item.name if item else code))))
    if requirements.majors:
        words = "; ".join(requirements.majors)
        if requirements.other_majors_with_certificate:
            words = _("%(majors)s; hoặc ngành khác và có chứng chỉ", majors=words)
        found.append((_("Ngành đào tạo"), words))
    if requirements.certificates:
        words = named("certificates", "; ".join(requirements.certificates))
        found.append((render(MAY_COMPLETE["certificates"]), words))
    if requirements.grades:
        found.append((_("Bậc nghề nghiệp"), ", ".join(map(str, requirements.grades))))
    if requirements.experience_years is not None:
        years = _("%(years)s năm, theo luật chuyên ngành", years=requirements.experience_years)
        found.append((_("Kinh nghiệm"), years))
    return found


def compare(
    old: tuple[Requirements, Sequence[Told]], new: tuple[Requirements, Sequence[Told]]
) -> list[tuple[str, str, str]]:
    """Return what differs between two versions, in the order of the form: (part, old words, new words)."""
    before, after = dict(requirement_rows(old[0])), dict(requirement_rows(new[0]))
    found = [
        (name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    for one, other in zip(old[1], new[1], strict=True):
        if not one.part.table:
            found += [
                (f"{one.label}: {row[0]}", row[1], then[1])
                for row, then in zip(one.rows, other.rows, strict=True)
                if row[1] != then[1]
            ]
            continue
        rows, others = ([tuple(row) for row in told.rows] for told in (one, other))
        for kind, a, b, c, d in SequenceMatcher(None, rows, others, autojunk=False).get_opcodes():
            if kind != "equal":
                found.append((one.label, _rows(rows[a:b]), _rows(others[c:d])))
    return found


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(" · ".join(cell for cell in row if cell) for row in rows)
