"""What a schema of the JSON side refuses, as this program's own problems: a code, the field, the value, the remedy.

marshmallow and webargs know their sentences in English only. Each is recognised by its shape; a sentence of ours,
raised by a schema of a domain, is a marked message already and passes as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hrms.core.rules import N_, Problem

_LOCATIONS = frozenset({"json", "query", "files", "headers", "path", "form"})
_VALUE_LENGTH = 60

_ANYTHING_ELSE = (
    r"(?:Not a valid|Invalid (?:value|input|choice)|Must be equal to|One or more of the choices you made was) .*"
    r"|Invalid (?:value|input)\.|String does not match expected pattern\.|.* cannot be formatted as a .*"
)
_SHAPES: tuple[tuple[str, str, str], ...] = (
    # the package's sentence, our code, our sentence
    (r"Missing data for required field\.", "required", N_("Thiếu “%(field)s”. Hãy gửi mục này.")),
    (r"Field may not be null\.", "null", N_("“%(field)s” không được là null. Hãy gửi một giá trị, hoặc bỏ mục này.")),
    (r"Unknown field\.", "unknown_field", N_("Không có mục “%(field)s”. Hãy bỏ mục này hoặc xem lại tên.")),
    (r"Invalid JSON body\.", "not_json", N_("Nội dung gửi lên không phải là JSON. Hãy xem lại dấu ngoặc, dấu phẩy.")),
    (
        r"Invalid input type\.|Invalid type\.|Not a valid (?:mapping|tuple)(?: type)?\.", "not_an_object",
        N_("“%(field)s”: %(value)s không phải là một đối tượng JSON. Hãy gửi dạng {\"tên\": giá trị}."),
    ),
    (
        r"Not a valid list\.", "not_a_list", N_("“%(field)s”: %(value)s không phải là danh sách. Hãy gửi dạng […]."),
    ),
    (
        r"Not a valid integer\.", "not_an_integer",
        N_("“%(field)s”: %(value)s không phải là số nguyên. Hãy gửi một số nguyên, ví dụ 3."),
    ),
    (
        r"Not a valid number\.|Special numeric values \(nan or infinity\) are not permitted\.", "not_a_number",
        N_("“%(field)s”: %(value)s không phải là số. Hãy gửi một số, ví dụ 3.33."),
    ),
    (
        r"Not a valid boolean\.", "not_a_boolean",
        N_("“%(field)s”: %(value)s không phải là có hay không. Hãy gửi true hoặc false."),
    ),
    (
        r"Not a valid (?:naive |aware )?date(?:time)?\.|.* cannot be formatted as a (?:date|datetime)\.", "not_a_date",
        N_("“%(field)s”: %(value)s không phải là ngày. Hãy gửi dạng 2026-07-01."),
    ),
    (
        r"Not a valid string\.|Not a valid utf-8 string\.", "not_text",
        N_("“%(field)s”: %(value)s không phải là chữ. Hãy gửi một chuỗi trong dấu ngoặc kép."),
    ),
    (
        r"Must be one of: (?P<choices>.*)\.", "not_a_choice",
        N_("“%(field)s”: %(value)s không có trong các giá trị được nhận. Hãy gửi một trong: %(choices)s."),
    ),
    (
        r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.", "out_of_range",
        N_("“%(field)s”: %(value)s nằm ngoài khoảng cho phép. Hãy gửi số từ %(least)s đến %(most)s."),
    ),
    (
        r"Must be greater than (?:or equal to )?(?P<least>\S+)\.", "too_small",
        N_("“%(field)s”: %(value)s quá nhỏ. Hãy gửi số từ %(least)s trở lên."),
    ),
    (
        r"Must be less than (?:or equal to )?(?P<most>\S+)\.", "too_large",
        N_("“%(field)s”: %(value)s quá lớn. Hãy gửi số không quá %(most)s."),
    ),
    (r"Number too large\.", "too_large", N_("“%(field)s”: %(value)s quá lớn. Hãy gửi số nhỏ hơn.")),
    (
        r"Longer than maximum length (?P<most>\d+)\.", "too_long",
        N_("“%(field)s” dài hơn %(most)s ký tự. Hãy rút gọn."),
    ),
    (
        r"Shorter than minimum length (?P<least>\d+)\.", "too_short",
        N_("“%(field)s” ngắn hơn %(least)s ký tự. Hãy ghi đủ."),
    ),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.", "wrong_length",
        N_("“%(field)s” phải dài từ %(least)s đến %(most)s ký tự. Hãy sửa cho vừa."),
    ),
    (
        r"Length must be (?P<most>\d+)\.", "wrong_length",
        N_("“%(field)s” phải dài đúng %(most)s ký tự. Hãy sửa cho đúng."),
    ),
    (
        _ANYTHING_ELSE, "invalid",
        N_("“%(field)s”: %(value)s không đúng dạng. Hãy xem dạng của mục này ở /api/v1/docs."),
    ),
)  # fmt: skip
_KNOWN = tuple((re.compile(shape, re.DOTALL), code, text) for shape, code, text in _SHAPES)


def problems_of(messages: Mapping[str, Any], sent: Any = None) -> list[Problem]:
    """Return a problem for each refusal in a package's nested `messages`; `sent` is the data that was refused."""
    found: list[Problem] = []
    for name, inner in messages.items():
        if name in _LOCATIONS and isinstance(inner, Mapping):
            found += _walk(inner, "", sent)
        else:
            found += _walk({name: inner}, "", sent)
    return found


def _walk(messages: Mapping[str, Any], path: str, sent: Any) -> list[Problem]:
    found: list[Problem] = []
    for name, inner in messages.items():
        whole = name == "_schema" or (not path and name in _LOCATIONS)
        here = path if whole or name in {"key", "value"} else f"{path}.{name}" if path else str(name)
        value = sent if whole or name in {"key", "value"} else _inside(sent, name)
        if isinstance(inner, Mapping):
            found += _walk({str(key): part for key, part in inner.items()}, here, value)
        else:
            found += [_problem(here, str(said), value) for said in (inner if isinstance(inner, list) else [inner])]
    return found


def _inside(sent: Any, name: Any) -> Any:
    if isinstance(sent, Mapping):
        return sent.get(name)
    if isinstance(sent, list) and str(name).isdigit() and int(name) < len(sent):
        return sent[int(name)]
    return None


def _problem(field: str, said: str, value: Any) -> Problem:
    for shape, code, text in _KNOWN:
        match = shape.fullmatch(said)
        if match:
            named = {"field": field or N_("nội dung"), "value": _shown(value), **match.groupdict()}
            return Problem(field, code, text, named)
    return Problem(field, "invalid", said)


def _shown(value: Any) -> str:
    """Return a value as it was sent, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _VALUE_LENGTH else text[:_VALUE_LENGTH] + "…"
