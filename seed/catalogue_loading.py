"""Bring the dated tables of the law to what `seed/catalogues/*.csv` says: after each migration and at each start.

Only the owner of the database may do this; the web pages change single codes through their own service.
"""

from __future__ import annotations

from flask import Flask

from hrms.core import catalogues, holidays
from hrms.core.db import db
from hrms.core.unit import transaction
from hrms.decisions.services.powers import load as load_powers
from hrms.people.services.law import load as load_law
from hrms.performance.services.catalogue import load as load_performance
from hrms.positions.services.catalogue import load as load_positions
from hrms.positions.services.models import load_models
from hrms.training.services.catalogue import load as load_training
from seed.model_frames import model_frames


def load_catalogues(owner_url: str) -> int:
    """Load every seed file as the owner of the database, in one transaction; returns the rows that the files hold.

    Safe to run again: what already agrees is not written. Raises ValueError when a file contradicts itself (a gap
    between steps, a retirement age that falls).
    """
    app = Flask("hrms.seed")
    app.config.update(SQLALCHEMY_DATABASE_URI=owner_url, SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 1})
    db.init_app(app)
    with app.app_context():
        try:
            with transaction():
                seen = catalogues.load() + load_powers() + holidays.load() + load_positions()
                seen += load_models(model_frames()) + load_training() + load_performance()
                seen += load_law()
        finally:
            db.session.remove()
            db.engine.dispose()
    return seen
