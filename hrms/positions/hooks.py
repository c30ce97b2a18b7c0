"""What positions register in the core and below: facts of people, loaders, menu, checks, words, sentences."""

from __future__ import annotations

from flask import Flask

from hrms.core import hooks
from hrms.core.jinja import register_labels
from hrms.positions.rules.kinds import CATALOGUE_LABELS, FIT_LABELS, GROUP_LABELS, QUOTA_LABELS, ROLE_LABELS
from hrms.positions.services import catalogue, facts


def register(app: Flask) -> None:
    """Leave the domain's part in the core's registries."""
    del app
    facts.register()
    hooks.loaders.append(catalogue.load)
    for labels in (GROUP_LABELS, QUOTA_LABELS, CATALOGUE_LABELS, ROLE_LABELS, FIT_LABELS):
        register_labels(labels)
