"""The shapes and words of the accounts' forms; what a value means is decided by the services."""

from __future__ import annotations

from hrms.core.forms import (
    ComboField,
    DateField,
    Form,
    HiddenField,
    PasswordField,
    Required,
    SelectField,
    SelectMultipleField,
    TextField,
)
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


class LooksForm(Form):
    """One's own language and theme."""

    locale = SelectField(_l("Ngôn ngữ"), choices=[("vi", "Tiếng Việt"), ("en", "English")], render_kw={"width": "m"})
    theme = SelectField(
        _l("Nền"), choices=[("auto", _l("Theo máy")), ("light", _l("Sáng")), ("dark", _l("Tối"))],
        render_kw={"width": "m"},
    )  # fmt: skip


class NewAccountForm(Form):
    """What an account is opened with."""

    username = TextField(
        _l("Tên đăng nhập"), [Required()], longest=60,
        description=_l("Chữ thường không dấu, chữ số, dấu chấm, - và _. Không đổi được về sau."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "width": "m"},
    )  # fmt: skip
    staff_code = TextField(
        _l("Số hiệu CBCCVC của người giữ"), longest=40,
        description=_l("Nối tài khoản với hồ sơ của chính người đó. Bỏ trống nếu người giữ không có hồ sơ ở đây."),
        render_kw={"width": "m", "autocomplete": "off"},
    )  # fmt: skip
    display_name = TextField(
        _l("Họ tên người giữ"), longest=120, description=_l("Bỏ trống thì lấy theo hồ sơ."),
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    agency_id = ComboField(_l("Cơ quan của tài khoản"), description=_l("Bỏ trống thì lấy theo hồ sơ."))
    email = TextField(_l("Thư điện tử"), longest=200, render_kw={"autocomplete": "off"})
    role = SelectField(
        _l("Vai trò"), description=_l("Có hiệu lực từ hôm nay trên cơ quan của tài khoản. Có thể phân quyền sau.")
    )


class EditAccountForm(Form):
    """What may be changed of an account."""

    version = HiddenField()
    display_name = TextField(_l("Họ tên người giữ"), [Required()], longest=120)
    agency_id = ComboField(_l("Cơ quan của tài khoản"), [Required()])
    email = TextField(_l("Thư điện tử"), longest=200)
    staff_code = TextField(
        _l("Số hiệu CBCCVC của người giữ"), longest=40,
        description=_l("Ghi số hiệu để nối tài khoản với hồ sơ khác; bỏ trống thì giữ nguyên."),
        render_kw={"width": "m", "autocomplete": "off"},
    )  # fmt: skip


class GrantForm(Form):
    """A role over an agency for a while."""

    role = SelectField(_l("Vai trò"), [Required()])
    agency_id = ComboField(
        _l("Trên cơ quan"), [Required()], description=_l("Quyền có trên cơ quan này và mọi đơn vị bên dưới.")
    )
    valid_from = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(_l("Đến hết ngày"), description=_l("Bỏ trống là không thời hạn."), render_kw={"width": "s"})
    note = TextField(
        _l("Căn cứ, ghi chú"), longest=300, description=_l("Ví dụ: Quyết định 905/QĐ-SNV ngày 02/11/2026.")
    )


class DelegationForm(Form):
    """Who signs for the head, in which capacity, how long, on what ground."""

    agency_id = ComboField(
        _l("Ký thay thủ trưởng của"), [Required()], description=_l("Đúng cơ quan này, không gồm các đơn vị bên dưới.")
    )
    account_id = ComboField(
        _l("Người được giao"), [Required()], description=_l("Gõ họ tên hoặc tên đăng nhập của người thuộc cơ quan.")
    )
    capacity = SelectField(
        _l("Tư cách ký"), [Required()],
        description=_l("In trên quyết định trước chức vụ: cấp phó ký KT., người đứng đầu đơn vị ký TL. hoặc TUQ."),
        render_kw={"width": "m"},
    )  # fmt: skip
    valid_from = DateField(_l("Từ ngày"), [Required()], render_kw={"width": "s"})
    last_day = DateField(_l("Đến hết ngày"), [Required()], description=_l("Tối đa một năm."), render_kw={"width": "s"})
    note = TextField(
        _l("Lý do, văn bản giao"), [Required()], longest=300,
        description=_l("Ví dụ: Giấy ủy quyền 12/GUQ-SXD ngày 02/11/2026; đi công tác."),
    )  # fmt: skip
    actions = SelectMultipleField(
        _l("Chỉ những việc này"),
        description=_l("Loại quyết định và việc khác. Không đánh dấu mục nào thì được làm mọi việc trong danh sách."),
    )


class EndGrantForm(Form):
    """The last day of a grant."""

    last_day = DateField(_l("Đến hết ngày"), [Required()], render_kw={"width": "s"})


class CloseForm(Form):
    """Why an account is closed."""

    reason = TextField(_l("Lý do"), [Required()], longest=300)


class TokenForm(Form):
    """A new API token."""

    name = TextField(
        _l("Tên mã truy cập"), [Required()], longest=80, description=_l("Dùng ở phần mềm nào, ví dụ: Trục liên thông.")
    )
    expires_on = DateField(_l("Dùng đến hết ngày"), [Required()], render_kw={"width": "s"})
    permissions = SelectMultipleField(
        _l("Giới hạn quyền"), description=_l("Không đánh dấu mục nào thì mã có mọi quyền của tài khoản.")
    )


class FilterForm(Form):
    """What the list of accounts is narrowed to."""

    q = TextField(_l("Tên đăng nhập, họ tên"), longest=100)
    state = SelectField(_l("Trạng thái"))
    role = SelectField(_l("Vai trò"))
    agency = ComboField(_l("Cơ quan"))
