"""The general titles of viên chức managers (NĐ 232/2026/NĐ-CP phụ lục I): which group of posts each stands for.

The annex names titles such as “Người đứng đầu đơn vị sự nghiệp công lập và tương đương”; a record names the post held,
“Hiệu trưởng”. What they have in common is the group of the post.
"""

from __future__ import annotations

from hrms.core.text import fold
from hrms.decisions.rules.powers import PostGroup

_BEGINNINGS = (
    ("nguoi dung dau", PostGroup.AGENCY_HEAD),
    ("cap pho cua nguoi dung dau", PostGroup.AGENCY_DEPUTY),
    ("pho ", PostGroup.DIVISION_DEPUTY),
    ("truong ", PostGroup.DIVISION_HEAD),
    ("to truong ", PostGroup.DIVISION_HEAD),
)


def group_of_title(name: str) -> PostGroup:
    """Return the group of posts a general title stands for, `NONE` for any other name."""
    words = f"{fold(name)} "
    return next((group for beginning, group in _BEGINNINGS if words.startswith(beginning)), PostGroup.NONE)
