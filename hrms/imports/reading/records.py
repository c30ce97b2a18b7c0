"""Reads whole rows: every mapped cell through its column's parser, then what only the row as a whole can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hrms.core.rules import N_, Problem
from hrms.core.text import fold
from hrms.imports.reading.field import Field, SheetKind
from hrms.imports.reading.fields import CODE_AND_NAME, PEOPLE
from hrms.imports.reading.headers import Column, DataRow
from hrms.imports.reading.layouts import GROUP_COLUMN, KEY_FIELDS, fields_by_key
from hrms.imports.reading.parsed import EMPTY, Context, Parsed, Parser
from hrms.imports.reading.values import MEMORY, compile_parser
from hrms.people.rules.kinds import Sex

_SPLIT = (("birth_date_male", Sex.MALE), ("birth_date_female", Sex.FEMALE))
_TRIAL = 512
"""Different values after which a column shows whether its cells repeat."""
_CROSSES = frozenset(("x", "v", "1", "nam", "nu"))


@dataclass(slots=True)
class Record:
    """One row as values by field key (only cells that hold something), and everything wrong or doubtful in it."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Say whether the row cannot be taken."""
        return any(problem.severity == "error" for problem in self.problems)


class RecordReader:
    """Reads rows of one sheet under one mapping (column number → field key).

    `defaults` are values by key for what a row leaves empty. Code and name of the same thing become one value:
    `managing_agency`, `using_agency`, `rank`; birth date in the column of the sex becomes `sex` and `birth_date`.
    """

    def __init__(
        self,
        kind: SheetKind,
        columns: tuple[Column, ...],
        mapping: Mapping[int, str],
        context: Context,
        defaults: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.defaults = dict(defaults or {})
        known = fields_by_key(kind)
        paths = {column.index: column.path for column in columns}
        self._paths = {key: paths.get(index, known[key].label_vi) for index, key in mapping.items()}
        self._plan: list[tuple[int, str, dict[Any, Parsed], Parser]] = []
        self._group: tuple[str, Parser] | None = None
        self._split: list[tuple[int, Sex, Parser]] = []
        splits = dict(_SPLIT)
        for index, key in sorted(mapping.items()):
            parser = compile_parser(known[key], context, self._paths[key])
            if key in splits:
                self._split.append((index, splits[key], parser))
            elif index == GROUP_COLUMN:
                self._group = (key, parser)
            else:
                self._plan.append((index, key, {}, parser))
        used = set(mapping.values())
        self._pairs = [pair for pair in CODE_AND_NAME if kind is PEOPLE and used & set(pair[:2])]
        self._comparable = {"agencies", "ranks"} & set(context.catalogues)
        self._needed: list[Field] = [wanted for wanted in kind.fields if wanted.needed]
        self._forgetful: set[int] = set()
        self._read = 0
        self._width = max((index for index, *_rest in self._plan), default=-1) + 1

    def read(self, row: DataRow) -> Record:
        """Return the row's values and problems."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        cells = row.cells
        forgetful = self._forgetful
        self._read += 1
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        for index, key, memory, parse in self._plan:
            raw = cells[index]
            if raw == "":
                continue
            parsed = memory.get(raw)
            if parsed is None:
                parsed = parse(raw)
                if index not in forgetful and len(memory) < MEMORY:
                    memory[raw] = parsed
                    if len(memory) == _TRIAL and self._read < _TRIAL * 5 // 4:
                        # Nearly every cell is another: remembering them only fills the memory.
                        forgetful.add(index)
                        memory.clear()
            if parsed.problem is not None:
                problems.append(parsed.problem)
            if parsed.value is not None:
                values[key] = parsed.value
        if self._group is not None and row.group:
            self._take(self._group[0], self._group[1](row.group), values, problems)
        if self._split:
            self._read_split(cells, values, problems)
        for pair in self._pairs:
            problems = _join(pair, values, problems, self._paths, self._comparable)
        for key, value in self.defaults.items():
            values.setdefault(key, value)
        self._check_needed(values, problems)
        return Record(row.number, values, problems)

    @staticmethod
    def _take(key: str, parsed: Parsed, values: dict[str, Any], problems: list[Problem]) -> None:
        if parsed.problem is not None:
            problems.append(parsed.problem)
        if parsed.value is not None:
            values.setdefault(key, parsed.value)

    def _read_split(self, cells: list[Any], values: dict[str, Any], problems: list[Problem]) -> None:
        filled = [
            (sex, parse, cells[index])
            for index, sex, parse in self._split
            if index < len(cells) and parse(cells[index]) is not EMPTY
        ]
        if len(filled) > 1:
            text = N_("Cả cột Nam và cột Nữ đều có dữ liệu. Hãy chỉ ghi ở cột đúng giới tính.")
            problems.append(
                Problem("birth_date", "both_sexes", text, {"column": self._paths["birth_date_male"], "value": ""})
            )
            return
        for sex, parse, raw in filled:
            values["sex"] = sex
            if fold(str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw)) in _CROSSES:
                continue
            parsed = parse(raw)
            problem = parsed.problem and replace(parsed.problem, field="birth_date")
            self._take("birth_date", Parsed(parsed.value, problem), values, problems)

    def _check_needed(self, values: dict[str, Any], problems: list[Problem]) -> None:
        bad = {problem.field for problem in problems}
        for wanted in self._needed:
            if wanted.key not in values and wanted.key not in bad:
                text = N_("Cột “%(column)s” để trống. Hãy ghi đủ rồi tải lại.")
                params = {"column": self._paths.get(wanted.key, wanted.label_vi), "value": ""}
                problems.append(Problem(wanted.key, "missing", text, params))
        if self.kind is PEOPLE and not any(key in values or key in bad for key in KEY_FIELDS):
            text = N_(
                "Không nhận ra được người này: dòng không có số hiệu CBCCVC, số định danh cá nhân "
                "hay ngày sinh. Hãy ghi ít "
                "nhất một trong ba."
            )
            problems.append(Problem("staff_code", "missing_key", text, {"column": "", "value": ""}))


def _join(
    pair: tuple[str, str, str],
    values: dict[str, Any],
    problems: list[Problem],
    paths: Mapping[str, str],
    comparable: set[str],
) -> list[Problem]:
    """Make one value of a code and a name; a known code outweighs an unknown name, two that differ are refused."""
    code_key, name_key, target = pair
    code, name = values.pop(code_key, None), values.pop(name_key, None)
    checked = ("ranks" if target == "rank" else "agencies") in comparable
    if checked and code is not None and name is not None and code != name:
        text = N_("Cột “%(column)s” và “%(other)s” chỉ hai mục khác nhau: %(value)s và %(name)s. Hãy sửa cho khớp.")
        params = {"column": paths[code_key], "other": paths[name_key], "value": code, "name": name}
        return [*problems, Problem(code_key, "code_and_name_differ", text, params)]
    if code is not None:
        problems = [problem for problem in problems if problem.field != name_key or problem.code == "formula"]
    if (value := code if code is not None else name) is not None:
        values[target] = value
    return problems
