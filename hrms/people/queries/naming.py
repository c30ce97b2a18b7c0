"""Finding people of a list by what was typed: words of the name, with or without accents, or the staff code."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, or_

from hrms.core.text import search_query
from hrms.people.models import PersonCurrent


def is_named(typed: str) -> ColumnElement[bool]:
    """Return the condition on `people_current` that what was typed is the start of words of the name, or the code."""
    columns = PersonCurrent.__table__.c
    queries = [query for query in search_query(typed) if query]
    words = [columns.search_words.op("@@")(func.to_tsquery("simple", query)) for query in queries]
    has_code = columns.staff_code == typed.strip().upper()
    return or_(has_code, and_(*words)) if words else has_code
