"""The states of a batch in words, and how each reads to somebody scanning a list."""

from __future__ import annotations

from hrms.core.rules import N_

STATE_LABELS: dict[str, str] = {
    "uploaded": N_("Chờ đọc tệp"),
    "reading": N_("Đang đọc tệp"),
    "mapped": N_("Chờ ghép cột"),
    "checking": N_("Đang kiểm tra"),
    "ready": N_("Chờ áp dụng"),
    "applying": N_("Đang áp dụng"),
    "applied": N_("Đã áp dụng"),
    "undoing": N_("Đang hoàn tác"),
    "undone": N_("Đã hoàn tác"),
    "failed": N_("Không thành công"),
    "cancelled": N_("Đã hủy"),
}
_TONES = {"applied": "ok", "failed": "bad", "ready": "warn", "mapped": "warn", "undone": "none", "cancelled": "none"}


def state_words(state: str) -> tuple[str, str]:
    """Return a state's message id and the tone of its tag."""
    return STATE_LABELS[state], _TONES.get(state, "info")
