"""The province's model frames of job positions, put together from `seed/catalogues/frame_*.csv`.

`frame_models` has one row a position: objective, requirements, and the profile it shares with others of its kind.
`frame_profiles` says relations, authority and qualities of a profile; `frame_duties` its work; `frame_competencies` its
levels. Duties that stand under a position's own key are its own. For viên chức those become one row a career grade,
worded by the rows of the profile `career_grades` (NĐ 232/2026/NĐ-CP Đ8: work, output and criteria differ by grade).

Several files rather than one: each row keeps its source and mark, and the pages of catalogues show them. An IT level
of `certificate_a` is the lowest on the scale: old certificates stand for basic skills, so any certificate does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hrms.core.catalogues import FOLDER, read_csv
from hrms.positions.rules.frames import Asked, Content, Duty, Inside, Need, Outside, Right, Section, to_json

GRADED = "career_grades"
"""The profile whose rows word a position's own work for each career grade."""

_Row = Mapping[str, Any]


def model_frames() -> Iterator[dict[str, Any]]:
    """Yield one model frame a position: `position` (its key) and the columns of `frame_versions`, content as JSON.

    Raises KeyError when a row names a profile that does not exist.
    """
    profiles = {row["profile"]: row for row in _rows("frame_profiles")}
    duties, needs = _by_profile("frame_duties"), _by_profile("frame_competencies")
    fields = {row["key"]: row["field"] for row in _rows("job_positions")}
    names = {
        catalogue: {row["code"]: row["name_vi"] for row in _rows(catalogue)}
        for catalogue in ("degrees", "theory_levels", "state_management_levels")
    }
    for row in _rows("frame_models"):
        own = row["position"]
        profile = profiles[row["profile"]]
        grades = range(int(row["grade_from"]), int(row["grade_to"]) + 1) if row["grade_from"] else range(0)
        content = Content(
            objective=row["objective"],
            field=fields[own] or "",
            duties=tuple(_duties(row, grades, duties)),
            competencies=tuple(_needs(needs[row["profile"]], grades)),
            inside=Inside(profile["managed_by"], profile["works_with"], profile["main_units"]),
            outside=tuple(map(Outside, _split(profile["outside"]), _split(profile["nature"]))),
            authority=tuple(_right(words) for words in _split(profile["authority"])),
            requirements_text=_asked(row, profile, names),
        )
        yield {
            "position": own,
            "least_degree": row["least_degree"],
            "majors": _split(row["majors"]),
            "other_majors_with_certificate": row["other_majors_with_certificate"] == "true",
            "theory_level": row["theory_level"],
            "state_management_level": row["state_management_level"],
            "it_level": row["it_level"],
            "language_level": row["language_level"],
            "certificates": _split(row["certificates"]),
            "may_complete_later": _split(row["may_complete_later"]),
            "grade_from": grades[0] if grades else None,
            "grade_to": grades[-1] if grades else None,
            "special_law": False,
            "experience_years": None,
            "content": to_json(content),
        }


def _rows(name: str) -> Iterable[dict[str, Any]]:
    return read_csv(FOLDER / f"{name}.csv")


def _by_profile(name: str) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in _rows(name):
        found.setdefault(row["profile"], []).append(row)
    return found


def _split(cell: str | None) -> list[str]:
    return cell.split("|") if cell else []


def _duties(row: _Row, grades: range, duties: Mapping[str, list[_Row]]) -> Iterator[Duty]:
    """Yield the profile's duties and the position's own, in the order of their place; graded ones grade by grade."""
    shared = [
        (int(duty["place"]), _duty(duty, {"field": row["field"]}, _number(duty["grade"])))
        for duty in duties.get(row["profile"], [])
        if duty["grade"] is None or int(duty["grade"]) in grades
    ]
    own = [
        (int(duty["place"]), written)
        for duty in duties.get(row["position"], [])
        for written in (_graded(duty, grades, duties[GRADED]) if grades else [_duty(duty, {}, None)])
    ]
    tables = list(Section)
    placed = sorted([*shared, *own], key=lambda pair: (tables.index(pair[1].section), pair[1].grade or 0, pair[0]))
    return (duty for _place, duty in placed)


def _duty(row: _Row, words: Mapping[str, str], grade: int | None) -> Duty:
    cells = [row[name] or "" for name in ("task", "work", "output", "criteria")]
    task, work, output, criteria = (cell.format_map(words) if words else cell for cell in cells)
    return Duty(Section(row["section"]), task, work, output, criteria, grade)


def _graded(row: _Row, grades: range, worded: Iterable[_Row]) -> Iterator[Duty]:
    for level in worded:
        if int(level["grade"]) in grades:
            said = {name: row[name] or "" for name in ("output", "criteria")}
            opens = level["work"].startswith("{work}")
            said["work"] = row["work"] if opens else row["work"][0].lower() + row["work"][1:]
            output = level["output"]
            if not output.startswith("{output}"):
                said["output"] = said["output"][0].lower() + said["output"][1:]
            yield _duty({**level, "section": row["section"]}, said, int(level["grade"]))


def _needs(rows: Iterable[_Row], grades: range) -> Iterator[Need]:
    for row in rows:
        if row["grade"] is None or int(row["grade"]) in grades:
            yield Need(row["competency"], _number(row["level_min"]), _number(row["level_max"]), _number(row["grade"]))


def _number(cell: str | None) -> int | None:
    return int(cell) if cell else None


def _right(words: str) -> Right:
    """Return a right; `professional:…`, `management:…`, `finance:…` name its part of the form of viên chức."""
    part, found, rest = words.partition(":")
    return Right(rest, part) if found else Right(words)


def _asked(row: _Row, profile: _Row, names: Mapping[str, Mapping[str, str]]) -> Asked:
    degree = f"{names['degrees'][row['least_degree']]} trở lên" if row["least_degree"] else "Không yêu cầu bằng cấp"
    if row["majors"]:
        degree += f"; ngành, chuyên ngành: {', '.join(_split(row['majors']))}"
        if row["other_majors_with_certificate"] == "true":
            degree += "; hoặc ngành khác và có chứng chỉ nêu dưới đây"
    elif row["least_degree"]:
        degree += "; ngành, chuyên ngành phù hợp với vị trí"
    courses = [
        f"{title}: {names[catalogue][row[column]]}"
        for title, catalogue, column in (
            ("Lý luận chính trị", "theory_levels", "theory_level"),
            ("Quản lý nhà nước", "state_management_levels", "state_management_level"),
        )
        if row[column]
    ]
    return Asked(
        degree=degree,
        certificates="; ".join([*courses, *_split(row["certificates"])]),
        experience=profile["experience"] or "",
        qualities=profile["qualities"] or "",
        other=profile["requirements"] or "",
    )
