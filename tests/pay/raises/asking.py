"""Ask an explain command of raises and shares as a user does: a file of facts in, the JSON keys out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hrms.pay.cli_raises import explain

STEP = {
    "table": 2, "group": "A1", "step": 4, "step_since": "2024-03-01", "kind": "civil_servant", "as_at": "2026-11-21",
    "events": [
        {"type": "unpaid_leave", "from": "2025-01-01", "to": "2025-05-01"},
        {"type": "sick_leave", "from": "2025-06-01", "to": "2026-01-01"},
        {"type": "discipline", "form": "reprimand", "on": "2025-05-10"},
        {"type": "rating", "year": 2025, "class": "unsatisfactory"},
    ],
}  # fmt: skip
PLACEMENT = {
    "from": {
        "table": 2, "group": "A1", "coefficient": "4.98", "beyond_scale_percent": 6, "step_since": "2022-05-01",
    },
    "to": {"table": 2, "group": "A2.1"}, "decided_on": "2026-09-01", "reason": "promotion",
}  # fmt: skip
INCENTIVE = {
    "scheme": {
        "kind": "points", "ad_hoc_percent": 10,
        "weights": {"excellent": "1.2", "good": "1.0", "satisfactory": "0.5", "unsatisfactory": "0"},
    },
    "fund": "483591000",
    "people": [{"id": "p1", "class": "excellent", "months": 12}, {"id": "p2", "class": "good", "months": 12}],
}  # fmt: skip
QUOTA = {"units": [{"id": "u1", "assigned": 47}, {"id": "u2", "assigned": 9}]}


def ask(folder: Path, name: str, facts: Any) -> dict[str, Any]:
    """Return the answer without its reasons, which must be there and whole."""
    path = folder / "facts.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    found: Any = dict(explain.commands[name].callback(path))  # type: ignore[misc] # it has one
    reasons = found.pop("reasons")
    assert reasons
    assert all(set(one) == {"text", "figure", "source"} and "%(" not in one["text"] for one in reasons)
    return dict(found)
