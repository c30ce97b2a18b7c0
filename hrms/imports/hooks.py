"""What imports lend to the rest: a menu entry, the first page's card of batches under way, sentences of the trail."""

from __future__ import annotations

from flask import Flask

from hrms.imports import jobs  # noqa: F401 - registers the jobs


def register(app: Flask) -> None:
    """Register everything with `app` and the core's registries."""
