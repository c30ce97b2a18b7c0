"""Who may do what, as data, in one place: the permissions, the roles, and which role holds which permission.

The gate, the services, the menus and the matrix page all read these two tables; there is no other.
"""

from __future__ import annotations

from enum import StrEnum

from hrms.core.rules import N_


class Permission(StrEnum):
    """One right. The value is what is written in tests, logs and the API."""

    SELF_VIEW = "self.view"
    PEOPLE_VIEW = "people.view"
    PEOPLE_CREATE = "people.create"
    PEOPLE_EDIT = "people.edit"
    PEOPLE_FACT = "people.fact"
    PEOPLE_EXPORT = "people.export"
    PEOPLE_REVEAL_ID = "people.reveal_id"
    PEOPLE_ACCESS_VIEW = "people.access_view"
    PEOPLE_ORIGIN = "people.sensitive.origin"
    PEOPLE_PARTY = "people.sensitive.party"
    PEOPLE_HEALTH = "people.sensitive.health"
    PEOPLE_HISTORY = "people.sensitive.history"
    PEOPLE_FAMILY = "people.sensitive.family"
    PEOPLE_ASSETS = "people.sensitive.assets"
    AGENCIES_VIEW = "agencies.view"
    AGENCIES_MANAGE = "agencies.manage"
    DECISIONS_VIEW = "decisions.view"
    DECISIONS_RECORD = "decisions.record"
    DECISIONS_PROPOSE = "decisions.propose"
    DECISIONS_APPRAISE = "decisions.appraise"
    DECISIONS_SIGN = "decisions.sign"
    DECISIONS_NUMBER = "decisions.number"
    DECISIONS_POWERS = "decisions.powers"
    POSITIONS_VIEW = "positions.view"
    POSITIONS_MANAGE = "positions.manage"
    POSITIONS_QUOTA = "positions.quota"
    POSITIONS_CATALOGUE = "positions.catalogue"
    POSITIONS_APPRAISE = "positions.appraise"
    TRAINING_VIEW = "training.view"
    TRAINING_MANAGE = "training.manage"
    TRAINING_NOMINATE = "training.nominate"
    TRAINING_CATALOGUE = "training.catalogue"
    TRAINING_CERTIFY = "training.certify"
    TRAINING_TEACH = "training.teach"
    PERFORMANCE_VIEW = "performance.view"
    PERFORMANCE_MANAGE = "performance.manage"
    PERFORMANCE_ASSIGN = "performance.assign"
    PERFORMANCE_SCORE = "performance.score"
    PERFORMANCE_RATE = "performance.rate"
    PERFORMANCE_CRITERIA = "performance.criteria"
    PAY_VIEW = "pay.view"
    PAY_MANAGE = "pay.manage"
    PAY_APPROVE = "pay.approve"
    PAY_SCHEMES = "pay.schemes"
    PAY_LAW = "pay.law"
    IMPORTS_RUN = "imports.run"
    AUDIT_VIEW = "audit.view"
    ACCOUNTS_VIEW = "accounts.view"
    ACCOUNTS_MANAGE = "accounts.manage"
    ACCOUNTS_GRANT = "accounts.grant"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_MANAGE = "settings.manage"
    DOCUMENTS_MANAGE = "documents.manage"


P = Permission

PERMISSION_LABELS: dict[Permission, str] = {
    P.SELF_VIEW: N_("Xem hồ sơ của chính mình"),
    P.PEOPLE_VIEW: N_("Xem hồ sơ"),
    P.PEOPLE_CREATE: N_("Thêm hồ sơ"),
    P.PEOPLE_EDIT: N_("Sửa lý lịch"),
    P.PEOPLE_FACT: N_("Ghi diễn biến theo quyết định"),
    P.PEOPLE_EXPORT: N_("Xuất dữ liệu hồ sơ"),
    P.PEOPLE_REVEAL_ID: N_("Hiện số định danh cá nhân"),
    P.PEOPLE_ACCESS_VIEW: N_("Xem ai được xem hồ sơ"),
    P.PEOPLE_ORIGIN: N_("Xem dân tộc, tôn giáo"),
    P.PEOPLE_PARTY: N_("Xem thông tin Đảng, đoàn thể"),
    P.PEOPLE_HEALTH: N_("Xem sức khỏe"),
    P.PEOPLE_HISTORY: N_("Xem lịch sử bản thân"),
    P.PEOPLE_FAMILY: N_("Xem quan hệ gia đình"),
    P.PEOPLE_ASSETS: N_("Xem thu nhập, tài sản"),
    P.AGENCIES_VIEW: N_("Xem cơ quan, đơn vị"),
    P.AGENCIES_MANAGE: N_("Sắp xếp cơ quan, đơn vị"),
    P.DECISIONS_VIEW: N_("Xem quyết định"),
    P.DECISIONS_RECORD: N_("Vào sổ quyết định"),
    P.DECISIONS_PROPOSE: N_("Lập, trình quyết định"),
    P.DECISIONS_APPRAISE: N_("Thẩm định quyết định"),
    P.DECISIONS_SIGN: N_("Ký quyết định"),
    P.DECISIONS_NUMBER: N_("Cho số quyết định"),
    P.DECISIONS_POWERS: N_("Sửa bảng phân cấp"),
    P.POSITIONS_VIEW: N_("Xem vị trí việc làm, biên chế"),
    P.POSITIONS_MANAGE: N_("Lập vị trí việc làm, đề án"),
    P.POSITIONS_QUOTA: N_("Giao biên chế"),
    P.POSITIONS_CATALOGUE: N_("Bổ sung danh mục vị trí việc làm"),
    P.POSITIONS_APPRAISE: N_("Thẩm định đề án vị trí việc làm"),
    P.TRAINING_VIEW: N_("Xem đào tạo, bồi dưỡng"),
    P.TRAINING_MANAGE: N_("Tổ chức đào tạo, bồi dưỡng"),
    P.TRAINING_NOMINATE: N_("Cử đi đào tạo, bồi dưỡng"),
    P.TRAINING_CATALOGUE: N_("Lập chương trình, yêu cầu đào tạo"),
    P.TRAINING_CERTIFY: N_("Cấp chứng chỉ, giấy chứng nhận"),
    P.TRAINING_TEACH: N_("Dạy lớp của mình"),
    P.PERFORMANCE_VIEW: N_("Xem đánh giá, xếp loại"),
    P.PERFORMANCE_MANAGE: N_("Mở kỳ đánh giá, lập đợt xếp loại"),
    P.PERFORMANCE_ASSIGN: N_("Giao sản phẩm, công việc"),
    P.PERFORMANCE_SCORE: N_("Chấm điểm"),
    P.PERFORMANCE_RATE: N_("Quyết định xếp loại"),
    P.PERFORMANCE_CRITERIA: N_("Lập bộ tiêu chí đánh giá"),
    P.PAY_VIEW: N_("Xem lương, phụ cấp"),
    P.PAY_MANAGE: N_("Lập bảng lương, danh sách nâng bậc"),
    P.PAY_APPROVE: N_("Duyệt bảng lương"),
    P.PAY_SCHEMES: N_("Lập phương án tiền thưởng, thu nhập tăng thêm"),
    P.PAY_LAW: N_("Nhập mức lương, phụ cấp theo văn bản mới"),
    P.IMPORTS_RUN: N_("Nhập dữ liệu"),
    P.AUDIT_VIEW: N_("Xem nhật ký"),
    P.ACCOUNTS_VIEW: N_("Xem tài khoản, phân quyền"),
    P.ACCOUNTS_MANAGE: N_("Quản lý tài khoản"),
    P.ACCOUNTS_GRANT: N_("Phân quyền"),
    P.SETTINGS_VIEW: N_("Xem tham số, danh mục"),
    P.SETTINGS_MANAGE: N_("Đặt tham số"),
    P.DOCUMENTS_MANAGE: N_("Thay mẫu văn bản"),
}


class Role(StrEnum):
    """What an account is granted over a part of the agency tree for a while."""

    ADMIN = "admin"
    HR_PROVINCE = "hr_province"
    HR_AGENCY = "hr_agency"
    HEAD = "head"
    TRAINER = "trainer"
    INSPECTOR = "inspector"
    OFFICIAL = "official"
    CLERK = "clerk"
    DELEGATE = "delegate"


ROLE_LABELS: dict[Role, str] = {
    Role.ADMIN: N_("Quản trị hệ thống"),
    Role.HR_PROVINCE: N_("Cán bộ tổ chức Sở Nội vụ"),
    Role.HR_AGENCY: N_("Cán bộ tổ chức cơ quan"),
    Role.HEAD: N_("Thủ trưởng cơ quan"),
    Role.TRAINER: N_("Giảng viên, cơ sở đào tạo"),
    Role.INSPECTOR: N_("Thanh tra"),
    Role.OFFICIAL: N_("Cán bộ, công chức, viên chức"),
    Role.CLERK: N_("Văn thư"),
    Role.DELEGATE: N_("Người được giao ký thay"),
}

SENSITIVE: tuple[Permission, ...] = (
    P.PEOPLE_ORIGIN, P.PEOPLE_PARTY, P.PEOPLE_HEALTH, P.PEOPLE_HISTORY, P.PEOPLE_FAMILY, P.PEOPLE_ASSETS,
)  # fmt: skip

_HR: frozenset[Permission] = frozenset(
    {
        P.PEOPLE_VIEW, P.PEOPLE_CREATE, P.PEOPLE_EDIT, P.PEOPLE_FACT, P.PEOPLE_EXPORT, P.PEOPLE_REVEAL_ID,
        P.PEOPLE_ACCESS_VIEW, *SENSITIVE, P.AGENCIES_VIEW, P.DECISIONS_VIEW, P.DECISIONS_RECORD,
        P.DECISIONS_PROPOSE, P.DECISIONS_APPRAISE, P.POSITIONS_VIEW, P.POSITIONS_MANAGE, P.IMPORTS_RUN, P.AUDIT_VIEW,
        P.TRAINING_VIEW, P.TRAINING_MANAGE, P.TRAINING_NOMINATE, P.TRAINING_CERTIFY, P.PERFORMANCE_VIEW,
        P.PERFORMANCE_MANAGE, P.PERFORMANCE_ASSIGN, P.PAY_VIEW, P.PAY_MANAGE, P.PAY_APPROVE, P.PAY_SCHEMES,
    }
)  # fmt: skip

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            P.AGENCIES_VIEW, P.ACCOUNTS_VIEW, P.ACCOUNTS_MANAGE, P.ACCOUNTS_GRANT, P.SETTINGS_VIEW, P.SETTINGS_MANAGE,
            P.DOCUMENTS_MANAGE, P.PAY_LAW,
        }
    ),
    Role.HR_PROVINCE: _HR
    | {
        P.AGENCIES_MANAGE, P.ACCOUNTS_VIEW, P.SETTINGS_VIEW, P.DECISIONS_POWERS, P.POSITIONS_QUOTA,
        P.POSITIONS_CATALOGUE, P.POSITIONS_APPRAISE, P.TRAINING_CATALOGUE, P.PERFORMANCE_CRITERIA,
        P.PAY_LAW,
    },
    Role.HR_AGENCY: _HR,
    Role.HEAD: frozenset(
        {
            P.PEOPLE_VIEW, P.PEOPLE_EXPORT, P.PEOPLE_PARTY, P.AGENCIES_VIEW, P.DECISIONS_VIEW, P.DECISIONS_PROPOSE,
            P.DECISIONS_SIGN, P.POSITIONS_VIEW, P.TRAINING_VIEW, P.TRAINING_NOMINATE, P.PERFORMANCE_VIEW,
            P.PERFORMANCE_ASSIGN, P.PERFORMANCE_SCORE, P.PERFORMANCE_RATE,
        }
    ),
    Role.TRAINER: frozenset({P.AGENCIES_VIEW, P.TRAINING_TEACH}),
    Role.INSPECTOR: frozenset(
        {
            P.PEOPLE_VIEW, P.PEOPLE_EXPORT, P.PEOPLE_REVEAL_ID, P.PEOPLE_ACCESS_VIEW, *SENSITIVE, P.AGENCIES_VIEW,
            P.DECISIONS_VIEW, P.POSITIONS_VIEW, P.TRAINING_VIEW, P.PERFORMANCE_VIEW, P.PAY_VIEW, P.AUDIT_VIEW,
            P.ACCOUNTS_VIEW,
        }
    ),
    Role.OFFICIAL: frozenset({P.SELF_VIEW, P.AGENCIES_VIEW}),
    Role.CLERK: frozenset({P.AGENCIES_VIEW, P.DECISIONS_VIEW, P.DECISIONS_RECORD, P.DECISIONS_NUMBER}),
    # Given for a while by the one who has the power, with the capacity it is signed in.
    Role.DELEGATE: frozenset(
        {
            P.PEOPLE_VIEW, P.AGENCIES_VIEW, P.DECISIONS_VIEW, P.DECISIONS_SIGN, P.PERFORMANCE_VIEW,
            P.PERFORMANCE_SCORE,
        }
    ),
}  # fmt: skip

NOT_ABOUT_PEOPLE: frozenset[Permission] = frozenset(
    {
        P.SELF_VIEW, P.AGENCIES_VIEW, P.AGENCIES_MANAGE, P.ACCOUNTS_VIEW, P.ACCOUNTS_MANAGE, P.ACCOUNTS_GRANT,
        P.SETTINGS_VIEW, P.SETTINGS_MANAGE, P.DOCUMENTS_MANAGE, P.TRAINING_TEACH, P.PAY_LAW,
    }
)  # fmt: skip
"""A route that needs only one of these shows people no further than `people.view` reaches."""

SECOND_FACTOR_ROLES: frozenset[Role] = frozenset({Role.ADMIN, Role.HR_PROVINCE})
