"""Pages of criteria sets: what each asks of whom, all its versions, another version from a day on."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.core import clock, hooks
from hrms.core.actor import missing
from hrms.core.errors import Refused, Stale
from hrms.core.i18n import _, render
from hrms.core.permissions import Permission
from hrms.core.routes import asked_dates
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.figures.services import province_closure
from hrms.people.rules.kinds import KIND_LABELS, PersonKind
from hrms.performance.forms import criteria as forms
from hrms.performance.models import CriteriaSet, CriteriaVersion
from hrms.performance.queries import criteria as queries
from hrms.performance.routes.base import blueprint
from hrms.performance.rules.criteria import METHOD_LABELS, Method, version_problems
from hrms.performance.rules.products import plain
from hrms.performance.services import criteria as services
from hrms.training.forms.courses import with_paper
from hrms.training.queries import requirements
from hrms.training.routes.courses import mark_tone, mark_words, sent_version
from hrms.training.rules.kinds import RequirementTarget

P = Permission
READ = (P.PERFORMANCE_VIEW, P.SELF_VIEW)
KEEP = P.PERFORMANCE_CRITERIA


def kind_words(version: CriteriaVersion) -> str:
    """Return whom a version is for."""
    return ", ".join(render(KIND_LABELS[PersonKind(one)]) for one in version.person_kinds)


def method_words(version: CriteriaVersion) -> str:
    """Return how a version gives points."""
    return render(METHOD_LABELS[Method(version.method)])


@blueprint.route("/performance/criteria", access=READ, endpoint="criteria")
def list_page() -> ResponseReturnValue:
    """List the sets in force on the day."""
    on, known_on = asked_dates()
    on = on or clock.today()
    ended = request.args.get("ended") == "1"
    return render_template(
        "performance/criteria/list.html",
        rows=queries.list_sets(on, known_on, ended=ended),
        on=on,
        ended=ended,
        kind_words=kind_words,
        method_words=method_words,
        mark_words=mark_words,
        mark_tone=mark_tone,
        plain=plain,
    )


@blueprint.route("/performance/criteria/<int:set_id>", access=READ)
def criteria_set(set_id: int) -> ResponseReturnValue:
    """Show a set: for whom, formula, general criteria, thresholds, quota, all its versions."""
    who, (on, known_on) = actor(), asked_dates()
    on = on or clock.today()
    found = queries.get_set(set_id)
    versions = queries.list_versions(found.id, known_on)
    version = queries.version_on(versions, on)
    shown = version or (versions[0] if versions else None)
    papers: Any = {}
    if who.may(P.DECISIONS_VIEW):
        papers = hooks.papers[0].describe([one.decision_id for one in versions if one.decision_id])
    return render_template(
        "performance/criteria/show.html",
        criteria=found,
        version=shown,
        in_force=version is not None,
        versions=versions,
        groups=grouped(shown.items if shown else ()),
        scored=forms.is_scored(shown),
        papers=papers,
        on=on,
        may_keep=services.may_keep(who),
        kind_words=kind_words,
        method_words=method_words,
        mark_words=mark_words,
        mark_tone=mark_tone,
        plain=plain,
        crumbs=[(_("Bộ tiêu chí đánh giá"), url_for("performance.criteria"))],
    )


def grouped(items: Any) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return general criteria under their groups: code, name, criteria."""
    found = []
    for code, own in groupby(items, key=lambda one: str(one["group"])):
        kept = list(own)
        found.append((code, str(kept[0].get("group_name") or ""), kept))
    return found


@blueprint.route("/performance/criteria/<int:set_id>/edit", access=KEEP, methods=["GET", "POST"])
def write_criteria(set_id: int) -> ResponseReturnValue:
    """Write another version from a day on; with `version` in the address, put that one right for its own days."""
    found = queries.get_set(set_id)
    services.require_keeper(actor())
    versions = queries.list_versions(found.id)
    given = request.args.get("version", "")
    asked = next((one for one in versions if str(one.id) == given), None)
    if given and asked is None:
        raise missing("version")
    version = asked or queries.version_on(versions, clock.today()) or next(iter(versions), None)
    data = forms.version_data(found, version)
    if asked is not None:
        data |= forms.version_days(asked)
        if asked.decision_id:
            data |= {"decision_basis": "existing", "decision_id": str(asked.decision_id)}
    method = version.method if version is not None else Method.NONE.value
    form: Any = with_paper(forms.VersionForm)(paper_kind="other", data=data, scored=forms.is_scored(version))
    if request.method == "POST":
        return _posted(form, found, method)
    return _form_page(form, found)


def _posted(form: Any, found: CriteriaSet, method: str) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, found, status=422)
    values, problems = form.values(method)
    problems = [*problems, *version_problems(values)]
    stamp = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]
    if problems or form.confirmed.data != stamp:
        form.take(problems)
        form.confirmed.data = "" if problems else stamp
        asking = None if problems else _effect(found, values, form)
        return _form_page(form, found, asking=asking, status=422 if problems else 200)
    try:
        with transaction():
            services.write(
                actor(), found, values, valid_from=form.valid_from.data, valid_to=form.until,
                decision_id=hooks.papers[0].read(actor(), form.data, province_closure()), version=sent_version(form),
            )  # fmt: skip
    except (Refused, Stale) as refused:
        form.take(refused.problems)
        form.confirmed.data = ""
        return _form_page(form, found, status=refused.status)
    flash(_("Đã ghi bộ tiêu chí. Phiếu đã chấm giữ nguyên cách tính cũ."), "ok")
    return redirect(url_for("performance.criteria_set", set_id=found.id), 303)


def _effect(found: CriteriaSet, values: dict[str, Any], form: Any) -> dict[str, int]:
    """Return how many people in service the set is for now and would be for."""
    old = queries.version_on(queries.list_versions(found.id), form.valid_from.data)

    def reached(kinds: Any) -> int:
        return requirements.effect(None, RequirementTarget.PERSON_KIND, kinds, clock.today()).after

    return {"before": reached(old.person_kinds) if old is not None else 0, "after": reached(values["person_kinds"])}


def _form_page(
    form: Any, found: CriteriaSet, *, asking: dict[str, int] | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "performance/criteria/form.html", form=form, criteria=found, asking=asking,
        crumbs=[
            (_("Bộ tiêu chí đánh giá"), url_for("performance.criteria")),
            (found.code, url_for("performance.criteria_set", set_id=found.id)),
        ],
    )  # fmt: skip
    return page, status
