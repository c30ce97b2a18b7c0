"""A process of its own that numbers submissions; run by `test_numbers.py`, several at once.

Reads a line of JSON: database address, home, account, agency, and the submissions, each with the number that is typed
for it, or null for the book's.
Says `ready`, waits for another line, and writes what became of each: the number, or the code of the refusal.
"""

from __future__ import annotations

import json
import sys
from datetime import date

from sqlalchemy import text

import config
from hrms.app import create_app
from hrms.core import clock, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.errors import HrmsError
from hrms.core.permissions import Permission, Role
from hrms.core.unit import transaction
from hrms.decisions.services import path
from tests.decisions.deciding import telephones
from tests.province import TODAY


def main() -> None:
    """Number each submission; before each, once in vain, so that a number is taken and given back."""
    given = json.loads(sys.stdin.readline())
    app = create_app(config.Test({"HRMS_DATABASE_URL": given["url"], "HRMS_HOME": given["home"]}))
    clerk = Actor(given["account"], "vanthu", (Grant(Role.CLERK, given["agency"]),))
    found = []
    with app.app_context(), clock.frozen(TODAY), telephones():
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        print("ready", flush=True)  # noqa: T201 - the test waits for it
        sys.stdin.readline()
        for submission, typed in given["submissions"]:
            numbers = path.Numbers("QĐ-SXD", date(2026, 11, 20), typed)
            for keep in (False, True):
                scope.enter_for(clerk, Permission.DECISIONS_NUMBER)
                try:
                    with transaction():
                        (decision,) = path.register(clerk, submission, numbers)
                        if not keep and typed is None:
                            raise _InVainError
                    found.append(decision.number)
                    break
                except _InVainError:
                    continue
                except HrmsError as error:
                    found.append(error.problems[0].code)
                    break
                finally:
                    db.session.remove()
    print(json.dumps(found))  # noqa: T201 - the answer


class _InVainError(Exception):
    pass


if __name__ == "__main__":
    main()
