"""One row of people: whether it makes a record, changes one, says nothing new, or is refused, with every reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hrms.core.dates import PartialDate, parse_date
from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.people.importer import layout
from hrms.people.importer.layout import ALLOWANCES, POST, RANK, STATUS, day_of, text_of
from hrms.people.importer.matching import Known, State
from hrms.people.importer.terms import Place, Terms
from hrms.people.importer.verdicts import CHANGE, CREATE, SAME, RowIn
from hrms.people.queries import codes, law
from hrms.people.rules.kinds import IN_SERVICE, Sex
from hrms.people.rules.personal_id import check_personal_id
from hrms.people.rules.record import RecordFacts, check_record
from hrms.people.rules.steps import coefficient_problem

_RECORD_COLUMNS = {
    name: {"national_id_issued_on": "id_issued_on", "agency_joined_on": "joined_agency_on",
           "union_joined_on": "organisation_joined_on"}.get(name, name)
    for name in RecordFacts.__dataclass_fields__
}  # fmt: skip
_RECORD_OF = {column: name for name, column in _RECORD_COLUMNS.items()}
_WHOLE = frozenset({"height_cm"})
_DECIMAL = frozenset({"weight_kg"})
_RECORD_DATES = frozenset({
    "birth_date", "id_issued_on", "recruited_on", "joined_agency_on", "party_joined_on", "party_official_on",
    "organisation_joined_on", "enlisted_on", "discharged_on",
})  # fmt: skip
_STARTS = ("status_since", "recruited_on", "joined_agency_on", "post_appointed_on", "rank_since", "step_since",
           "beyond_scale_since")  # fmt: skip
_OF_NUMBER = frozenset({"national_id", "sex", "birth_date"})

_NOTHING = {**dict.fromkeys((*ALLOWANCES, "position_allowance", "beyond_scale_percent"), "0"), "pay_percent": "100"}
"""What a list writes where the record holds nothing: no allowance, no seniority, whole pay."""

Facts = dict[str, dict[str, Any]]


@dataclass(slots=True)
class Judged:
    """A row with what it would write: `texts` by field, `facts` by group (with `from` and `to`), `changes` by field."""

    number: int
    texts: dict[str, str]
    problems: list[Problem]
    known: Known | None = None
    digest: bytes = b""
    outcome: str = SAME
    facts: Facts = field(default_factory=dict)
    changes: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    override_reason: str = ""


class Judge:
    """Judges rows of people under the terms of one import."""

    def __init__(self, terms: Terms, state: State) -> None:
        self.terms = terms
        self.state = state
        self.today_text = terms.today.isoformat()
        self.limits = law.limits()
        self.province_codes = law.province_codes()
        self._scales: dict[tuple[str, str, str], tuple[dict[str, Any], Problem | None]] = {}
        self._posts: dict[str, tuple[str | None, str]] = {}

    @staticmethod
    def texts(row: RowIn) -> dict[str, str]:
        """Return the row's values in the spelling of the state; a coefficient of 0 is a cell left empty."""
        texts = {key: value if value.__class__ is str else text_of(key, value) for key, value in row.values.items()}
        if texts.get("coefficient") == "0":
            del texts["coefficient"]
        return texts

    def judge(self, row: RowIn, texts: dict[str, str], known: Known | None) -> Judged:
        """Return what the row would do; every rule is checked only where it makes or changes something."""
        judged = Judged(row.number, texts, list(row.problems), known)
        if known is None:
            judged.outcome = CREATE
            self._create(judged)
        else:
            judged.changes = self._differences(texts, known)
            if judged.changes:
                judged.outcome = CHANGE
                self._change(judged, known)
        return judged

    def _differences(self, texts: Mapping[str, str], known: Known) -> dict[str, tuple[str | None, str]]:
        values, index = known.values, self.state.index
        changes: dict[str, tuple[str | None, str]] = {}
        for key, new in texts.items():
            place = index.get(key)
            if place is None or (old := values[place]) == new:
                continue
            if not old and _NOTHING.get(key) == new:
                continue
            # A file holds one line where a form may have kept several.
            if old and " ".join(old.split()) == new:
                continue
            changes[key] = (old or None, new)
        return changes

    # A new record -----------------------------------------------------------------------------------------------

    def _create(self, judged: Judged) -> None:
        texts, problems, facts = judged.texts, judged.problems, judged.facts
        self._check_starts(texts, problems)
        self._place_new(judged)
        kind = texts.get("kind") or self._kind_of_rank(texts) or self.terms.kind
        status = texts.get("status") or "serving"
        if kind:
            facts["status"] = {"status": status, "kind": kind, **self._since(problems, texts, ("status_since",
                               *(("recruited_on",) if status in IN_SERVICE else ())), "status_since")}  # fmt: skip
        else:
            words = N_(
                "Chưa rõ là cán bộ, công chức hay viên chức: hồ sơ được tạo chưa có loại. Hãy bổ sung cột “Loại”."
            )
            problems.append(Problem("kind", "kind_unknown", words, {}, "warning"))
        if any(texts.get(key) for key in POST if key != "position_allowance"):
            self._lay_post(judged, {key: texts.get(key, "") for key in POST}, {})
        if any(texts.get(key) for key in RANK):
            self._lay_rank(judged, {key: texts.get(key, "") for key in RANK}, set(texts))
        self._lay_allowances(judged, [key for key in ALLOWANCES if texts.get(key)], None)
        if texts.get("position_allowance", "0") != "0" and "post" not in facts:
            self._lay_one_allowance(judged, layout.LEADERSHIP, texts["position_allowance"])
        self._check_record(judged, texts, set(texts))

    def _kind_of_rank(self, texts: Mapping[str, str]) -> str:
        rank = law.ranks().get(texts.get("rank", ""))
        return rank.person_kind if rank else ""

    def _place_new(self, judged: Judged) -> None:
        texts, problems = judged.texts, judged.problems
        unit = texts.get("unit_code", "")
        using = texts.get("using_agency") or (unit if unit in self.terms.places else "") or self.terms.agency
        managing = texts.get("managing_agency", "")
        using = using or managing
        if not using:
            if not any(p.field in {"using_agency", "using_agency_code"} for p in problems):
                words = N_("Không rõ người này thuộc cơ quan nào. Hãy ghi “Cơ quan sử dụng” hoặc mã cơ quan.")
                problems.append(Problem("using_agency", "agency_missing", words))
            return
        self._lay_agency(judged, "using", using, ("joined_agency_on", "recruited_on"))
        if managing:
            self._lay_agency(judged, "managing", managing, ("joined_agency_on", "recruited_on"))

    # A record on file -------------------------------------------------------------------------------------------

    def _change(self, judged: Judged, known: Known) -> None:
        texts, changes = judged.texts, judged.changes
        changed = set(changes)
        self._check_starts(texts, judged.problems)
        if changed & set(STATUS):
            merged = self._merged(known, STATUS, texts)
            judged.facts["status"] = {
                "status": merged["status"] or "serving", "kind": merged["kind"],
                **self._since(judged.problems, texts, ("status_since",), "status_since"),
                "to": self._end(known, "status_to"),
            }  # fmt: skip
            if not merged["kind"]:
                words = N_("Chưa rõ là cán bộ, công chức hay viên chức. Hãy bổ sung cột “Loại”.")
                judged.problems.append(Problem("kind", "kind_unknown", words))
        for membership in ("managing", "using"):
            if (key := f"{membership}_agency") in changed:
                self._lay_agency(judged, membership, texts[key], ("joined_agency_on",), known)
        if changed & set(POST) and (texts.get("leadership_post") or self.state.value(known, "leadership_post")):
            merged = self._merged(known, POST, texts)
            self._lay_post(judged, merged, {"to": self._end(known, "post_to")})
        elif "position_allowance" in changed:
            self._lay_one_allowance(judged, layout.LEADERSHIP, texts["position_allowance"])
        if changed & set(RANK):
            self._lay_rank(judged, self._merged(known, RANK, texts), set(texts), self._end(known, "rank_to"))
        self._lay_allowances(judged, [key for key in ALLOWANCES if key in changed], known)
        self._check_record(judged, self._whole(known, texts), changed)

    def _merged(self, known: Known, keys: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
        return {key: texts.get(key) or self.state.value(known, key) for key in keys}

    def _end(self, known: Known, key: str) -> str:
        return self.state.value(known, key)

    def _whole(self, known: Known, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the record as it would be: what the row says over what is on file."""
        whole = {"full_name": known.full_name, "birth_date": known.birth_date or "", "sex": known.sex or "",
                 "national_id": known.national_id or ""}  # fmt: skip
        for column in _RECORD_OF:
            if column in self.state.index:
                whole[column] = self.state.value(known, column)
        return {**whole, **texts}

    # Facts ------------------------------------------------------------------------------------------------------

    def _since(
        self, problems: list[Problem], texts: Mapping[str, str], keys: Sequence[str], named: str, what: str = ""
    ) -> dict[str, str]:
        """Return the first date given among `keys` as `from`; today, flagged, when there is none."""
        for key in keys:
            if found := texts.get(key):
                return {"from": day_of(found).isoformat(), "to": ""}
        words = N_("Không có ngày bắt đầu; ghi từ hôm nay %(day)s. Hãy bổ sung ngày đúng.")
        problems.append(Problem(named, "since_today", words, {"day": self.terms.today, "what": what}, "warning"))
        return {"from": self.today_text, "to": ""}

    def _lay_agency(
        self, judged: Judged, membership: str, code: str, dates: Sequence[str], known: Known | None = None
    ) -> None:
        key = f"{membership}_agency"
        place = self.terms.places.get(code)
        if place is None:
            words = N_("Không có cơ quan, đơn vị “%(value)s”. Hãy ghi mã hoặc tên đầy đủ trong cây tổ chức.")
            judged.problems.append(Problem(key, "unknown_agency", words, {"value": code}))
            return
        problem = self._place_problem(judged, key, place)
        if problem is not None:
            judged.problems.append(problem)
            return
        interval = self._since(judged.problems, judged.texts, dates, "joined_agency_on")
        if known is not None and membership == "managing":
            interval["to"] = self._end(known, "managing_to")
        elif known is not None:
            interval["to"] = self._end(known, "using_to")
        judged.facts[membership] = {"agency": place, **interval}

    def _place_problem(self, judged: Judged, key: str, place: Place) -> Problem | None:
        if not place.within:
            using = judged.facts.get("using")
            above = key == "managing_agency" and using is not None and place.id in using["agency"].scope_ids
            if not above:
                words = N_("“%(agency)s” nằm ngoài phạm vi của bạn nên không nhập được người của cơ quan này.")
                return Problem(key, "agency_out_of_scope", words, {"agency": place.name, "value": place.code})
        status = judged.texts.get("status") or "serving"
        if place.closed_on is not None and place.closed_on <= self.terms.today and status in IN_SERVICE:
            words = N_("“%(agency)s” đã ngừng hoạt động từ %(day)s. Hãy ghi cơ quan tiếp nhận.")
            return Problem(key, "agency_closed", words, {"agency": place.name, "day": place.closed_on})
        return None

    def _lay_post(self, judged: Judged, merged: dict[str, str], interval: dict[str, str]) -> None:
        written = merged["leadership_post"]
        if not written:
            words = N_("Có ngày bổ nhiệm mà không có chức vụ; các ngày này được bỏ qua. Hãy bổ sung cột “Chức vụ”.")
            judged.problems.append(Problem("leadership_post", "post_missing", words, {}, "warning"))
            return
        known = self._posts.get(written)
        if known is None:
            is_code = codes.knows("leadership_posts", written)
            known = (written, codes.name("leadership_posts", written)) if is_code else (None, written)
            self._posts[written] = known
        again, first = merged["post_reappointed_on"], merged["post_appointed_on"]
        if again and first and again < first:
            words = N_("Ngày bổ nhiệm lại %(again)s trước ngày bổ nhiệm %(first)s; sửa lại.")
            params = {"again": day_of(again), "first": day_of(first)}
            judged.problems.append(Problem("post_reappointed_on", "dates_out_of_order", words, params))
        start = self._since(judged.problems, judged.texts, ("post_appointed_on",), "post_appointed_on")
        allowance = merged["position_allowance"]
        judged.facts["post"] = {
            "code": known[0] or "", "name": known[1], "appointed": first, "reappointed": again,
            "term": merged["post_term"], "coefficient": "" if allowance == "0" else allowance, **start, **interval,
        }  # fmt: skip

    def _lay_rank(self, judged: Judged, merged: dict[str, str], given: set[str], to: str = "") -> None:
        if "coefficient" in given and "step" not in given:
            merged["step"] = ""
        elif "step" in given and "coefficient" not in given:
            merged["coefficient"] = ""
        asked = (merged["rank"], merged["step"], merged["coefficient"])
        found = self._scales.get(asked)
        if found is None:
            found = self._scales[asked] = _scale(*asked)
        filled, problem = found
        if problem is not None:
            judged.problems.append(problem)
        if not merged["rank"]:
            words = N_(
                "Có bậc, hệ số lương mà không có ngạch nên chưa kiểm tra được với bảng lương. Hãy bổ sung mã ngạch."
            )
            judged.problems.append(Problem("rank", "rank_missing", words, {}, "warning"))
        percent = merged["beyond_scale_percent"]
        if percent not in {"", "0"} and filled["steps"] and filled["step"] and int(filled["step"]) < filled["steps"]:
            words = N_(
                "Phụ cấp thâm niên vượt khung %(percent)s%% chỉ có ở bậc cuối (bậc %(steps)s); hãy kiểm tra lại."
            )
            params = {"percent": Decimal(percent), "steps": filled["steps"]}
            judged.problems.append(Problem("beyond_scale_percent", "not_last_step", words, params, "warning"))
        interval = self._since(judged.problems, judged.texts, ("step_since", "rank_since"), "step_since")
        since = merged["beyond_scale_since"]
        # Rank, step and seniority together are true from the last of their days: a new rank may keep the step's clock.
        days = [merged["rank_since"], since if percent not in {"", "0"} else ""]
        interval["from"] = max(interval["from"], *days)
        judged.facts["rank"] = {
            "rank": merged["rank"], "rank_since": merged["rank_since"], "table": filled["table"],
            "group": filled["group"], "step": filled["step"], "coefficient": filled["coefficient"],
            "step_since": merged["step_since"] or (interval["from"] if filled["step"] else ""),
            "percent": merged["pay_percent"], "beyond": percent, "beyond_since": since, **interval, "to": to,
        }  # fmt: skip

    def _lay_allowances(self, judged: Judged, keys: Sequence[str], known: Known | None) -> None:
        for key in keys:
            if known is not None or judged.texts[key] != "0":
                self._lay_one_allowance(judged, ALLOWANCES[key], judged.texts[key], key)

    def _lay_one_allowance(self, judged: Judged, kind: str, coefficient: str, key: str = "position_allowance") -> None:
        dates = ("post_appointed_on",) if kind == layout.LEADERSHIP else ()
        interval = self._since(judged.problems, judged.texts, dates, key)
        judged.facts[f"allowance.{kind}"] = {"coefficient": coefficient, **interval}

    # Checks -----------------------------------------------------------------------------------------------------

    def _check_starts(self, texts: Mapping[str, str], problems: list[Problem]) -> None:
        for key in _STARTS:
            if (found := texts.get(key, "")) > self.today_text:
                words = N_("Ngày %(day)s ở sau hôm nay. Tệp chỉ nhập điều đã có hiệu lực; hãy kiểm tra lại năm.")
                problems.append(Problem(key, "in_future", words, {"day": PartialDate.parse(found)}))

    def _check_record(self, judged: Judged, values: Mapping[str, str], touched: set[str]) -> None:
        facts: dict[str, Any] = {}
        for column, name in _RECORD_OF.items():
            if written := values.get(column):
                facts[name] = _read(column, written)
        found = check_record(RecordFacts(**facts), self.terms.today, self.limits)
        number = values.get("national_id", "")
        if number and touched & _OF_NUMBER:
            born, sex = values.get("birth_date", ""), values.get("sex", "")
            found = [*found, *check_personal_id(
                number, Sex(sex) if sex else None, int(born[:4]) if born else None, self.province_codes
            )]  # fmt: skip
        for problem in found:
            column = _RECORD_COLUMNS.get(problem.field, problem.field)
            if judged.known is not None and problem.severity == "warning" and column not in touched:
                continue
            if judged.known is not None and column not in touched and not _about(problem, touched):
                continue
            params = problem.params
            if problem.severity == "override" and (
                self.terms.override_reason or (judged.known is not None and judged.known.override_reason)
            ):
                judged.override_reason = self.terms.override_reason
                judged.problems.append(Problem(column, problem.code, problem.text, params, "warning"))
                continue
            judged.problems.append(Problem(column, problem.code, problem.text, params, problem.severity))


def _about(problem: Problem, touched: set[str]) -> bool:
    """Say whether a problem told of one field may come from another one the row changes: two dates out of order."""
    return bool(touched & _RECORD_DATES) and problem.severity != "warning" and "earlier" in problem.params


def _read(column: str, written: str) -> Any:
    if column in _RECORD_DATES:
        return _partial(written)
    if column in _WHOLE:
        return int(written)
    return Decimal(written) if column in _DECIMAL else written


@lru_cache(maxsize=4_096)
def _partial(written: str) -> PartialDate:
    try:
        return PartialDate(*(int(part) for part in written.split("-")))
    except ValueError:
        return parse_date(written).value


def _scale(rank: str, step: str, coefficient: str) -> tuple[dict[str, Any], Problem | None]:
    """Return step, coefficient and pay group of a rank, one filled in from the other, and what is wrong with them."""
    filled: dict[str, Any] = {"table": "", "group": "", "step": step, "coefficient": coefficient, "steps": 0}
    info = law.ranks().get(rank)
    if info is None:
        return filled, None
    scale = law.pay_scales().get((info.table, info.group))
    filled |= {"table": str(info.table), "group": info.group, "steps": scale.steps if scale else 0}
    problem = coefficient_problem(
        info.table, info.group, int(step) if step else None, Decimal(coefficient) if coefficient else None, scale
    )
    if scale is not None and problem is None:
        if step and not coefficient:
            filled["coefficient"] = text_of("coefficient", scale.coefficients[int(step) - 1])
        elif coefficient and not step:
            filled["step"] = str(scale.step_of(Decimal(coefficient)) or "")
    return filled, problem


def same_person(texts: Mapping[str, str], known: Known) -> bool:
    """Say whether a row found by its number can be that person: the name, or else birth date or ID number, agrees."""
    name, born, number = texts.get("full_name", ""), texts.get("birth_date", ""), texts.get("national_id", "")
    if not name or name == known.full_name or fold(name) == fold(known.full_name):
        return True
    agrees = (born and born == known.birth_date) or (number and number == known.national_id)
    return bool(agrees) or not ((born and known.birth_date) or (number and known.national_id))
