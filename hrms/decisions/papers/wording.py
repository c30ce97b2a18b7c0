"""What a decision says, as plain values: worded from a row of the sheet, kept with the line when it is signed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import force_locale

from hrms.agencies import queries as agencies
from hrms.decisions.kinds import Kind
from hrms.decisions.models import Submission
from hrms.decisions.papers.offices import Office, offices
from hrms.decisions.services import sheet

_ARTICLE = re.compile(r"^Điều \d+\.\s*")
_LAST = "Như điều cuối"
_RECEIVERS_MOST = 10
_RIGHTS = (
    "Các ông (bà) có tên trong Danh sách thực hiện nhiệm vụ, quyền hạn, hưởng chế độ, chính sách theo quy định của pháp"
    " luật."
)
_CHARGED = (
    "Người đứng đầu các cơ quan, đơn vị có liên quan và các ông (bà) có tên trong Danh sách chịu trách nhiệm thi hành"
    " Quyết định này."
)
NOTICE = "TB"
"""The symbol of kinds that are notices (thông báo), not decisions."""
TAKES_PEOPLE = frozenset(
    {
        "appointment", "appointment_elsewhere", "reappointment", "transfer", "rotation", "secondment", "recruitment",
        "reception",
    }
)  # fmt: skip
"""Kinds whose name is what is done to people: “Điều động các ông (bà)”; of others it is “Thôi việc đối với …”."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one paper says: everything but number, date and signature. Kept in the line as JSON."""

    summary: str
    grounds: Sequence[str]
    articles: Sequence[str]
    recipients: Sequence[str]
    kept: str
    issuer: str
    superior: str
    place: str
    authority: str
    head: str
    committee: bool
    unit: str
    """Where the person works, for the list."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Said:
        """Return what was kept of a signed paper."""
        return cls(**{field.name: given[field.name] for field in dataclasses.fields(cls)})


def keep(kind: Kind, submission: Submission, rows: Sequence[sheet.Row]) -> dict[int, dict[str, Any]]:
    """Return by person id what their paper says, as kept when it is signed; a list's paper with each of its people."""
    return {person_id: dataclasses.asdict(said) for person_id, said in say(kind, submission, rows).items()}


def say(kind: Kind, submission: Submission, rows: Sequence[sheet.Row]) -> dict[int, Said]:
    """Return by person id what their paper says, from the records as they stand; a fixed number of statements.

    Whoever calls has opened the scope: the parties of a submission read what it is about.
    """
    known = offices([submission.signing_agency_id, submission.proposing_agency_id, submission.appraising_agency_id])
    issuer = known[submission.signing_agency_id]
    units = agencies.names({row.subject.using_agency_id for row in rows if row.subject.using_agency_id})
    asked = _asked(submission, known)
    kept = "VT" if submission.proposing_agency_id == submission.signing_agency_id else (
        f"VT, {known[submission.proposing_agency_id].symbol}"
    )  # fmt: skip
    found = {}
    with force_locale("vi"):
        for row in rows:
            wording = kind.wording(row.proposed)
            articles = [_ARTICLE.sub("", article) for article in wording.articles]
            found[row.subject.person_id] = Said(
                summary=wording.summary,
                grounds=[*sheet.grounds_of(kind, [row]), *asked],
                articles=articles,
                recipients=_receivers(wording.recipients, len(articles)),
                kept=kept,
                unit=units.get(row.subject.using_agency_id or 0, ""),
                **_masthead(issuer),
            )
        if submission.one_paper and found:
            return _of_list(kind, submission, rows, found, asked)
    return found


def _masthead(issuer: Office) -> dict[str, Any]:
    return {
        "issuer": issuer.name, "superior": issuer.superior, "place": issuer.place, "authority": issuer.authority,
        "head": issuer.head, "committee": issuer.committee,
    }  # fmt: skip


def _asked(submission: Submission, known: Mapping[int, Office]) -> list[str]:
    """Return at whose proposal it is decided; nothing where an agency decides by itself.

    A people's committee appraises where no department of home affairs is set; it proposes to nobody below it.
    """
    appraising = submission.appraising_agency_id
    if appraising is not None and known[appraising].committee:
        appraising = None
    others = dict.fromkeys(
        one
        for one in (submission.proposing_agency_id, appraising)
        if one is not None and one != submission.signing_agency_id
    )
    names = [known[one].authority for one in others]
    return [f"Theo đề nghị của {' và '.join(names)}"] if names else []


def _receivers(given: Sequence[str], articles: int) -> list[str]:
    lines = [f"Như Điều {articles}" if line.strip().lower() == _LAST.lower() else line.strip() for line in given]
    return [line for line in dict.fromkeys(lines) if line]


def _of_list(
    kind: Kind, submission: Submission, rows: Sequence[sheet.Row], each: Mapping[int, Said], asked: Sequence[str]
) -> dict[int, Said]:
    """Return what the one paper of a list says; what differs from person to person stands in its annex."""
    noun = "Thông báo" if kind.symbol == NOTICE else "Quyết định"
    since = "" if kind.own_days else f", kể từ ngày {submission.effective_on:%d/%m/%Y}"
    what = "nội dung và ngày hưởng" if kind.own_days else "nội dung"
    first = (
        f"{_start(kind, each)} các ông (bà) có tên trong Danh sách kèm theo {noun} này{since}; {what} đối với từng"
        " người ghi trong Danh sách."
    )
    articles = [first] if kind.symbol == NOTICE else [first, _RIGHTS, _CHARGED]
    receivers = dict.fromkeys(
        line for said in each.values() for line in said.recipients if not line.startswith(("Như Điều", "Ông", "Bà"))
    )
    places = list(receivers) if len(receivers) <= _RECEIVERS_MOST else ["Các cơ quan, đơn vị có liên quan"]
    grounds = [*sheet.grounds_of(kind, rows), *asked]
    last = [] if kind.symbol == NOTICE else [f"Như Điều {len(articles)}"]
    return {
        person_id: dataclasses.replace(said, grounds=grounds, articles=articles, recipients=[*last, *places])
        for person_id, said in each.items()
    }


def _start(kind: Kind, each: Mapping[int, Said]) -> str:
    """Return how the first article of a list begins: “Điều động”, “Cho thôi việc đối với”."""
    if kind.code in TAKES_PEOPLE:
        return kind.label
    summaries = {said.summary for said in each.values()}
    words = summaries.pop() if len(summaries) == 1 else ""
    name = words.removeprefix("Về việc ") if words.startswith("Về việc ") else kind.label
    return f"{name[:1].upper()}{name[1:]} đối với"
