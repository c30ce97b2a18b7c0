"""Checks of the family tables of the SYLL form (items 36.1 and 36.2): sex and age of relatives, one current spouse.

Relations are the codes of the catalogue `relations`; what a relation means for sex and generation is fixed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hrms.core.dates import PartialDate, add_months
from hrms.core.rules import N_, Problem
from hrms.people.rules.kinds import SEX_LABELS, Sex
from hrms.people.rules.parameters import Parameter

M, F = Sex.MALE, Sex.FEMALE


@dataclass(frozen=True, slots=True)
class Relation:
    """What a relation implies: the relative's sex; age against the person's (+1 older, −1 younger); only one.

    `by_blood` relatives must be older or younger without exception; for the others it is unusual only.
    """

    sex: Sex | None = None
    older: int = 0
    by_blood: bool = False
    single: bool = False


RELATIONS: Mapping[str, Relation] = {
    "father": Relation(M, +1, by_blood=True, single=True),
    "mother": Relation(F, +1, by_blood=True, single=True),
    "adoptive_father": Relation(M, +1),
    "adoptive_mother": Relation(F, +1),
    "step_father": Relation(M),
    "step_mother": Relation(F),
    "wife": Relation(F),
    "husband": Relation(M),
    "child": Relation(None, -1, by_blood=True),
    "adopted_child": Relation(None, -1),
    "step_child": Relation(),
    "son_in_law": Relation(M),
    "daughter_in_law": Relation(F),
    "paternal_grandfather": Relation(M, +1, by_blood=True, single=True),
    "paternal_grandmother": Relation(F, +1, by_blood=True, single=True),
    "maternal_grandfather": Relation(M, +1, by_blood=True, single=True),
    "maternal_grandmother": Relation(F, +1, by_blood=True, single=True),
    "great_grandparent": Relation(None, +1, by_blood=True),
    "grandchild": Relation(None, -1, by_blood=True),
    "great_grandchild": Relation(None, -1, by_blood=True),
    "older_brother": Relation(M, +1, by_blood=True),
    "older_sister": Relation(F, +1, by_blood=True),
    "younger_sibling": Relation(None, -1, by_blood=True),
    "half_sibling": Relation(),
    "brother_in_law": Relation(M),
    "sister_in_law": Relation(F),
    "uncle": Relation(M),
    "aunt": Relation(F),
    "uncle_or_aunt": Relation(),
    "nephew_or_niece": Relation(),
    "spouse_father": Relation(M, single=True),
    "spouse_mother": Relation(F, single=True),
    "spouse_older_brother": Relation(M),
    "spouse_older_sister": Relation(F),
    "spouse_younger_sibling": Relation(),
    "guardian": Relation(None, +1),
    "ward": Relation(None, -1),
    "other": Relation(),
}
SPOUSES = {"wife": M, "husband": F}


@dataclass(frozen=True, slots=True)
class MarriageAges:
    """The youngest ages to marry, in years (Luật Hôn nhân và gia đình 2014 Đ8; catalogue `parameters`)."""

    male: int
    female: int

    @classmethod
    def from_parameters(cls, values: Mapping[str, Parameter]) -> MarriageAges:
        """Read the parameters `marriage.male` and `marriage.female`. Raises KeyError."""
        return cls(int(values["marriage.male"].value), int(values["marriage.female"].value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """One row of a family table. `ended_on` is the day a marriage ended (death, divorce)."""

    relation: str
    full_name: str
    born: PartialDate | None = None
    sex: Sex | None = None
    married_on: PartialDate | None = None
    ended_on: date | None = None


def check_family(
    born: PartialDate | None, sex: Sex | None, relatives: Sequence[Relative], ages: MarriageAges
) -> list[Problem]:
    """Return what is wrong with the relatives of a person; fields are named `family.<row>.<column>`, rows from 0."""
    problems = [
        found for n, relative in enumerate(relatives) for found in _check_relative(n, relative, born, sex, ages)
    ]
    return [*problems, *_check_counts(relatives)]


def _check_relative(
    row: int, relative: Relative, born: PartialDate | None, sex: Sex | None, ages: MarriageAges
) -> Iterator[Problem]:
    rule = RELATIONS.get(relative.relation)
    where = f"family.{row}"
    name = {"name": relative.full_name}
    if rule is None:
        text = N_("Quan hệ “%(value)s” của %(name)s không có trong danh mục; chọn lại.")
        yield Problem(f"{where}.relation", "unknown_relation", text, {**name, "value": relative.relation})
        return
    if rule.sex and relative.sex and relative.sex is not rule.sex:
        text = N_("%(name)s ghi giới tính %(sex)s, không hợp với quan hệ đã chọn; sửa giới tính hoặc quan hệ.")
        yield Problem(f"{where}.sex", "relation_sex", text, {**name, "sex": SEX_LABELS[relative.sex]})
    if sex and relative.relation in SPOUSES and sex is not SPOUSES[relative.relation]:
        text = N_("Người có hồ sơ là %(sex)s, không hợp với quan hệ đã chọn của %(name)s; sửa quan hệ.")
        yield Problem(f"{where}.relation", "spouse_sex", text, {**name, "sex": SEX_LABELS[sex]})
    if born and relative.born:
        yield from _check_age(where, relative, rule, born)
    if relative.relation in SPOUSES and relative.married_on:
        spouse_sex = SPOUSES[relative.relation]
        for side, side_born in ((spouse_sex, born), (F if spouse_sex is M else M, relative.born)):
            years = ages.male if side is M else ages.female
            if side_born and add_months(side_born.earliest(), 12 * years) > relative.married_on.latest():
                text = N_("Kết hôn ngày %(day)s khi %(sex)s chưa đủ %(years)s tuổi (sinh %(born)s); kiểm tra hai ngày.")
                params = {"day": relative.married_on, "sex": SEX_LABELS[side], "years": years, "born": side_born}
                yield Problem(f"{where}.married_on", "married_too_young", text, params, "warning")


def _check_age(where: str, relative: Relative, rule: Relation, born: PartialDate) -> Iterator[Problem]:
    if relative.born is None or not rule.older:
        return
    params = {"name": relative.full_name, "value": relative.born, "born": born}
    severity = "error" if rule.by_blood else "warning"
    # Siblings may be twins, so the same day is allowed both ways.
    if rule.older > 0 and relative.born.earliest() > born.latest():
        text = N_("%(name)s sinh %(value)s, sau người có hồ sơ (%(born)s); kiểm tra năm sinh hoặc quan hệ.")
        yield Problem(f"{where}.born", "relative_too_young", text, params, severity)
    if rule.older < 0 and relative.born.latest() < born.earliest():
        text = N_("%(name)s sinh %(value)s, trước người có hồ sơ (%(born)s); kiểm tra năm sinh hoặc quan hệ.")
        yield Problem(f"{where}.born", "relative_too_old", text, params, severity)


def _check_counts(relatives: Sequence[Relative]) -> Iterator[Problem]:
    spouses = [n for n, r in enumerate(relatives) if r.relation in SPOUSES and r.ended_on is None]
    for row in spouses[1:]:
        text = N_("Có hơn một người đang là vợ hoặc chồng; ghi ngày chấm dứt hôn nhân của người trước %(name)s.")
        yield Problem(f"family.{row}.relation", "second_spouse", text, {"name": relatives[row].full_name})
    seen: set[str] = set()
    for row, relative in enumerate(relatives):
        rule = RELATIONS.get(relative.relation)
        if rule and rule.single and relative.relation in seen:
            text = N_("Quan hệ của %(name)s đã ghi cho một người khác và chỉ có một người; sửa quan hệ.")
            yield Problem(f"family.{row}.relation", "relation_twice", text, {"name": relative.full_name})
        seen.add(relative.relation)
