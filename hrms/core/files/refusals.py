"""Why a file is not kept: one sentence each, with the file's name, what is wrong, and what to do."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_UP, Decimal

from hrms.core.errors import Refused
from hrms.core.rules import N_, Problem

LONGEST_NAME = 80
_MEGABYTE = Decimal(1024 * 1024)


def shown_name(name: str) -> str:
    """Return a file's name fit to be shown and sent: no folders, no control characters, not endless, never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if len(clean) > LONGEST_NAME:
        stem, dot, ending = clean.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 5 else ""
        clean = clean[: LONGEST_NAME - len(ending) - 1].rstrip() + "…" + ending
    return clean or "tep"


def megabytes(size: int) -> Decimal:
    """Return bytes as megabytes with one place, rounded up, so that what is over a limit never reads as the limit."""
    found = (Decimal(size) / _MEGABYTE).quantize(Decimal("0.1"), rounding=ROUND_UP)
    return found if found % 1 else found.to_integral_value()


class Refusing:
    """Makes the refusals of one file; `field` is the form's."""

    def __init__(self, name: str, field: str) -> None:
        self.name, self.field = shown_name(name), field

    def _refused(self, code: str, text: str, **params: object) -> Refused:
        return Refused(Problem(self.field, code, text, {"name": self.name, **params}))

    def empty(self) -> Refused:
        """Nothing in it."""
        return self._refused("file_empty", N_("Tệp “%(name)s” trống (0 byte). Hãy chọn lại tệp."))

    def too_large(self, size: int, limit: int) -> Refused:
        """Over the limit; sizes in bytes."""
        text = N_(
            "Tệp “%(name)s” nặng %(size)s MB, quá mức %(limit)s MB. Hãy quét, lưu ở độ phân giải thấp hơn rồi gửi lại."
        )
        return self._refused("file_too_large", text, size=megabytes(size), limit=megabytes(limit))

    def other_kind(self, found: str, wanted: str) -> Refused:
        """Of another kind than asked for; `found` is a marked message, `wanted` the accepted kinds."""
        text = N_("Tệp “%(name)s” là %(found)s; ở đây chỉ nhận %(wanted)s. Đổi đuôi tệp không đủ, hãy lưu đúng loại.")
        return self._refused("file_kind", text, found=found, wanted=wanted)

    def damaged(self) -> Refused:
        """Cut short or broken."""
        text = N_("Tệp “%(name)s” bị hỏng hoặc thiếu phần cuối nên không đọc được. Hãy quét, lưu lại rồi gửi lại.")
        return self._refused("file_damaged", text)

    def encrypted(self) -> Refused:
        """Under a password."""
        text = N_("Tệp “%(name)s” được đặt mật khẩu hoặc mã hóa. Hãy lưu một bản không khóa rồi gửi lại.")
        return self._refused("file_encrypted", text)

    def active(self, what: str) -> Refused:
        """Holds something that runs; `what` names it as the format does."""
        text = N_("Tệp “%(name)s” chứa lệnh tự chạy (%(what)s). Hãy in tệp ra PDF mới hoặc quét lại rồi gửi lại.")
        return self._refused("file_active", text, what=what)

    def too_many_pixels(self, width: int, height: int, most: int) -> Refused:
        """A picture too large to be decoded; `most` in millions of pixels."""
        text = N_("Ảnh “%(name)s” rộng %(width)s × %(height)s điểm, quá mức %(most)s triệu điểm. Hãy thu nhỏ ảnh.")
        return self._refused("picture_too_large", text, width=width, height=height, most=most)

    def too_few_pixels(self, width: int, height: int, least: tuple[int, int]) -> Refused:
        """A picture too small to be printed."""
        text = N_(
            "Ảnh “%(name)s” chỉ rộng %(width)s × %(height)s điểm, in ra không rõ. Hãy dùng ảnh từ %(least)s điểm."
        )
        return self._refused("picture_too_small", text, width=width, height=height, least=f"{least[0]} × {least[1]}")

    def no_room(self) -> Refused:
        """The server cannot write it down."""
        text = N_("Máy chủ không ghi được tệp “%(name)s” (hết chỗ hoặc lỗi đĩa); chưa lưu gì. Hãy báo quản trị viên.")
        return self._refused("file_not_written", text)
