"""Which pages are measured, as whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus

from flask import Flask

from bench.data import Sample
from bench.requests import Measured, Meter, Reader, measure
from hrms.core import hooks
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.paging import encode
from hrms.core.permissions import Role

Case = tuple[str, str, str]
"""Reader, name of the page, address."""


def cases(app: Flask, sample: Sample, *, nation: bool) -> Iterator[Case]:
    """Yield every page measured: lists, searches, filters, the first page, each tab of a record, another day."""
    deep, deep_large = encode(sample.middle_name), encode(sample.middle_of_large)
    yield "whole", "list, first page", "/people"
    yield "whole", "list, deep page", f"/people?after={deep}"
    yield "whole", "list of the large agency", f"/people?agency={sample.large_code}"
    yield "whole", "list of the large agency, deep", f"/people?agency={sample.large_code}&after={deep_large}"
    yield "whole", "list of the small agency", f"/people?agency={sample.small_code}"
    if nation:
        yield "province", "list, first page", "/people"
        yield "province", "list of the large agency", f"/people?agency={sample.large_code}"
    yield "large", "list, first page", "/people"
    yield "large", "list, deep page", f"/people?after={deep_large}"
    yield "small", "list, first page", "/people"
    searches = {
        "search, common name": "nguyen", "search, common with accents": "Nguyễn Thị",
        "search, three words": "nguyen van an",
        "search, given name": "yen", "search, rare name": "Xuyến", "search, nobody": "zwyx",
        "search, staff code": sample.staff_code, "search, ID number": sample.national_id,
    }  # fmt: skip
    for name, words in searches.items():
        yield "whole", name, f"/people?q={quote_plus(words)}"
    yield "large", "search, common name", "/people?q=nguyen"
    yield "small", "search, common name", "/people?q=nguyen"
    filters = {
        "filter, kind and sex": "kind=civil_servant&sex=female",
        "filter, agency and kind": f"agency={sample.large_code}&kind=public_employee",
        "filter, age, degree, party": "age_from=30&age_to=45&degree=master&party=yes",
        "filter, step due, by date": "step_due=quarter&sort=next_step_on",
        "filter, name and sex": "q=nguyen&sex=male",
        "sorted by birth date": "sort=-birth_date",
    }
    for name, query in filters.items():
        yield "whole", name, f"/people?{query}"
    yield "large", "filter, age, degree, party", "/people?age_from=30&age_to=45&degree=master&party=yes"
    day = f"{sample.as_at:%d/%m/%Y}"
    yield "whole", "list as at another day", f"/people?as_at={day}"
    yield "large", "list as at another day", f"/people?as_at={day}"
    yield "small", "list as at another day", f"/people?as_at={day}"
    for reader in ("whole", "large"):
        for tab in _tabs(app, reader, sample):
            yield reader, f"record, {tab[0]}", tab[1]
    yield "whole", "record, as at another day", f"/people/{sample.person}?as_at={day}"
    for reader in ("whole", "large"):
        yield reader, "calendar, overdue and 3 months", "/calendar"
        yield reader, "calendar, 12 months", "/calendar?window=12"
    yield "whole", "calendar, overdue", "/calendar?window=overdue"
    yield "whole", "calendar of the large agency", f"/calendar?window=12&agency={sample.large_code}"
    yield "whole", "calendar, one kind", "/calendar?window=12&kind=reappointing_start"
    yield "whole", "dashboard", "/"
    yield "large", "dashboard", "/"
    if not nation:
        yield from _positions(sample, day)


def _positions(sample: Sample, day: str) -> Iterator[Case]:
    """Yield the pages over the whole establishment, and the fit of everybody against the frame of their seat."""
    yield "whole", "establishment, first level", "/positions"
    yield "whole", "establishment, every position", "/positions?positions=1"
    yield "whole", "establishment as at another day", f"/positions?as_at={day}"
    yield "whole", "establishment of the large agency", f"/positions?agency={sample.large_code}"
    yield "whole", "vacancies", "/positions/vacancies"
    yield "whole", "seats free within a year", "/positions/vacancies?months=12"
    yield "whole", "limits over the tree", "/positions/structure"
    yield "whole", "wave of retirement", "/positions/retirement"
    yield "whole", "what if, 5 % less", "/positions/what-if?all.civil=-5%25"
    yield "whole", "fit of everybody", "/positions/fitness"
    for name, address in (
        ("establishment", "/positions"),
        ("vacancies", "/positions/vacancies"),
        ("limits over the tree", "/positions/structure"),
        ("fit of everybody", "/positions/fitness"),
    ):
        yield "large", name, address


def _tabs(app: Flask, reader: str, sample: Sample) -> list[tuple[str, str]]:
    role = Role.HR_PROVINCE if reader == "whole" else Role.HR_AGENCY
    who = Actor(account_id=1, name="", grants=(Grant(role, 1),))
    with app.test_request_context():
        return [
            (tab.endpoint.partition(".")[2], app.url_for(tab.endpoint, person_id=sample.person))
            for tab in sorted(hooks.tabs, key=lambda tab: tab.order)
            if tab.endpoint in app.view_functions and any(who.may(permission) for permission in tab.permissions)
        ]


def run(
    app: Flask, accounts: dict[str, int], sample: Sample, runs: int, report: Callable[[Measured], Any], *, nation: bool
) -> list[Measured]:
    """Measure every case and `report` each as it is done."""
    meter = Meter()
    with app.app_context():
        meter.attach(db.engine)
    readers = {name: Reader(app, name, account_id, meter) for name, account_id in accounts.items()}
    found = []
    for who, name, address in cases(app, sample, nation=nation):
        measured = measure(readers[who], name, address, runs)
        report(measured)
        found.append(measured)
    return found
