"""The test's browser: every request in a context of its own, as on the web, and forms sent with their token."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse


class Browser(FlaskClient):
    """A client whose requests share nothing but cookies; without this, `g` of the test's own context would linger."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request in a fresh application context and read the whole answer, so that no file stays open."""
        kwargs.setdefault("buffered", True)
        with self.application.app_context():
            return super().open(*args, **kwargs)

    def token(self) -> str:
        """Return a form token that belongs to this browser's session."""
        raw = "0" * 40
        with self.application.app_context(), self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", raw)
        secret = self.application.config.get("WTF_CSRF_SECRET_KEY", self.application.secret_key)
        return str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw))

    def submit(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form as a page of ours would, with its token."""
        return self.post(address, data={**(data or {}), "csrf_token": self.token()}, **kwargs)
