"""Reads of the trail: lists and histories, events as readers see them, and the feed other systems follow."""

from hrms.audit.queries.events import (
    COUNT_CAP,
    Filters,
    count_events,
    list_actions,
    list_entities,
    list_events,
    list_for,
    list_for_person,
    stream_events,
)
from hrms.audit.queries.feed import Feed, list_changes
from hrms.audit.queries.reading import Shown, masked, shown

__all__ = [
    "COUNT_CAP",
    "Feed",
    "Filters",
    "Shown",
    "count_events",
    "list_actions",
    "list_changes",
    "list_entities",
    "list_events",
    "list_for",
    "list_for_person",
    "masked",
    "shown",
    "stream_events",
]
