"""`/api/v1/account`: whom a token acts for and what it may do, so that a program can check before it starts."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.views import MethodView

from hrms.accounts.schemas import OwnAccountSchema
from hrms.core.api import register
from hrms.core.permissions import Permission
from hrms.core.web import SIGNED_IN, ApiBlueprint, actor

blueprint = ApiBlueprint("accounts_api", __name__, url_prefix="/account", description="Tài khoản của mã truy cập")


@blueprint.route("", access=SIGNED_IN)
class OwnAccount(MethodView):
    """The account of the token."""

    @blueprint.response(200, OwnAccountSchema)
    def get(self) -> dict[str, Any]:
        """Say whom the token acts for and what it may do."""
        who = actor()
        return {
            "id": who.account_id,
            "name": who.name,
            "roles": [{"role": grant.role.value, "agency_id": grant.agency_id} for grant in who.grants],
            "permissions": [permission.value for permission in Permission if who.may(permission)],
        }


def init_app(app: Flask) -> None:
    """Add the resource to the API."""
    register(app, blueprint)
