"""How a position frame must be written: findings on one frame as somebody writes it, each with field and remedy.

NĐ 232/2026/NĐ-CP Đ5–8 and Phụ lục IV for viên chức; the description under NĐ 361/2025/NĐ-CP for công chức. An `error`
keeps the frame from coming into force, a `warning` is advice. What a text means no program can judge: the formulas of
objective and work are advice only. Figures are parameters (`frame.*`), retired words the catalogue `retired_terms`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hrms.core.rules import N_, Problem
from hrms.core.text import accent_key, fold
from hrms.people.rules.parameters import Parameter, whole
from hrms.positions.rules.frames import SECTIONS, Content, Duty, Framework, Need, Requirements, Section
from hrms.positions.rules.kinds import PositionGroup

VERBS: tuple[str, ...] = (
    "xây dựng", "soạn thảo", "tham mưu", "tham gia", "tổ chức", "thực hiện", "triển khai", "hướng dẫn", "kiểm tra",
    "kiểm soát", "kiểm định", "kiểm nghiệm", "kiểm kê", "thẩm định", "thẩm tra", "góp ý", "phối hợp", "chủ trì",
    "chủ động", "quản lý", "quản trị", "đề xuất", "lập", "tổng hợp", "theo dõi", "đôn đốc", "tiếp nhận", "tiếp công",
    "giải quyết", "xử lý", "rà soát", "giám sát", "đánh giá", "phân công", "phân tích", "phân loại", "nghiên cứu",
    "cung cấp", "bảo đảm", "đảm bảo", "bảo vệ", "bảo quản", "bảo trì", "bảo dưỡng", "chỉ đạo", "điều hành",
    "điều phối", "điều tra", "điều trị", "điều dưỡng", "phục vụ", "hỗ trợ", "cập nhật", "lưu trữ", "sắp xếp",
    "báo cáo", "trình", "phê duyệt", "ký", "ban hành", "giảng dạy", "dạy", "giáo dục", "đào tạo", "bồi dưỡng",
    "chăm sóc", "khám", "chẩn đoán", "tư vấn", "vận hành", "sửa chữa", "thu", "chi", "ghi", "đối chiếu", "chuẩn bị",
    "thống kê", "tuyên truyền", "vận động", "phổ biến", "thanh tra", "xác minh", "xác nhận", "cấp phát", "cấp",
    "đăng ký", "đo đạc", "khảo sát", "thiết kế", "biên soạn", "biên tập", "biên dịch", "sưu tầm", "khai thác",
    "phát hành", "phát hiện", "phát triển", "duy trì", "đại diện", "lãnh đạo", "định hướng", "hoàn thành", "đáp ứng",
    "nâng cao", "trực", "lái", "dọn", "nuôi dưỡng", "giúp", "chịu trách nhiệm", "tính", "thanh toán", "quyết toán",
    "cho", "mua sắm", "huấn luyện", "biểu diễn",
)  # fmt: skip
RESULT_MARKS = re.compile(
    r"\b(nhằm|để|bảo đảm|đảm bảo|góp phần|đáp ứng|nâng cao|phục vụ|giúp|hướng tới|đạt|đúng|kịp thời|hiệu quả)\b"
)
DEGREE_MARKS = re.compile(
    r"\b(trực tiếp|độc lập|chủ trì|phối hợp|tham gia|theo|đúng|kịp thời|đầy đủ|phức tạp|cơ bản|thường xuyên|định kỳ"
    r"|hằng|hàng|toàn bộ|từng|dưới sự|được giao|phân công|phạm vi)\b"
)
RESPONSIBILITY_MARKS = re.compile(
    r"\b(trách nhiệm|báo cáo|kiểm tra|ký|trình|bảo đảm|đảm bảo|phê duyệt|quyết định|kết quả|chất lượng|tiến độ|thời hạn"
    r"|chính xác)\b"
)
YEARS = re.compile(
    r"\b(\d{1,2}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)\s*(\(\s*[\w ]+\s*\)\s*)?năm\b(?!\s*\d{4})"
)  # fmt: skip
EXPERIENCE = re.compile(r"\b(kinh nghiệm|thâm niên|công tác|làm việc|giữ (ngạch|hạng|bậc))\b")
SHORT_OBJECTIVE = 6
FORM = "NĐ 232/2026/NĐ-CP Phụ lục IV"


@dataclass(frozen=True, slots=True)
class PositionFacts:
    """What the catalogue says of the position whose frame it is."""

    framework: Framework
    group: PositionGroup
    grade_min: int | None = None
    grade_max: int | None = None
    keeps_base_grade: bool = False


@dataclass(frozen=True, slots=True)
class CompetencyFacts:
    """A competency of the dictionary: whose, which group (general, professional, management), the levels it words."""

    framework: Framework
    group: str
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class Term:
    """A word the law no longer uses: what to write in its place, since when, by which text; `sure` when it was seen."""

    words: str
    instead: str
    since: date
    source: str
    sure: bool


def terms_on(rows: Iterable[Mapping[str, str]], framework: Framework, day: date) -> list[Term]:
    """Return the retired words of a framework on a day, from rows of the catalogue `retired_terms`."""
    return [
        Term(accent_key(row["term"]), row["instead"], date.fromisoformat(row["valid_from"]), row["source"],
             row["mark"] == "C")
        for row in rows
        if row["framework"] in {"", framework} and row["valid_from"] <= day.isoformat()
    ]  # fmt: skip


def check_frame(
    position: PositionFacts,
    requirements: Requirements,
    content: Content,
    dictionary: Mapping[str, CompetencyFacts],
    terms: Sequence[Term],
    figures: Mapping[str, Parameter],
) -> list[Problem]:
    """Return every finding on a frame, in the order of the form.

    A field is named by its path: `duties[2].work`, `competencies[0].level_min`, `grade_from`.
    """
    return [
        *_grades(position, requirements, figures),
        *_objective(position, content),
        *_duties(position, requirements, content),
        *_used_grades(position, requirements, content, dictionary),
        *_competencies(position, requirements, content, dictionary, figures),
        *_relations(content),
        *_experience(position, requirements, content),
        *_retired(content, terms),
    ]


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the findings that keep a frame from coming into force."""
    return [one for one in problems if one.severity == "error"]


def _advice(field: str, code: str, text: str, **params: object) -> Problem:
    return Problem(field, code, text, params, "warning")


def _grades(position: PositionFacts, requirements: Requirements, figures: Mapping[str, Parameter]) -> Iterator[Problem]:
    low, high = requirements.grade_from, requirements.grade_to
    if position.framework is Framework.CIVIL:
        if low is not None or high is not None:
            yield Problem("grade_from", "no_grades", N_("Công chức không có bậc nghề nghiệp. Hãy bỏ trống bậc."))
        return
    if (low is None) != (high is None):
        yield Problem("grade_to" if high is None else "grade_from", "grade_missing", N_(
            "Mới ghi một đầu của khoảng bậc. Hãy ghi cả bậc thấp nhất và bậc cao nhất được sử dụng."
        ))  # fmt: skip
        return
    if low is None or high is None:
        if position.grade_min is not None and not position.keeps_base_grade:
            yield Problem(
                "grade_from", "grades_missing",
                N_("Chưa chọn bậc được sử dụng. Hãy chọn trong khoảng bậc %(min)s đến bậc %(max)s của danh mục."),
                {"min": position.grade_min, "max": position.grade_max},
            )  # fmt: skip
        return
    if low > high:
        text = N_("Bậc thấp nhất %(low)s cao hơn bậc cao nhất %(high)s. Hãy sửa một trong hai bậc.")
        yield Problem("grade_from", "grades_out_of_order", text, {"low": low, "high": high})
        return
    most = whole(figures, "frame.most_grades")
    if most is not None and (high > most or high - low + 1 > most):
        text = N_("Vị trí có nhiều nhất %(most)s bậc nghề nghiệp. Hãy bớt bậc.")
        yield Problem("grade_to", "too_many_grades", text, {"most": most})
    if position.keeps_base_grade:
        return
    if position.grade_min is None or position.grade_max is None:
        text = N_("Danh mục không quy định bậc cho vị trí này (NĐ 232/2026/NĐ-CP). Hãy bỏ trống bậc.")
        yield Problem("grade_from", "position_without_grades", text)
    elif low < position.grade_min or high > position.grade_max:
        text = N_(
            "Bậc %(low)s đến bậc %(high)s ra ngoài khoảng bậc %(min)s đến bậc %(max)s của danh mục. Hãy chọn lại."
        )
        params = {"low": low, "high": high, "min": position.grade_min, "max": position.grade_max}
        yield Problem("grade_from" if low < position.grade_min else "grade_to", "grade_outside", text, params)


def _objective(position: PositionFacts, content: Content) -> Iterator[Problem]:
    words = accent_key(content.objective)
    if not words:
        yield Problem("objective", "objective_missing", N_("Chưa ghi mục tiêu. Hãy ghi mục tiêu của vị trí."))
        return
    if position.framework is Framework.PUBLIC:
        opening = _opening(words)
        if not opening or len(words.split()) < SHORT_OBJECTIVE or not RESULT_MARKS.search(words[len(opening) :]):
            yield _advice(
                "objective", "objective_formula",
                N_("Mục tiêu nên viết theo công thức động từ + đối tượng + kết quả cuối cùng, ví dụ"
                   " “Tham mưu công tác văn thư nhằm bảo đảm văn bản được xử lý đúng hạn”."),
            )  # fmt: skip


def _opening(words: str) -> str:
    """Return the verb a text (as `accent_key`) begins with, the longest; "" when it begins with none known."""
    # “Khám, chẩn đoán, điều trị …” opens with a verb as much as “Khám bệnh …” does.
    return max((verb for verb in VERBS if re.match(rf"{verb}\b", words)), key=len, default="")


def main_sections(framework: Framework, group: PositionGroup) -> tuple[Section, ...]:
    """Return the tables of duties a position of the group must fill; the first is the one judged per grade."""
    if framework is Framework.CIVIL:
        return (Section.WORK,)
    return {
        PositionGroup.LEADERSHIP: (Section.MANAGEMENT,),
        PositionGroup.PROFESSIONAL: (Section.PROFESSIONAL,),
        PositionGroup.SUPPORT: (Section.SUPPORT,),
    }[group]


def _duties(position: PositionFacts, requirements: Requirements, content: Content) -> Iterator[Problem]:
    wanted = main_sections(position.framework, position.group)
    if not any(duty.section in wanted and (duty.work or duty.task).strip() for duty in content.duties):
        yield Problem("duties", "duties_missing", N_("Chưa có công việc nào. Hãy ghi các công việc của vị trí."))
    for place, duty in enumerate(content.duties):
        yield from _duty(position, requirements, duty, f"duties[{place}]")


def _duty(position: PositionFacts, requirements: Requirements, duty: Duty, path: str) -> Iterator[Problem]:
    public = position.framework is Framework.PUBLIC
    if duty.section not in SECTIONS[position.framework]:
        text = N_("Mẫu của vị trí này không có bảng công việc đã chọn. Hãy chuyển dòng sang bảng khác.")
        yield Problem(f"{path}.section", "section_unknown", text)
    elif duty.section is Section.MANAGEMENT and position.group is not PositionGroup.LEADERSHIP:
        text = N_("Bảng công việc quản lý chỉ dành cho vị trí quản lý. Hãy bỏ dòng này hoặc chuyển sang bảng khác.")
        yield Problem(f"{path}.section", "management_section", text)
    elif duty.section is Section.SUPPORT and position.group is PositionGroup.PROFESSIONAL:
        text = N_("Bảng công việc hỗ trợ chỉ dành cho vị trí hỗ trợ. Hãy bỏ dòng này hoặc chuyển sang bảng khác.")
        yield Problem(f"{path}.section", "support_section", text)
    if duty.grade is not None and duty.grade not in requirements.grades:
        text = N_("Công việc ghi bậc %(grade)s nhưng vị trí không sử dụng bậc này. Hãy sửa bậc hoặc khoảng bậc.")
        yield Problem(f"{path}.grade", "grade_unused", text, {"grade": duty.grade})
    if not duty.work.strip():
        text = N_("Chưa ghi công việc cụ thể. Hãy ghi công việc, hoặc xóa dòng.")
        yield Problem(f"{path}.work", "work_missing", text)
        return
    if public and not duty.output.strip():
        text = N_("Chưa ghi sản phẩm, kết quả đầu ra. Hãy ghi sản phẩm đo, đếm được của công việc.")
        yield Problem(f"{path}.output", "output_missing", text)
    if not duty.criteria.strip():
        text = N_("Chưa ghi tiêu chí đánh giá. Hãy ghi khi nào công việc được coi là hoàn thành.")
        yield _advice(f"{path}.criteria", "criteria_missing", text)
    if public:
        yield from _work_formula(accent_key(duty.work), f"{path}.work")


def _work_formula(words: str, field: str) -> Iterator[Problem]:
    opening = _opening(words)
    if not opening:
        yield _advice(field, "work_verb", N_(
            "Công việc nên bắt đầu bằng động từ, theo công thức động từ + nội dung + mức độ xử lý + trách nhiệm."
        ))  # fmt: skip
    elif not DEGREE_MARKS.search(words):
        yield _advice(field, "work_degree", N_(
            "Chưa rõ mức độ xử lý. Hãy ghi thêm, ví dụ trực tiếp, chủ trì, phối hợp, theo quy trình."
        ))  # fmt: skip
    elif not RESPONSIBILITY_MARKS.search(words[len(opening) :]):
        yield _advice(field, "work_responsibility", N_(
            "Chưa rõ trách nhiệm. Hãy ghi thêm, ví dụ chịu trách nhiệm về chất lượng, báo cáo kết quả."
        ))  # fmt: skip


def _used_grades(
    position: PositionFacts,
    requirements: Requirements,
    content: Content,
    dictionary: Mapping[str, CompetencyFacts],
) -> Iterator[Problem]:
    """A grade may be used only if work, product and competency are filled; no two grades may say the same (Đ7, Đ8)."""
    if position.framework is Framework.CIVIL or position.keeps_base_grade:
        return
    wanted = main_sections(position.framework, position.group)
    said: dict[int, list[str]] = defaultdict(list)
    rows: dict[str, tuple[int, int]] = {}
    for place, duty in enumerate(content.duties):
        if duty.grade is None or duty.section not in wanted or not (duty.work.strip() and duty.output.strip()):
            continue
        words = fold(f"{duty.task} {duty.work} {duty.output}")
        said[duty.grade].append(words)
        first_grade, _first = rows.setdefault(words, (duty.grade, place))
        if first_grade != duty.grade:
            text = N_("Công việc giống hệt công việc của bậc %(other)s. Hãy ghi rõ điểm khác của bậc %(grade)s.")
            yield _advice(f"duties[{place}].work", "same_work", text, other=first_grade, grade=duty.grade)
    for grade in requirements.grades:
        if not said[grade]:
            text = N_(
                "Bậc %(grade)s chưa có công việc và sản phẩm. Hãy ghi công việc, sản phẩm của bậc, hoặc bỏ bậc này."
            )
            yield Problem("duties", "grade_without_work", text, {"grade": grade})
        if not any(_judges(need, grade, dictionary) for need in content.competencies):
            text = N_("Bậc %(grade)s chưa có năng lực chuyên môn. Hãy ghi cấp độ năng lực của bậc, hoặc bỏ bậc này.")
            yield Problem("competencies", "grade_without_competency", text, {"grade": grade})
    whole_texts: dict[frozenset[str], int] = {}
    for grade in requirements.grades:
        if not said[grade]:
            continue
        first = whole_texts.setdefault(frozenset(said[grade]), grade)
        if first != grade:
            text = N_("Công việc của bậc %(first)s và bậc %(grade)s giống hệt nhau. Hãy viết lại cho khác nhau.")
            yield Problem("duties", "grades_identical", text, {"first": first, "grade": grade})


def _judges(need: Need, grade: int, dictionary: Mapping[str, CompetencyFacts]) -> bool:
    facts = dictionary.get(need.code)
    return (
        facts is not None
        and facts.group == "professional"
        and need.level_min is not None
        and need.grade in {None, grade}
    )


def _competencies(
    position: PositionFacts,
    requirements: Requirements,
    content: Content,
    dictionary: Mapping[str, CompetencyFacts],
    figures: Mapping[str, Parameter],
) -> Iterator[Problem]:
    seen: set[tuple[str, int | None]] = set()
    for place, need in enumerate(content.competencies):
        path = f"competencies[{place}]"
        facts = dictionary.get(need.code)
        if facts is None or facts.framework is not position.framework:
            text = N_("Năng lực %(code)s không có trong từ điển năng lực của vị trí. Hãy chọn năng lực trong từ điển.")
            yield Problem(f"{path}.code", "competency_unknown", text, {"code": need.code})
            continue
        if (need.code, need.grade) in seen:
            text = N_("Năng lực %(code)s ghi hai lần cho cùng một bậc. Hãy bỏ một dòng.")
            yield Problem(f"{path}.code", "competency_twice", text, {"code": need.code})
        seen.add((need.code, need.grade))
        if need.grade is not None and need.grade not in requirements.grades:
            text = N_("Năng lực ghi bậc %(grade)s nhưng vị trí không sử dụng bậc này. Hãy sửa bậc hoặc khoảng bậc.")
            yield Problem(f"{path}.grade", "grade_unused", text, {"grade": need.grade})
        public = position.framework is Framework.PUBLIC
        if public and facts.group == "management" and position.group is not PositionGroup.LEADERSHIP:
            text = N_("Năng lực quản lý chỉ dành cho vị trí quản lý. Hãy bỏ năng lực %(code)s.")
            yield Problem(f"{path}.code", "management_competency", text, {"code": need.code})
        yield from _level(need, facts, path)
        if public and need.level_min is not None:
            yield from _level_of_grade(requirements, need, facts, figures, path)
    groups = {dictionary[code].group for code, _grade in seen if code in dictionary}
    if "general" not in groups:
        text = N_("Chưa có năng lực chung. Hãy chọn các năng lực chung và cấp độ.")
        yield Problem("competencies", "general_missing", text)
    if position.group is PositionGroup.LEADERSHIP and "management" not in groups:
        text = N_("Vị trí lãnh đạo, quản lý chưa có năng lực quản lý. Hãy chọn năng lực quản lý và cấp độ.")
        yield Problem("competencies", "management_missing", text)


def _level(need: Need, facts: CompetencyFacts, path: str) -> Iterator[Problem]:
    low, high = need.level_min, need.level_max
    if low is None:
        if high is not None:
            text = N_("Mới ghi cấp độ cao nhất. Hãy ghi cả cấp độ thấp nhất, hoặc bỏ trống cả hai nếu không xác định.")
            yield Problem(f"{path}.level_min", "level_missing", text)
        return
    top = low if high is None else high
    if not 1 <= low <= 5 or not 1 <= top <= 5:
        text = N_("Cấp độ năng lực từ 1 đến 5. Hãy sửa cấp độ của năng lực %(code)s.")
        yield Problem(f"{path}.level_min", "level_outside", text, {"code": need.code})
    elif low > top:
        text = N_("Cấp độ thấp nhất %(low)s cao hơn cấp độ cao nhất %(high)s. Hãy sửa một trong hai.")
        yield Problem(f"{path}.level_min", "levels_out_of_order", text, {"low": low, "high": top})
    elif low not in facts.levels:
        text = N_(
            "Từ điển năng lực không mô tả cấp độ %(level)s của %(code)s. Hãy chọn cấp độ khác hoặc không xác định."
        )
        yield Problem(f"{path}.level_min", "level_undefined", text, {"level": low, "code": need.code})


def _level_of_grade(
    requirements: Requirements, need: Need, facts: CompetencyFacts, figures: Mapping[str, Parameter], path: str
) -> Iterator[Problem]:
    grades = [need.grade] if need.grade is not None else list(requirements.grades)
    low = need.level_min or 0
    if not grades:
        return
    if facts.group == "professional" and low < max(grades):
        text = N_("Năng lực chuyên môn cấp độ %(level)s thấp hơn bậc %(grade)s. Hãy ghi cấp độ từ %(grade)s trở lên.")
        yield Problem(f"{path}.level_min", "level_under_grade", text, {"level": low, "grade": max(grades)})
    if facts.group == "management":
        allowed = {level for grade in grades for level in management_levels(grade, figures)}
        top = need.level_max or low
        if allowed and not set(range(low, top + 1)) <= allowed:
            text = N_("Năng lực quản lý cấp độ %(level)s không ứng với bậc %(grade)s. Hãy ghi cấp độ %(allowed)s.")
            params = {
                "level": str(low) if low == top else f"{low}-{top}",
                "grade": ", ".join(map(str, grades)),
                "allowed": ", ".join(map(str, sorted(allowed))),
            }
            yield Problem(f"{path}.level_min", "management_level", text, params)


def management_levels(grade: int, figures: Mapping[str, Parameter]) -> tuple[int, ...]:
    """Return the levels of management competency that go with a career grade (Phụ lục IV mục VI), () where none."""
    found = figures.get(f"frame.management_levels.{grade}")
    return tuple(map(int, found.value.split("|"))) if found else ()


def _relations(content: Content) -> Iterator[Problem]:
    if not content.inside.directed_by.strip():
        text = N_("Chưa ghi người lãnh đạo, quản lý trực tiếp. Hãy ghi chức danh của người đó.")
        yield _advice("inside.directed_by", "directed_by_missing", text)
    if not any(right.words.strip() for right in content.authority):
        text = N_("Chưa ghi phạm vi quyền hạn. Hãy ghi các quyền hạn của vị trí.")
        yield _advice("authority", "authority_missing", text)
    if not content.requirements_text.degree.strip():
        text = N_("Chưa ghi yêu cầu trình độ đào tạo. Hãy ghi trình độ và ngành đào tạo.")
        yield _advice("requirements_text.degree", "degree_missing", text)


def _experience(position: PositionFacts, requirements: Requirements, content: Content) -> Iterator[Problem]:
    """No fixed years of experience unless a law of the field asks for them (Phụ lục IV mục IX)."""
    if requirements.special_law:
        return
    if requirements.experience_years is not None:
        text = N_(
            "Không được quy định số năm kinh nghiệm (%(years)s năm) khi luật chuyên ngành không yêu cầu. Hãy bỏ số năm,"
            " hoặc đánh dấu luật chuyên ngành."
        )
        yield Problem("experience_years", "years_of_experience", text, {"years": requirements.experience_years})
    severity = "error" if position.framework is Framework.PUBLIC else "warning"
    for name in ("experience", "degree", "certificates", "other"):
        words = accent_key(getattr(content.requirements_text, name))
        found = YEARS.search(words)
        if found and (name == "experience" or EXPERIENCE.search(words)):
            text = N_(
                "“%(found)s”: không ghi số năm kinh nghiệm khi luật chuyên ngành không yêu cầu."
                " Hãy ghi loại việc đã làm."
            )
            yield Problem(f"requirements_text.{name}", "years_of_experience", text, {"found": found.group()}, severity)


def _texts(content: Content) -> Iterator[tuple[str, str]]:
    yield "objective", content.objective
    yield "related", content.related
    for place, duty in enumerate(content.duties):
        for name in ("task", "work", "output", "criteria"):
            yield f"duties[{place}].{name}", getattr(duty, name)
    for name in ("directed_by", "works_with", "units"):
        yield f"inside.{name}", getattr(content.inside, name)
    for place, one in enumerate(content.outside):
        yield f"outside[{place}].agency", one.agency
        yield f"outside[{place}].nature", one.nature
    for place, right in enumerate(content.authority):
        yield f"authority[{place}].words", right.words
    for name in ("degree", "certificates", "experience", "qualities", "other"):
        yield f"requirements_text.{name}", getattr(content.requirements_text, name)


def _retired(content: Content, terms: Sequence[Term]) -> Iterator[Problem]:
    for field, text in _texts(content):
        words = accent_key(text)
        for term in terms:
            if re.search(rf"\b{re.escape(term.words)}\b", words):
                yield Problem(
                    field, "retired_term",
                    N_("“%(term)s” không còn dùng từ %(since)s (%(source)s). Hãy bỏ hoặc thay: %(instead)s."),
                    {"term": term.words, "since": term.since, "source": term.source, "instead": term.instead},
                    "error" if term.sure else "warning",
                )  # fmt: skip


def check_shared(position: PositionFacts, descriptions: Sequence[Content]) -> list[Problem]:
    """Return why holders of one management position may not have descriptions of their own (Đ5 k5, Phụ lục IV).

    Several deputies are one position with one description; only field, workplace, number of holders may differ.
    """
    if position.group is not PositionGroup.LEADERSHIP:
        return []
    first = None
    for place, content in enumerate(descriptions):
        said = (content.objective, content.duties, content.competencies, content.authority, content.requirements_text)
        if first is None:
            first = said
        elif said != first:
            text = N_(
                "Các vị trí quản lý cùng tên phải dùng chung một bản mô tả. Hãy gộp bản thứ %(place)s vào bản đầu."
            )
            return [Problem("content", "description_not_shared", text, {"place": place + 1})]
    return []
