"""How everybody fits the frame of their seat: outcomes by agency and position, and the people with what they lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import scope
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.web import actor
from hrms.people.counting import count_shown
from hrms.people.routes.finding import settled_address
from hrms.positions.queries import fitness as queries
from hrms.positions.queries.fitness import Fitness, Judged
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import Asked, asked, asked_number, asked_one_of, kept, send_names
from hrms.positions.rules.fit import LEVELS, VERDICT_LABELS
from hrms.positions.rules.kinds import FIT_LABELS, FitOutcome

P = Permission
TONES = {FitOutcome.MET: "ok", FitOutcome.TRAIN: "warn", FitOutcome.UNMET: "bad"}
LACKS_MOST = 12


def _asked(permission: Permission) -> tuple[Asked, Fitness]:
    """Return everybody judged in the part asked for; people are read only where the reader sees them by name."""
    who = actor()
    who.require(permission)
    scope.enter_for(who, permission)
    here = asked(permission)
    return here, queries.judge(here.part, here.day)


def _narrowed(found: Fitness) -> list[Judged]:
    outcome = asked_one_of("outcome", FitOutcome)
    lacking = request.args.get("lacking", "").strip() or None
    return found.narrowed(FitOutcome(outcome) if outcome else None, asked_number("position"), lacking)


@blueprint.route("/positions/fitness", access=P.POSITIONS_VIEW)
def fitness() -> ResponseReturnValue:
    """Show the outcomes by agency and by position, and what is lacking most."""
    settled = settled_address()
    if settled:
        return redirect(settled)
    here, found = _asked(P.PEOPLE_VIEW)
    places = found.by("place_id")
    names = agencies.names(places)
    by_place = sorted(((places[i], i, names.get(i, "")) for i in places), key=lambda row: (-_worst(row[0]), row[2]))
    positions = found.by("position_id")
    words = queries.names()
    by_position = sorted(
        ((positions[i], i, found.positions[i]) for i in positions), key=lambda row: (-_worst(row[0]), row[2])
    )
    return render_template(
        "positions/fitness.html",
        counts=found.counts(),
        total=len(found.people),
        unframed=sum(not one.framed for one in found.people),
        outcomes=[(outcome, render(FIT_LABELS[outcome]), TONES[outcome]) for outcome in FitOutcome],
        by_place=by_place,
        by_position=by_position,
        lacks=[(code, lack_words(code, words), people) for code, people in found.lacks().most_common(LACKS_MOST)],
        part=here.part,
        people_url=lambda **values: url_for("positions.fitness_people", **(kept("agency", "as_at") | values)),
    )


def lack_words(code: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """Return the code of a requirement (`rules.fit`) in words; `words` are `queries.fitness.names()`."""
    name, _colon, which = code.partition(":")
    if name in LEVELS:
        return render(LEVELS[name][1])
    if name == "competency":
        return _("Năng lực: %(name)s", name=words["competencies"].get(which, which))
    if name == "certificate":
        return _("Chứng chỉ: %(name)s", name=which)
    plain = {
        "majors": _("Ngành đào tạo"), "rank": _("Ngạch"), "grade": _("Bậc nghề nghiệp"),
        "experience_years": _("Kinh nghiệm theo luật chuyên ngành"),
    }  # fmt: skip
    return plain.get(name, "")


def _worst(counts: Counter[FitOutcome]) -> int:
    return counts[FitOutcome.UNMET] * 1000 + counts[FitOutcome.TRAIN]


@blueprint.route("/positions/fitness/people", access=P.POSITIONS_VIEW)
def fitness_people() -> ResponseReturnValue:
    """Show by name who has an outcome, in an agency or a position, and what each lacks."""
    here, found = _asked(P.PEOPLE_VIEW)
    people = _narrowed(found)
    page = queries.list_people(people, after=request.args.get("after"))
    count_shown(row.person_id for row, _one in page.items)
    words = queries.names()
    outcome = asked_one_of("outcome", FitOutcome)
    position = asked_number("position")
    lacking = request.args.get("lacking", "").strip()
    said = [
        render(FIT_LABELS[FitOutcome(outcome)]) if outcome else "", found.positions.get(position or 0, ""),
        lack_words(lacking, words) if lacking else "", here.part.name,
    ]  # fmt: skip
    return render_template(
        "positions/fitness_people.html",
        page=page,
        total=len(people),
        subtitle=" · ".join(part for part in said if part),
        position_of=lambda one: found.positions[one.position_id],
        lacks_of=lambda one: [_told(check) for check in queries.lacks_of(one, words)],
        outcome_of=lambda one: (render(FIT_LABELS[one.outcome]), TONES[one.outcome]),
        crumbs=[(_("Phù hợp vị trí"), url_for("positions.fitness", **kept("agency", "as_at")))],
    )


def _told(check: Any) -> dict[str, str]:
    params = dict(check.params)
    return {
        "what": render(check.words, **params), "required": render(check.required, **params),
        "has": render(check.has, **params), "verdict": render(VERDICT_LABELS[check.outcome]), "source": check.source,
    }  # fmt: skip


@blueprint.route("/positions/fitness/people.xlsx", access=P.PEOPLE_EXPORT)
def export_fitness() -> ResponseReturnValue:
    """Give the people the address asks for, each with outcome and what they lack, as a workbook."""
    actor().require(P.POSITIONS_VIEW)
    here, found = _asked(P.PEOPLE_EXPORT)
    words = queries.names()
    rows = []
    for row, one in queries.all_people(_narrowed(found)):
        lacks = [_told(check) for check in queries.lacks_of(one, words)]
        said = "; ".join(f"{lack['what']}: {lack['required']} ({lack['has']})" for lack in lacks)
        rows.append(
            (
                row.full_name, row.staff_code, row.agency, found.positions[one.position_id],
                render(FIT_LABELS[one.outcome]), one.confirm, said,
            )
        )  # fmt: skip
    headers = [
        _("Họ và tên"), _("Số hiệu"), _("Cơ quan, đơn vị"), _("Vị trí việc làm"), _("Phù hợp"), _("Cần xác nhận"),
        _("Còn thiếu"),
    ]  # fmt: skip
    return send_names(
        "positions.fitness", _("Phù hợp vị trí"), headers, rows, "phu-hop-vi-tri.xlsx", here.part,
        (26, 12, 40, 40, 20, 10, 90),
    )  # fmt: skip
