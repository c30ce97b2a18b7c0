"""Whether a person fits a position: the frame's requirements one by one, and what follows from them.

No law gives points for it; the comparison is that of NĐ 232/2026/NĐ-CP Phụ lục IV mục IX (công chức: mục 5 of the
description under NĐ 361/2025/NĐ-CP). The result is a proposal that somebody in charge confirms. Every verdict is a
comparison of whole numbers or of `major_key` texts, so that SQL can say the same:

- a level: its place in the catalogue, 0 where the record is silent, against the frame's;
- a field of study or certificate: `' ' || key || ' '` of the record contains `' ' || key || ' '` of the frame;
- a competency: the newest assessed level against the lower end of the range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from hrms.core.rules import N_
from hrms.core.text import fold
from hrms.decisions.rules.conditions import Condition, Outcome, Supplier
from hrms.positions.rules.frames import Framework, Need, Requirements
from hrms.positions.rules.kinds import FIT_LABELS, FitOutcome


class Verdict(StrEnum):
    """What is known of one requirement."""

    MET = "met"
    MISSING = "missing"
    LATER = "later"
    """Not met, and may be completed after the person is placed."""
    CONFIRM = "confirm"
    """The record cannot say (never assessed, words of one's own): somebody confirms."""


VERDICT_LABELS: dict[Verdict, str] = {
    Verdict.MET: N_("Đạt"),
    Verdict.MISSING: N_("Thiếu"),
    Verdict.LATER: N_("Hoàn thiện sau khi bố trí"),
    Verdict.CONFIRM: N_("Cần người xác nhận"),
}
LEVELS: dict[str, tuple[str, str]] = {
    "least_degree": ("degrees", N_("Trình độ đào tạo")),
    "theory_level": ("theory_levels", N_("Trình độ lý luận chính trị")),
    "state_management_level": ("state_management_levels", N_("Trình độ quản lý nhà nước")),
    "it_level": ("it_levels", N_("Trình độ tin học")),
    "language_level": ("language_levels", N_("Trình độ ngoại ngữ")),
}
"""Requirements that are levels of a catalogue: column of the frame, catalogue, words."""
NOT_ON_ONE_SCALE: dict[str, frozenset[str]] = {
    "language_level": frozenset({"ielts", "toefl", "toeic", "other_certificate"}),
}
"""Codes that say which paper somebody has and not how well they did."""
MAY_COMPLETE: dict[str, str] = {
    "theory_level": N_("Trình độ lý luận chính trị"),
    "state_management_level": N_("Trình độ quản lý nhà nước"),
    "it_level": N_("Trình độ tin học"),
    "language_level": N_("Trình độ ngoại ngữ"),
    "certificates": N_("Bồi dưỡng, chứng chỉ"),
    "competencies": N_("Năng lực"),
}
"""What a frame may let a person complete after being placed: courses and certificates, never the degree."""
LATER_BY_DEFAULT = frozenset({"state_management_level", "it_level", "language_level", "certificates", "competencies"})
NOTHING_LATER = "none"
"""Stands alone in `may_complete_later` of a frame that wants everything at once; an empty list is the default."""
SOURCES: dict[Framework, tuple[str, str]] = {
    Framework.PUBLIC: ("NĐ 232/2026/NĐ-CP Phụ lục IV mục IX", "NĐ 232/2026/NĐ-CP Phụ lục IV mục VI"),
    Framework.CIVIL: ("NĐ 361/2025/NĐ-CP; bản mô tả mục 5.1", "NĐ 361/2025/NĐ-CP; bản mô tả mục 5.2"),
}
_SHORT: dict[str, str] = {
    "qlnn": "quan ly nha nuoc", "qtkd": "quan tri kinh doanh", "cntt": "cong nghe thong tin",
    "ctxh": "cong tac xa hoi", "ldxh": "lao dong xa hoi", "xhh": "xa hoi hoc", "qldd": "quan ly dat dai",
    "qlmt": "quan ly moi truong", "ktmt": "ky thuat moi truong", "gtvt": "giao thong van tai",
    "qlgd": "quan ly giao duc", "qtnl": "quan tri nhan luc", "qtvp": "quan tri van phong", "vtlt": "van thu luu tru",
    "qltn": "quan ly tai nguyen", "mt": "moi truong", "tttt": "thong tin truyen thong", "attp": "an toan thuc pham",
    "gdth": "giao duc tieu hoc", "gdmn": "giao duc mam non", "llct": "ly luan chinh tri",
}  # fmt: skip
NO_PLACE = -1
"""The level asked for is not on the scale of its catalogue."""
_IDLE = frozenset({"va", "nganh", "nhom", "chuyen", "cac", "hoac", "ve", "linh", "vuc"})


class Holder(NamedTuple):
    """What the record says of one person, as plain values.

    Levels and degree are catalogue codes, or words of one's own; `majors` and `certificates` are texts of the degree
    and of the courses taken; `competencies` the newest level by code; `rank` its code and `height` its place on the
    ladder of ranks (higher is higher), `grade` the career grade.
    """

    least_degree: str | None = None
    majors: tuple[str, ...] = ()
    theory_level: str | None = None
    state_management_level: str | None = None
    it_level: str | None = None
    language_level: str | None = None
    certificates: tuple[str, ...] = ()
    competencies: Mapping[str, int] = {}
    rank: str | None = None
    height: int | None = None
    grade: int | None = None
    experience_years: int | None = None


class Check(NamedTuple):
    """One requirement: what is asked, what the record shows (message ids with places in `params`), and the verdict."""

    code: str
    words: str
    required: str
    has: str
    outcome: Verdict
    source: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The ranks a position takes: codes allowed (none: any), and the least place on the ladder of ranks."""

    allowed: frozenset[str] = frozenset()
    least: int | None = None


Orders = Mapping[str, Mapping[str, int]]
"""Catalogue → code → its place (column `rank`), for the catalogues of `LEVELS`."""
Names = Mapping[str, Mapping[str, str]]
"""Catalogue → code → name; also `ranks` and `competencies`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A frame made ready to judge many people by: made once by `measure`."""

    framework: Framework
    levels: tuple[tuple[str, int, str, Mapping[str, int], Verdict], ...]
    majors: tuple[str, ...]
    other_majors: bool
    certificates: tuple[tuple[str, str], ...]
    certificates_later: Verdict
    needs: tuple[tuple[str, int], ...]
    needs_later: Verdict
    ladder: Ladder
    grades: range
    experience: int | None
    asked: Mapping[str, str]


@lru_cache(maxsize=65536)
def major_key(text: str) -> str:
    """Return a field of study or certificate as compared: folded, common short forms spelt out, idle words left out."""
    words = (_SHORT.get(word, word) for word in fold(text).split() if word not in _IDLE)
    return " ".join(words)


def later_of(may_complete_later: Iterable[str]) -> frozenset[str]:
    """Return what may be completed after placement by a frame's list (`LATER_BY_DEFAULT` when it is empty)."""
    said = frozenset(may_complete_later)
    return (said - {NOTHING_LATER}) & frozenset(MAY_COMPLETE) if said else LATER_BY_DEFAULT


def measure(
    framework: Framework,
    requirements: Requirements,
    needs: Iterable[Need],
    orders: Orders,
    ladder: Ladder | None = None,
    *,
    grade: int | None = None,
) -> Measure:
    """Return the frame ready to judge by; `grade` is the career grade of the seat, null for any the frame uses.

    A competency without a level, or of another grade, asks for nothing.
    """
    later = later_of(requirements.may_complete_later)

    def lacking(name: str) -> Verdict:
        return Verdict.LATER if name in later else Verdict.MISSING

    levels = []
    for name, (catalogue, _words) in LEVELS.items():
        code = getattr(requirements, name)
        places = orders.get(catalogue, {})
        # Words of one's own in a frame ask for something no scale has: somebody confirms.
        least = places.get(code, NO_PLACE) if code else 0
        if code and least:
            levels.append((name, least, code, places, lacking(name)))
    wanted: dict[str, int] = {}
    for need in needs:
        if need.level_min is not None and (grade is None or need.grade in {None, grade}):
            # The lowest grade used asks least; of one seat, what its grade asks adds to what all grades ask.
            pick = min if grade is None else max
            wanted[need.code] = pick(need.level_min, wanted.get(need.code, need.level_min))
    return Measure(
        framework=framework,
        levels=tuple(levels),
        majors=tuple(key for key in map(major_key, requirements.majors) if key),
        other_majors=requirements.other_majors_with_certificate,
        certificates=tuple((key, name) for name in requirements.certificates if (key := major_key(name))),
        certificates_later=lacking("certificates"),
        needs=tuple(wanted.items()),
        needs_later=lacking("competencies"),
        ladder=ladder or Ladder(),
        grades=requirements.grades if grade is None else range(grade, grade + 1),
        experience=requirements.experience_years if requirements.special_law else None,
        asked={"majors": ", ".join(requirements.majors), "certificates": ", ".join(requirements.certificates)},
    )


def verdicts(asked: Measure, holder: Holder) -> list[tuple[str, Verdict]]:
    """Return the code and verdict of every requirement, in the order of the form; the quick form of `checks`."""
    found = [
        (name, _level(name, least, places, getattr(holder, name), lacking))
        for name, least, _code, places, lacking in asked.levels
    ]
    held = [major_key(one) for one in holder.certificates] if asked.certificates else []
    studied = _studied(asked, holder)
    if asked.majors:
        found.append(("majors", _majors(asked, held, studied=studied)))
    # A certificate that stands in for the field of study is not asked of who has studied it.
    for key, name in () if studied and asked.other_majors else asked.certificates:
        met = any(_within(key, one) for one in held)
        found.append((f"certificate:{name}", Verdict.MET if met else asked.certificates_later))
    if asked.experience is not None:
        years = holder.experience_years
        if years is None:
            found.append(("experience_years", Verdict.CONFIRM))
        else:
            found.append(("experience_years", Verdict.MET if years >= asked.experience else Verdict.MISSING))
    if asked.ladder.allowed or asked.ladder.least is not None:
        found.append(("rank", _rank(asked.ladder, holder)))
    if asked.grades:
        found.append(("grade", _grade(asked.grades, holder.grade)))
    known = holder.competencies
    for code, least in asked.needs:
        level = known.get(code)
        if level is None:
            found.append((f"competency:{code}", Verdict.CONFIRM))
        else:
            found.append((f"competency:{code}", Verdict.MET if level >= least else asked.needs_later))
    return found


def _level(name: str, least: int, places: Mapping[str, int], has: str | None, lacking: Verdict) -> Verdict:
    if not has:
        return lacking
    if least == NO_PLACE:
        return Verdict.CONFIRM
    place = places.get(has)
    if place is None or has in NOT_ON_ONE_SCALE.get(name, ()):
        return Verdict.CONFIRM
    return Verdict.MET if place >= least else lacking


def _within(key: str, text: str) -> bool:
    return f" {key} " in f" {text} "


def _studied(asked: Measure, holder: Holder) -> bool:
    fields = [major_key(one) for one in holder.majors] if asked.majors else []
    return any(_within(key, one) for key in asked.majors for one in fields)


def _majors(asked: Measure, held: Sequence[str], *, studied: bool) -> Verdict:
    if studied:
        return Verdict.MET
    if not asked.other_majors or not asked.certificates:
        return Verdict.MISSING
    has_all = all(any(_within(key, one) for one in held) for key, _name in asked.certificates)
    return Verdict.MET if has_all else asked.certificates_later


def _rank(ladder: Ladder, holder: Holder) -> Verdict:
    """A lower rank than the least does not do; without a rank, or with another one as high, somebody decides."""
    if holder.rank is None:
        return Verdict.CONFIRM
    if ladder.least is not None:
        if holder.height is None:
            return Verdict.MET if holder.rank in ladder.allowed else Verdict.CONFIRM
        if holder.height < ladder.least:
            return Verdict.MISSING
        return Verdict.MET if not ladder.allowed or holder.rank in ladder.allowed else Verdict.CONFIRM
    return Verdict.MET if holder.rank in ladder.allowed else Verdict.MISSING


def _grade(grades: range, grade: int | None) -> Verdict:
    if grade is None or grade > grades[-1]:
        return Verdict.CONFIRM
    return Verdict.MET if grade in grades else Verdict.MISSING


def fit_of(found: Iterable[tuple[str, Verdict]]) -> FitOutcome:
    """Return what follows from the verdicts: unmet with anything missing, train with anything to complete, else met.

    What is to be confirmed does not lower the proposal; whoever confirms it sees it (`to_confirm`).
    """
    kinds = {verdict for _code, verdict in found}
    if Verdict.MISSING in kinds:
        return FitOutcome.UNMET
    return FitOutcome.TRAIN if Verdict.LATER in kinds else FitOutcome.MET


def outcome_of(found: Iterable[Check]) -> FitOutcome:
    """Return the same of the checks."""
    return fit_of((check.code, check.outcome) for check in found)


def to_confirm(found: Iterable[Check]) -> list[Check]:
    """Return what the record cannot say and a person must."""
    return [check for check in found if check.outcome is Verdict.CONFIRM]


def checks(asked: Measure, holder: Holder, names: Names) -> list[Check]:
    """Return every requirement with what is asked and what the record shows, in the order of the form."""
    about, about_needs = SOURCES[asked.framework]
    levels = {name: code for name, _least, code, _places, _lacking in asked.levels}
    needs = dict(asked.needs)
    found = []
    params: dict[str, Any]
    for code, verdict in verdicts(asked, holder):
        name, _, which = code.partition(":")
        if name in LEVELS:
            catalogue, words = LEVELS[name]
            has = getattr(holder, name)
            params = {"required": _name(names, catalogue, levels[name]), "has": _name(names, catalogue, has or "")}
            found.append(_check(code, words, N_("Từ %(required)s trở lên"), has, verdict, about, params))
        elif name == "majors":
            params = {"required": asked.asked["majors"], "has": ", ".join(holder.majors)}
            required = N_("%(required)s; hoặc ngành khác và chứng chỉ") if asked.other_majors else N_("%(required)s")
            found.append(_check(code, N_("Ngành đào tạo"), required, holder.majors, verdict, about, params))
        elif name == "certificate":
            params = {"required": which, "has": ", ".join(holder.certificates)}
            words = N_("Bồi dưỡng, chứng chỉ")
            found.append(_check(code, words, N_("%(required)s"), holder.certificates, verdict, about, params))
        elif name == "experience_years":
            params = {"required": asked.experience, "has": holder.experience_years}
            has = holder.experience_years is not None
            words, required = N_("Kinh nghiệm theo luật chuyên ngành"), N_("Ít nhất %(required)s năm")
            found.append(_check(code, words, required, has, verdict, about, params, N_("%(has)s năm")))
        elif name == "rank":
            allowed = ", ".join(_name(names, "ranks", one) for one in sorted(asked.ladder.allowed))
            params = {"required": allowed, "has": _name(names, "ranks", holder.rank or "")}
            required = N_("%(required)s") if allowed else N_("Từ ngạch tối thiểu của vị trí trở lên")
            found.append(_check(code, N_("Ngạch"), required, holder.rank, verdict, about, params))
        elif name == "grade":
            low, high = asked.grades[0], asked.grades[-1]
            params = {"low": low, "high": high, "has": holder.grade}
            required = N_("Bậc %(low)s") if low == high else N_("Bậc %(low)s đến bậc %(high)s")
            words = N_("Bậc nghề nghiệp")
            found.append(_check(code, words, required, holder.grade, verdict, about, params, N_("Bậc %(has)s")))
        else:
            level = holder.competencies.get(which)
            params = {"competency": _name(names, "competencies", which), "required": needs[which], "has": level}
            found.append(
                _check(code, N_("Năng lực: %(competency)s"), N_("Từ cấp độ %(required)s trở lên"), level, verdict,
                       about_needs, params, N_("Cấp độ %(has)s"), N_("Chưa được đánh giá; cần người xác nhận"))
            )  # fmt: skip
    return found


def _check(
    code: str,
    words: str,
    required: str,
    has: object,
    verdict: Verdict,
    source: str,
    params: Mapping[str, Any],
    shown: str = N_("%(has)s"),
    silent: str = N_("Hồ sơ chưa ghi"),
) -> Check:
    return Check(code, words, required, shown if has else silent, verdict, source, params)


def _name(names: Names, catalogue: str, code: str) -> str:
    return names.get(catalogue, {}).get(code, code)


@dataclass(frozen=True, slots=True)
class Gap:
    """What a person lacks for a seat, for the needs of training (`position_gaps`).

    `trainable` is what a course or certificate settles; the others need a degree, a rank or time.
    """

    requirement: str
    params: Mapping[str, Any]
    trainable: bool


def gaps(found: Iterable[Check]) -> list[Gap]:
    """Return what is missing or to be completed; `params` are plain values that JSON can keep."""
    kinds = {"certificate": "certificates", "competency": "competencies"}
    return [
        Gap(check.code, dict(check.params), kinds.get(name := check.code.partition(":")[0], name) in MAY_COMPLETE)
        for check in found
        if check.outcome in {Verdict.MISSING, Verdict.LATER}
    ]


def as_conditions(found: Iterable[Check], fit: FitOutcome | None, *, confirmed: bool) -> list[Condition]:
    """Return the fit for the checking sheet: one condition that somebody confirms, then what is not met, as advice.

    `fit` is the outcome confirmed, null when nobody has said it. Being unfit blocks; lacking a course does not.
    """
    rows = list(found)
    proposed = outcome_of(rows)
    text = N_("Đáp ứng yêu cầu trình độ, năng lực của vị trí việc làm")
    source = rows[0].source if rows else SOURCES[Framework.CIVIL][0]
    stated = fit or proposed
    params = {"fit": FIT_LABELS[stated], "open": len(to_confirm(rows)), "count": len(rows)}
    if not confirmed:
        outcome, said = Outcome.UNKNOWN, N_("So với hồ sơ: %(fit)s (%(count)s yêu cầu, %(open)s cần xác nhận)")
    else:
        outcome = Outcome.NOT_MET if stated is FitOutcome.UNMET else Outcome.MET
        said = N_("Đã xác nhận: %(fit)s")
    lacking = [
        Condition(
            f"fit.{check.code}", check.words, Outcome.NOT_MET, check.source, check.has, check.params, Supplier.PERSON,
            blocking=False,
        )
        for check in rows
        if check.outcome in {Verdict.MISSING, Verdict.LATER}
    ]  # fmt: skip
    supplier = None if outcome is Outcome.MET else Supplier.USING_AGENCY
    return [Condition("fit", text, outcome, source, said, params, supplier), *lacking]
