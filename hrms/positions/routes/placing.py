"""Placing a whole agency by 01/7/2027: how far everybody is, the proposal row by row, its preview, the drafts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core import clock
from hrms.core.dates import BadDate, parse_date
from hrms.core.errors import Refused
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.rules import N_, Problem
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.decisions import kinds as path
from hrms.decisions.services.drafting import PEOPLE_MOST
from hrms.people.counting import count_shown
from hrms.people.queries import law
from hrms.positions.queries import placing as queries
from hrms.positions.queries.part import Part, part_of
from hrms.positions.queries.placing import QUOTAS, Proposal
from hrms.positions.routes.base import blueprint
from hrms.positions.routes.seeing.asking import send_names
from hrms.positions.rules.kinds import FIT_LABELS, QUOTA_LABELS
from hrms.positions.rules.placing import SURENESS_LABELS, Placement, Sureness
from hrms.positions.services import placing as drafting
from hrms.positions.services.placing import Row

P = Permission
PAGE = 50
NAMES = 30
TONES = {Sureness.SURE: "ok", Sureness.LIKELY: "info", Sureness.WEAK: "warn"}
LONGEST_KEPT = 200_000


@blueprint.route("/positions/placing", access=P.POSITIONS_VIEW)
def placing() -> ResponseReturnValue:
    """Show how many of each agency have a main seat, and how long it is until the day of the law."""
    as_at, _known_on = asked_dates()
    on = as_at or clock.today()
    part = part_of(actor(), request.args.get("agency", "").strip() or None)
    rows = queries.progress(actor(), on, under=part.agency_id)
    days = {kind: (day, (day - clock.today()).days, source) for kind, (day, source) in queries.deadlines(on).items()}
    tops = [row for row in rows if row.level == 0]
    return render_template(
        "positions/placing.html", rows=rows, part=part, quotas=[(kind, QUOTA_LABELS[kind]) for kind in QUOTAS],
        days=days, total={kind: (sum(row.placed[kind] for row in tops), sum(row.people[kind] for row in tops))
                          for kind in QUOTAS},
        crumbs=[(_("Vị trí việc làm"), url_for("positions.index"))],
    )  # fmt: skip


@dataclass(slots=True)
class Asked:
    """What a form of the review says: the day, whether everybody is placed anew, the page, and what was chosen."""

    on: date
    everybody: bool = False
    page: int = 1
    choices: dict[int, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def kept(self) -> str:
        """Return what was chosen, to travel with the form."""
        return json.dumps({str(person): line for person, line in sorted(self.choices.items())}, separators=(",", ":"))


def _asked() -> Asked:
    values = request.form if request.method == "POST" else request.args
    found = Asked(clock.today(), values.get("all") == "1")
    typed = values.get("on", "").strip()
    if typed:
        try:
            exact = parse_date(typed).exact
        except BadDate:
            exact = None
        if exact is None:
            words = N_("“%(value)s” không phải là ngày. Hãy ghi dạng 01/07/2027.")
            found.problems.append(Problem("on", "bad_date", words, {"value": typed[:20]}))
        else:
            found.on = exact
    page = values.get("page", "")
    go = values.get("go", "")
    if go.startswith("page:"):
        page = go.removeprefix("page:")
    if page.isascii() and page.isdigit() and len(page) < 6:
        found.page = max(1, int(page))
    if request.method == "POST":
        found.choices = _choices(values)
    return found


def _choices(values: Mapping[str, str]) -> dict[int, int]:
    """Return the lines chosen by person: what travelled with the form, and over it what this page says."""
    found: dict[int, int] = {}
    kept = values.get("kept", "")
    if kept and len(kept) <= LONGEST_KEPT:
        try:
            given = json.loads(kept)
        except ValueError:
            given = {}
        if isinstance(given, dict):
            found = {int(one): line for one, line in given.items() if one.isdigit() and type(line) is int}
    for name, value in values.items():
        person = name.removeprefix("line-")
        if person == name or not (person.isascii() and person.isdigit() and len(person) < 19):
            continue
        if value == "":
            found.pop(int(person), None)
        elif value.isascii() and value.isdigit() and len(value) < 19:
            found[int(person)] = int(value)
    return found


@blueprint.route("/positions/placing/<int:agency_id>", access=P.DECISIONS_PROPOSE, methods=["GET", "POST"])
def placing_review(agency_id: int) -> ResponseReturnValue:
    """Show the proposal of an agency row by row; change rows, look at what would be drafted, and draft it."""
    agency = agencies.get_agency(actor(), agency_id, P.DECISIONS_PROPOSE)
    asked = _asked()
    found = queries.read(agency, asked.on, everybody=asked.everybody)
    rows = drafting.rows_of(found, asked.choices)
    go = request.form.get("go", "") if not asked.problems else ""
    if go == "preview":
        return _preview(found, rows, asked)
    if go == "draft":
        try:
            with transaction():
                made = drafting.make_drafts(
                    actor(), found, rows, title=request.form.get("title", "")[:300],
                    confirmed=request.form.get("confirmed") == "1",
                )  # fmt: skip
        except Refused as refused:
            return _preview(found, rows, asked, refused.problems)
        if len(made) == 1:
            flash(_("Đã lập dự thảo. Hãy xem bảng rà soát rồi trình."), "ok")
            return redirect(url_for("submissions.show", submission_id=made[0].id), 303)
        flash(_("Đã lập %(count)s dự thảo, mỗi người ký một hồ sơ.", count=len(made)), "ok")
        return redirect(url_for("submissions.desk"), 303)
    return _table(found, rows, asked)


def _table(found: Proposal, rows: Sequence[Row], asked: Asked) -> ResponseReturnValue:
    pages = max(1, -(-len(rows) // PAGE))
    asked.page = min(asked.page, pages)
    shown = rows[(asked.page - 1) * PAGE : asked.page * PAGE]
    count_shown(row.person.person_id for row in shown)
    left = _left(found, rows)
    ranks = law.ranks()
    return render_template(
        "positions/placing_review.html", found=found, asked=asked, pages=pages, rows=shown,
        counts=_counts(found, rows), left=left, most=PEOPLE_MOST,
        options={row.person.person_id: _options(found, row, left) for row in shown},
        rank=lambda code: ranks[code].name if code in ranks else code, tones=TONES, sureness=SURENESS_LABELS,
        problems=[render(one) for one in asked.problems], crumbs=_crumbs(),
    ), 422 if asked.problems else 200  # fmt: skip


def _left(found: Proposal, rows: Sequence[Row]) -> dict[int, int]:
    left = dict(found.free)
    for row in rows:
        if row.line is not None:
            left[row.line.id] -= 1
    return left


def _options(found: Proposal, row: Row, left: Mapping[int, int]) -> list[tuple[int, str, str]]:
    """Return the lines of a row's select, each with its seats still free: those with one, and the one chosen."""
    made = []
    for line in found.options(row.person):
        free = left[line.id]
        if free <= 0 and (row.line is None or line.id != row.line.id):
            continue
        words = line.position if line.agency_id == row.person.occupant.unit_id else f"{line.position}, {line.agency}"
        made.append((line.id, words, _("còn %(free)s", free=max(0, free))))
    return made


def _counts(found: Proposal, rows: Sequence[Row]) -> dict[str, int]:
    news = [row for row in rows if row.is_news]
    return {
        "people": len(rows), "placed": sum(row.problem is None for row in news),
        "refused": sum(row.problem is not None for row in rows), "taken": sum(row.person.taken for row in rows),
        "stay": sum(row.line is not None and not row.is_news for row in rows),
        "without": sum(row.line is None and not row.person.taken for row in rows),
        "weak": sum(
            row.is_news and not row.chosen and _sureness(found, row) is Sureness.WEAK for row in rows
        ),
    }  # fmt: skip


def _sureness(found: Proposal, row: Row) -> Sureness | None:
    placement = found.placements.get(row.person.person_id)
    return placement.sureness if placement is not None else None


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Vị trí việc làm"), url_for("positions.index")),
        (_("Bố trí theo hạn 01/7/2027"), url_for("positions.placing")),
    ]


def _preview(
    found: Proposal, rows: Sequence[Row], asked: Asked, refused: Sequence[Problem] = ()
) -> ResponseReturnValue:
    outcome = drafting.preview(actor(), found, rows)
    problems = list(dict.fromkeys(render(one) for one in (*refused, *outcome.problems)))
    news = [row for row in rows if row.is_news and row.problem is None]
    count_shown(row.person.person_id for row in (*news[:NAMES], *(row for row in rows if row.problem)))
    by_line = Counter(row.line.id for row in news if row.line is not None)
    parties = [(kind, part.parties, len(part.rows)) for kind, part in outcome.parts]
    places = agencies.names({i for _kind, one, _n in parties for i in (one.proposing, one.signing) if i})
    labels = {kind: known.label for kind, _one, _n in parties if (known := path.get(kind)) is not None}
    return render_template(
        "positions/placing_preview.html", found=found, asked=asked, counts=_counts(found, rows), news=news[:NAMES],
        more=max(0, len(news) - NAMES), refused=[row for row in rows if row.problem], problems=problems,
        lines=[(found.lines[line], number) for line, number in sorted(by_line.items())], parties=parties,
        fits=[(FIT_LABELS[one], n) for one, n in Counter(drafting.fits_of(found, rows).values()).items()],
        places=places, labels=labels, title=request.form.get("title", ""), crumbs=_crumbs(),
    ), 422 if problems or not news else 200  # fmt: skip


@blueprint.route("/positions/placing/<int:agency_id>/proposal.xlsx", access=P.PEOPLE_EXPORT, methods=["POST"])
def export_placing(agency_id: int) -> ResponseReturnValue:
    """Give the proposal with what was chosen as a workbook."""
    who = actor()
    who.require(P.POSITIONS_VIEW)
    agency = agencies.get_agency(who, agency_id, P.PEOPLE_EXPORT)
    asked = _asked()
    found = queries.read(agency, asked.on, everybody=asked.everybody)
    ranks = law.ranks()
    rows = []
    for place, row in enumerate(drafting.rows_of(found, asked.choices), start=1):
        one, line = row.person, row.line
        rank = ranks.get(one.occupant.rank or "")
        rows.append((
            place, one.name, one.staff_code, one.unit, rank.name if rank else one.occupant.rank, one.post,
            one.occupant.work, held.position if (held := found.lines.get(one.line_id or 0)) else None,
            line.position if line else None, line.agency if line else None, line.code if line else None, row.grade,
            _said(found.placements.get(one.person_id), row),
        ))  # fmt: skip
    headers = [
        _("TT"), _("Họ và tên"), _("Số hiệu"), _("Đơn vị"), _("Ngạch, chức danh"), _("Chức vụ"),
        _("Công việc trong hồ sơ"), _("Vị trí đang giữ"), _("Vị trí đề xuất"), _("Đơn vị của vị trí"), _("Mã vị trí"),
        _("Bậc nghề nghiệp"), _("Lý do"),
    ]  # fmt: skip
    part = Part((agency.id,), agency.id, agency)
    widths = (6, 26, 12, 30, 24, 24, 30, 34, 40, 30, 16, 8, 70)
    return send_names(
        "positions.placing", _("Đề xuất bố trí"), headers, rows, "de-xuat-bo-tri.xlsx", part, widths
    )  # fmt: skip


def _said(placement: Placement | None, row: Row) -> str:
    """Return why a row is as it is, in one cell."""
    if row.problem is not None:
        return render(row.problem)
    if row.person.taken:
        return _("Đang trong hồ sơ trình")
    if row.chosen:
        return _("Chọn khi rà soát")
    if placement is None and row.line is not None:
        return _("Giữ nguyên")
    return "; ".join(render(one) for one in placement.reasons) if placement is not None else ""
