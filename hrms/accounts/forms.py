"""The shapes and words of the accounts' forms; what a value means is decided by the services."""

from __future__ import annotations

from hrms.core.forms import Form, PasswordField, Required, TextField
from hrms.core.i18n import _l


class SignInForm(Form):
    """Name and password."""

    username = TextField(
        _l("Tên đăng nhập"), [Required()],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True},
    )  # fmt: skip
    password = PasswordField(_l("Mật khẩu"), [Required()], render_kw={"autocomplete": "current-password"})


class CodeForm(Form):
    """A code of the authenticator, or a recovery code."""

    code = TextField(
        _l("Mã xác thực"), [Required()],
        description=_l("Mã 6 chữ số trên ứng dụng xác thực, hoặc một mã khôi phục."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True,
                   "width": "m"},
    )  # fmt: skip


class SetupForm(Form):
    """The first code, which proves that the authenticator took the key."""

    code = TextField(
        _l("Mã 6 chữ số đang hiện"), [Required()],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "width": "m"},
    )  # fmt: skip


class PasswordForm(Form):
    """The old password and the new one twice."""

    current = PasswordField(_l("Mật khẩu đang dùng"), [Required()], render_kw={"autocomplete": "current-password"})
    password = PasswordField(_l("Mật khẩu mới"), [Required()], render_kw={"autocomplete": "new-password"})
    again = PasswordField(_l("Nhập lại mật khẩu mới"), [Required()], render_kw={"autocomplete": "new-password"})
