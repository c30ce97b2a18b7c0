"""One import of people from its first row to its last: judged in chunks, staged as they come, applied at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from hrms.core.actor import EVERYTHING
from hrms.core.db import db
from hrms.core.permissions import Permission
from hrms.core.rules import N_, Problem
from hrms.people.importer import parts, staging
from hrms.people.importer.applying import Applier, new_people
from hrms.people.importer.background import Background
from hrms.people.importer.judging import Judge, Judged, same_person
from hrms.people.importer.matching import (
    Known,
    Recalled,
    State,
    by_name,
    by_numbers,
    name_key,
    recall,
    taken_elsewhere,
)
from hrms.people.importer.part_writing import create_before, keep_before, write_part, write_touched
from hrms.people.importer.terms import Terms
from hrms.people.importer.verdicts import CHANGE, CREATE, REFUSED, SAME, RowIn, Verdict, blocks
from hrms.people.services.locking import PAID_BY

__all__ = ["Applied", "PeopleRun", "Terms"]

PEOPLE = "people"
_LOOKS = frozenset(4**n for n in range(12))
"""Chunks of new people after which the planner looks at the tables again: 1, 4, 16 …"""
_IDS = text("SELECT staff_code, id FROM people WHERE staff_code = ANY (:codes)")


@dataclass(slots=True)
class Applied:
    """What applying did: people made, people changed."""

    created: int
    updated: int
    moment: Any


@dataclass(slots=True)
class PartCounts:
    """What one further sheet comes to."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Codes:
    """What is known of staff codes: the row that makes them, the person that has them, the refused."""

    new: set[str] = field(default_factory=set)
    people: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


class PeopleRun:
    """Judges and stages the rows of one file, in the actor's scope and in one transaction of the caller's.

    With `writing`, new people are inserted as they come, while the next rows are judged; the caller commits or rolls
    everything back.
    """

    def __init__(self, terms: Terms, *, writing: bool = False, parts_follow: bool = False) -> None:
        self.terms = terms
        self.state = State(terms.fields, terms.today)
        self.judge = Judge(terms, self.state)
        self.parts: dict[str, PartCounts] = {}
        self._codes = _Codes()
        self._parts_follow = parts_follow
        self._seen: dict[int, int] = {}
        self._void: list[int] = []
        self._pending: staging.Lines | None = None
        self._sees_all = EVERYTHING in terms.actor.scope(Permission.IMPORTS_RUN)
        staging.create_tables()
        self._background = Background()
        self._chunks = 0
        self._born: Any = db.session.execute(text("SELECT clock_timestamp()")).scalar_one() if writing else None

    def wait(self) -> None:
        """Return when the connection is free; whoever uses it beside the run calls this first."""
        self._background.wait()

    def close(self) -> None:
        """Give the run's thread back."""
        self._background.close()

    # People -----------------------------------------------------------------------------------------------------

    def recall(self, digests: Sequence[bytes]) -> dict[bytes, Recalled]:
        """Return the people whose rows were imported before, word for word, and who have not changed since."""
        self.wait()
        return recall(digests, self.terms.today)

    def take_recalled(self, number: int, person: Recalled) -> Verdict:
        """Return the verdict of a row that is known to say nothing new."""
        texts = {"staff_code": person.staff_code or "", "national_id": person.national_id or ""}
        problems = self._twins(number, texts, person.id)
        if person.staff_code and self._parts_follow:
            self._codes.people[person.staff_code] = person.id
        return Verdict(
            number, REFUSED if problems else SAME, person.full_name, person.staff_code or "", person.id, problems
        )

    def take(self, rows: Sequence[RowIn], digests: Sequence[bytes] = ()) -> list[Verdict]:
        """Judge a chunk of rows of people and stage what is accepted; verdicts come in the order of the rows.

        A row that repeats a staff code or an ID number of an earlier one is refused with it: the earlier row's number
        is then in the problem, and `void` takes that row back. `digests` name the rows for the next import of them.
        """
        self.wait()
        texts = [self.judge.texts(row) for row in rows]
        found = self._meet(texts)
        self._flush()
        verdicts: list[Verdict] = []
        accepted: list[Judged] = []
        for place, (row, row_texts, (known, problems)) in enumerate(zip(rows, texts, found, strict=True)):
            twins = self._twins(row.number, row_texts, known.id if known else 0)
            judged = self.judge.judge(row, row_texts, known)
            judged.problems += [*problems, *twins]
            if known is not None and known.id == self.terms.actor.person_id and _pays(judged):
                judged.problems.append(parts.LATE["own"])
            if digests:
                judged.digest = digests[place]
            verdict = self._verdict(judged)
            verdicts.append(verdict)
            if verdict.outcome in {CREATE, CHANGE}:
                accepted.append(judged)
        if accepted:
            # Written out now, while the database is busy with the rows before.
            self._pending = staging.lines_of(accepted)
        return verdicts

    def _flush(self) -> None:
        """Stage the rows judged before, and let new people among them be inserted while others are judged."""
        pending, self._pending = self._pending, None
        if pending is not None:
            self.wait()
            staging.stage(pending)
            if self._born is not None and pending.new:
                self._chunks += 1
                look = self._chunks in _LOOKS
                self._background.submit(new_people(self.terms, pending.rows, self._born, look=look))

    def finish_people(self) -> None:
        """Stage what is left, and take back the rows that later ones contradicted."""
        self._flush()
        self.wait()
        if self._void:
            gone = staging.take_back(self._void)
            codes = {code for _new, _id, code in gone if code}
            self._codes.new -= codes
            self._codes.refused |= codes
            made = [person_id for is_new, person_id, _code in gone if is_new]
            if made and self._born is not None:
                db.session.execute(text("DELETE FROM people WHERE id = ANY (:ids)"), {"ids": made})
        db.session.connection().exec_driver_sql(f"ANALYZE {staging.PEOPLE} (row_no, person_id, is_new, staff_code)")

    def _verdict(self, judged: Judged) -> Verdict:
        texts, known = judged.texts, judged.known
        outcome = REFUSED if blocks(judged.problems) else judged.outcome
        if outcome == SAME:
            # What was doubtful in these cells was said when they were taken over.
            judged.problems = []
        code = texts.get("staff_code", "") or (known.staff_code or "" if known else "")
        if code and self._parts_follow:
            if outcome == REFUSED:
                self._codes.refused.add(code)
            elif known is None:
                self._codes.new.add(code)
            else:
                self._codes.people[code] = known.id
        title = texts.get("full_name", "") or (known.full_name if known else "")
        return Verdict(
            judged.number, outcome, title, code, known.id if known else None, judged.problems, judged.changes
        )

    def _twins(self, number: int, texts: dict[str, str], person_id: int) -> list[Problem]:
        keys = [(name, texts[name]) for name in ("staff_code", "national_id") if texts.get(name)]
        if not keys and texts.get("full_name"):
            whole = "\t".join((texts["full_name"], texts.get("birth_date", ""), texts.get("using_agency", "")))
            keys = [("full_name", whole)]
        if person_id:
            keys.append(("person", str(person_id)))
        problems: list[Problem] = []
        for key in keys:
            first = self._seen.setdefault(hash(key), number)
            if first != number and (key[0] != "person" or not problems):
                problems.append(twin(key[0], first))
        return problems

    def void(self, numbers: Sequence[int]) -> None:
        """Let rows be taken back, at the end, that a later row of the file contradicts."""
        self._void += numbers

    def _meet(self, texts: Sequence[dict[str, str]]) -> list[tuple[Known | None, list[Problem]]]:
        codes = [t["staff_code"] for t in texts if t.get("staff_code")]
        numbers = [t["national_id"] for t in texts if t.get("national_id")]
        code_ids, number_ids = by_numbers(codes, numbers, self.terms.batch_id)
        unnumbered = [t for t in texts if not t.get("staff_code") and not t.get("national_id") and t.get("full_name")]
        named = by_name({t["full_name"] for t in unnumbered})
        taken: set[tuple[str, str]] = set()
        if not self._sees_all:
            taken = taken_elsewhere(
                [c for c in codes if c not in code_ids], [n for n in numbers if n not in number_ids]
            )
        wanted = {*code_ids.values(), *number_ids.values(), *(i for ids in named.values() for i, _place in ids)}
        known = self.state.read(wanted)
        return [self._meeting(t, known, code_ids, number_ids, named, taken) for t in texts]

    def _meeting(
        self,
        texts: dict[str, str],
        known: dict[int, Known],
        code_ids: dict[str, int],
        number_ids: dict[str, int],
        named: dict[tuple[str, str], list[tuple[int, str]]],
        taken: set[tuple[str, str]],
    ) -> tuple[Known | None, list[Problem]]:
        code, number = texts.get("staff_code", ""), texts.get("national_id", "")
        problems = [
            _taken(name) for name, value in (("staff_code", code), ("national_id", number)) if (name, value) in taken
        ]
        by_code, by_number = known.get(code_ids.get(code, 0)), known.get(number_ids.get(number, 0))
        if by_code is not None:
            if by_number is not None and by_number.id != by_code.id:
                problems.append(_of_another("national_id", by_number))
            elif not same_person(texts, by_code):
                problems.append(_of_another("staff_code", by_code))
            return by_code, problems
        if by_number is not None:
            if (code and by_number.staff_code) or not same_person(texts, by_number):
                problems.append(_of_another("national_id", by_number))
            return by_number, problems
        if code or number or not texts.get("full_name"):
            return None, problems
        places = named.get(name_key(texts["full_name"], texts.get("birth_date", "")), [])
        place = texts.get("using_agency") or self.terms.agency
        ids = [i for i, agency in places if not place or agency == place] if texts.get("birth_date") else []
        if len(ids) > 1:
            words = N_(
                "Có %(count)s người cùng họ tên, ngày sinh và cơ quan. Hãy ghi số hiệu hoặc số định danh để phân biệt."
            )
            problems.append(Problem("full_name", "ambiguous_person", words, {"count": len(ids)}))
            return None, problems
        return (known.get(ids[0]) if ids else None), problems

    # Further sheets ---------------------------------------------------------------------------------------------

    def open_part(self, key: str) -> None:
        """Make ready for the rows of a further sheet."""
        self.parts[key] = PartCounts()
        db.session.connection().exec_driver_sql(parts.create_sql(parts.PART_SHEETS[key]))

    def take_part(self, key: str, rows: Sequence[RowIn]) -> list[Verdict]:
        """Judge a chunk of rows of a further sheet; what an accepted row does is told by `settle`, so it is `same`."""
        sheet, counts = parts.PART_SHEETS[key], self.parts[key]
        self._find_people({str(row.values.get("staff_code", "")) for row in rows})
        verdicts, lines = [], []
        for row in rows:
            texts = parts.part_texts(sheet, row.values)
            code = texts.get("staff_code", "")
            problems = [*row.problems, *parts.part_problems(sheet, texts)]
            person_id = self._codes.people.get(code)
            if code in self._codes.refused:
                problems.append(Problem("staff_code", "person_refused", parts.REFUSED_PERSON))
            elif code and person_id is None and code not in self._codes.new:
                problems.append(Problem("staff_code", "unknown_person", parts.UNKNOWN_PERSON))
            refused = blocks(problems)
            counts.rows += 1
            counts.refused += refused
            if not refused:
                lines.append(parts.stage_line(sheet, row.number, code, person_id, texts))
            title = texts.get("full_name", "") or code
            verdicts.append(Verdict(row.number, REFUSED if refused else SAME, title, code, person_id, problems))
        staging.copy_lines(sheet.stage, parts.stage_columns(sheet), lines)
        return verdicts

    def _find_people(self, codes: set[str]) -> None:
        known = self._codes
        missing = [c for c in codes if c and c not in known.people and c not in known.new and c not in known.refused]
        if missing:
            known.people |= {row.staff_code: row.id for row in db.session.execute(_IDS, {"codes": missing})}

    def settle(self) -> dict[str, list[tuple[int, Problem]]]:
        """Let the database decide what the staged rows of further sheets do; returns those it refuses, by sheet."""
        refused: dict[str, list[tuple[int, Problem]]] = {}
        for key, counts in self.parts.items():
            sheet = parts.PART_SHEETS[key]
            for statement in parts.settle_sql(sheet):
                db.session.execute(text(statement), {"today": self.terms.today} if ":today" in statement else {})
            if sheet.dated and self.terms.actor.person_id is not None:
                own = "SET outcome = 'own' WHERE person_id = :me AND outcome IN ('create', 'change')"
                db.session.execute(text(f"UPDATE {sheet.stage} {own}"), {"me": self.terms.actor.person_id})
            tally: Any = db.session.execute(text(f"SELECT outcome, count(*) FROM {sheet.stage} GROUP BY outcome"))  # noqa: S608 - own names
            for outcome, count in tally:
                if outcome == "create":
                    counts.created += count
                elif outcome == "change":
                    counts.updated += count
                elif outcome == "same":
                    counts.unchanged += count
                else:
                    counts.refused += count
            late = text(f"SELECT row_no, outcome FROM {sheet.stage} WHERE outcome = ANY (:late) ORDER BY row_no")  # noqa: S608 - own names
            found = [
                (row.row_no, parts.LATE[row.outcome]) for row in db.session.execute(late, {"late": list(parts.LATE)})
            ]
            if found:
                refused[key] = found
        if self.parts:
            union = " UNION ".join(
                f"SELECT person_id FROM {parts.PART_SHEETS[key].stage} WHERE NOT is_new AND "  # noqa: S608 - own names
                "outcome IN ('create', 'change')"
                for key in self.parts
            )
            sql = f"SELECT count(*) FROM ({union}) u WHERE person_id NOT IN (SELECT person_id FROM {staging.PEOPLE})"  # noqa: S608 - own names
            self.touched_by_parts = int(db.session.execute(text(sql)).scalar_one())
        return refused

    touched_by_parts: int = 0
    """People whose own row says nothing new and whom a further sheet changes; known after `settle`."""

    # Writing ----------------------------------------------------------------------------------------------------

    def lock(self) -> Applier:
        """Lock the people to be changed. Raises `Stale` when one was edited since it was compared."""
        applier = Applier(self.terms)
        applier.lock()
        return applier

    def apply(self, applier: Applier, report: Callable[[str], None] = lambda _step: None) -> Applied:
        """Write everything staged; the caller commits."""
        report("people")
        applier.change_people()
        touched: list[int] = []
        sheets = [parts.PART_SHEETS[key] for key in self.parts]
        if sheets:
            report("parts")
            create_before(applier)
            for sheet in sheets:
                write_part(applier, sheet)
            touched = write_touched(applier, sheets)
        report("current")
        applier.refresh(touched)
        report("effects")
        applier.write_effects()
        if sheets:
            keep_before(applier)
        report("trail")
        applier.write_trail()
        applier.run("SELECT analyze_people()")
        tally: Any = db.session.execute(
            text(f"SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM {staging.PEOPLE}")  # noqa: S608 - own names
        ).one()
        return Applied(int(tally[0]), int(tally[1]) + len(touched), applier.moment)


def _pays(judged: Judged) -> bool:
    """Say whether a row changes facts that say what somebody is paid, and whether."""
    return any(group.partition(".")[0] in PAID_BY for group in judged.facts)


def twin(field_name: str, row: int) -> Problem:
    """Return the refusal of a row that repeats the staff code or the ID number of row `row`."""
    words = {
        "staff_code": N_("Số hiệu này cũng có ở dòng %(row)s. Mỗi người chỉ ghi một dòng; hãy sửa hoặc bỏ một dòng."),
        "national_id": N_(
            "Số định danh này cũng có ở dòng %(row)s. Mỗi người chỉ ghi một dòng; hãy sửa hoặc bỏ một dòng."
        ),
        "full_name": N_(
            "Dòng %(row)s ghi cùng họ tên, ngày sinh và cơ quan. Hãy bỏ một dòng hoặc ghi số hiệu để phân biệt."
        ),
        "person": N_("Dòng %(row)s đã ghi cùng người này. Mỗi người chỉ ghi một dòng; hãy bỏ một dòng."),
    }[field_name]
    return Problem("full_name" if field_name == "person" else field_name, "twice_in_file", words, {"row": row})


def _taken(field_name: str) -> Problem:
    words = {
        "staff_code": N_("Số hiệu này đã có ở một hồ sơ ngoài phạm vi của bạn. Hãy kiểm tra lại số hiệu."),
        "national_id": N_("Số định danh này đã có ở một hồ sơ ngoài phạm vi của bạn. Hãy kiểm tra lại số."),
    }[field_name]
    return Problem(field_name, "taken_elsewhere", words)


def _of_another(field_name: str, known: Known) -> Problem:
    words = {
        "staff_code": N_("Số hiệu này là của %(name)s, hồ sơ số %(id)s. Hãy kiểm tra lại số hiệu hoặc họ tên."),
        "national_id": N_("Số định danh này là của %(name)s, hồ sơ số %(id)s. Hãy kiểm tra lại số hoặc mở hồ sơ đó."),
    }[field_name]
    return Problem(field_name, "of_another", words, {"name": known.full_name, "id": str(known.id)})
