"""Pages of the providers of training: the list, adding one, putting one right."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hrms.agencies import queries as agencies
from hrms.core.errors import NotFound, Refused, Stale
from hrms.core.i18n import _
from hrms.core.permissions import Permission
from hrms.core.unit import transaction
from hrms.core.web import actor
from hrms.training.forms import courses as forms
from hrms.training.queries import courses as queries
from hrms.training.routes.base import blueprint
from hrms.training.routes.courses import KEEP, READ, as_at, mark_tone, mark_words, sent_version
from hrms.training.services import courses as services


@blueprint.route("/training/providers", access=READ)
def providers() -> ResponseReturnValue:
    """List the providers, those no longer used last, with how many programmes name each."""
    found = queries.list_providers()
    names = agencies.names([one.agency_id for one in found if one.agency_id])
    return render_template(
        "training/courses/providers.html",
        providers=found,
        names=names,
        counts=queries.courses_of_provider(as_at()),
        may_keep=services.may_keep(actor()),
        mark_words=mark_words,
        mark_tone=mark_tone,
        crumbs=[(_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses"))],
    )


def _configure(field: Any) -> None:
    who = actor()

    def label_of(value: str) -> str | None:
        try:
            return agencies.get_agency(who, int(value), Permission.AGENCIES_VIEW).name
        except (NotFound, ValueError):
            return None

    def find(words: str) -> list[tuple[str, str]]:
        return [(str(one.id), one.name) for one in agencies.list_choices(who, words)]

    field.configure(source=url_for("agencies.choices"), label_of=label_of, find=find)


@blueprint.route("/training/providers/new", access=KEEP, methods=["GET", "POST"])
def new_provider() -> ResponseReturnValue:
    """Add a provider."""
    services.require_keeper(actor())
    form: Any = forms.ProviderForm()
    del form.active
    _configure(form.agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    made = services.add_provider(actor(), form.values())
                flash(_("Đã thêm cơ sở “%(name)s”.", name=made.name), "ok")
                return redirect(url_for("training.providers"), 303)
            except Refused as refused:
                form.take(refused.problems)
    return _page(form, _("Thêm cơ sở đào tạo")), status


@blueprint.route("/training/providers/<int:provider_id>/edit", access=KEEP, methods=["GET", "POST"])
def edit_provider(provider_id: int) -> ResponseReturnValue:
    """Put a provider right, or say that it is no longer used."""
    found = queries.get_provider(provider_id)
    services.require_keeper(actor())
    form: Any = forms.ProviderForm(data=forms.provider_data(found))
    del form.code
    _configure(form.agency)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with transaction():
                    done = services.change_provider(actor(), found, form.values(), version=sent_version(form))
                flash(_("Đã ghi cơ sở đào tạo.") if done else _("Không có gì thay đổi."), "ok" if done else "info")
                return redirect(url_for("training.providers"), 303)
            except (Refused, Stale) as refused:
                form.take(refused.problems)
                status = refused.status
    return _page(form, found.name), status


def _page(form: Any, title: str) -> str:
    crumbs = [
        (_("Chương trình đào tạo, bồi dưỡng"), url_for("training.courses")),
        (_("Cơ sở đào tạo, bồi dưỡng"), url_for("training.providers")),
    ]
    return render_template("training/courses/provider.html", form=form, title=title, crumbs=crumbs)
