"""The kinds of decision about people that walk the path of decisions: what the path needs to know of this domain.

`subjects.gather()` reads many people at once, `writing.write()` writes what a decision makes true; each further module
holds kinds. `register()` adds them all; `people/hooks.py` calls it at start-up.
"""

from __future__ import annotations

from hrms.decisions import kinds as path
from hrms.people.kinds import appointing, joining, leaving, moving, relieving, terms, undoing


def register() -> None:
    """Add every kind of this domain to the path of decisions."""
    for module in (appointing, terms, relieving, joining, moving, leaving, undoing):
        for kind in module.KINDS:
            path.register(kind)
