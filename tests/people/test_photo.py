"""The photograph of a record: who sees it, who changes it, what is refused, what the trail says."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hrms.audit.models import AuditEvent
from hrms.core import scope
from hrms.core.db import db
from hrms.core.files import accepting
from hrms.people.models import Person, PersonCurrent
from hrms.people.queries.checks import current_rows
from tests.province import Province

INSIDE, OUTSIDE, OWN = "Lý Thị Cẩm", "Thạch Sa Rây", "Nguyễn Văn Hùng"


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 450), colour: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def send(
    province: Province, content: bytes | None, *, who: str = "tochuc", whom: str = INSIDE, name: str = "ảnh thẻ.png"
) -> Any:
    data = {"photo": (io.BytesIO(content), name)} if content is not None else {}
    address = f"/people/{province.people[whom]}/photo/edit"
    return province.client(who).submit(address, data, content_type="multipart/form-data")


def hash_of(province: Province, name: str = INSIDE) -> str | None:
    with scope.everything():
        db.session.expire_all()
        return db.session.get_one(Person, province.people[name]).photo_hash


def events() -> list[AuditEvent]:
    with scope.everything():
        found = db.session.scalars(
            db.select(AuditEvent).where(AuditEvent.action.like("person.photo%")).order_by(AuditEvent.id)
        )
        return list(found)


@pytest.fixture(autouse=True)
def place(province: Province, context: Any, tmp_path: Path) -> Any:
    before = context.config["HRMS_HOME"]
    context.config["HRMS_HOME"] = tmp_path
    yield tmp_path / "files"
    context.config["HRMS_HOME"] = before


def test_a_photograph_is_set_shown_replaced_and_removed(province: Province) -> None:
    client = province.client("tochuc")
    record = f"/people/{province.people[INSIDE]}"
    assert "Thêm ảnh" in client.get(record).text
    assert client.get(f"{record}/photo").status_code == 404
    assert send(province, picture()).status_code == 303
    shown = client.get(f"{record}/photo")
    assert shown.status_code == 200
    assert shown.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(shown.data)).size == (300, 450)
    assert shown.headers["Content-Disposition"].startswith("inline; filename=")
    assert "no-store" in shown.headers["Cache-Control"]
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    for page in (record, f"{record}/print", f"{record}/photo/edit"):
        assert f'src="{record}/photo"' in client.get(page).text
    first = hash_of(province)
    assert send(province, picture()).status_code == 303
    assert hash_of(province) == first
    assert send(province, picture("JPEG", colour="white"), name="IMG_1.jpg").status_code == 303
    assert hash_of(province) not in {first, None}
    assert client.submit(f"{record}/photo/remove").status_code == 303
    assert hash_of(province) is None
    assert client.submit(f"{record}/photo/remove").status_code == 303
    assert [event.action for event in events()] == ["person.photo_set", "person.photo_set", "person.photo_removed"]
    history = client.get(f"{record}/history").text
    for words in ("thêm ảnh", "thay ảnh", "xóa ảnh"):
        assert words in history


def test_a_change_counts_as_one_of_the_record(province: Province) -> None:
    with scope.everything():
        before = db.session.get_one(Person, province.people[INSIDE]).version
    send(province, picture())
    with scope.everything():
        db.session.expire_all()
        assert db.session.get_one(Person, province.people[INSIDE]).version == before + 1
        assert db.session.get_one(PersonCurrent, province.people[INSIDE]).version == before + 1
        assert list(current_rows()) == []


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (None, "", "Chưa chọn ảnh"),
        (b"", "trống.png", "0 byte"),
        (b"%PDF-1.7\n%%EOF", "quyết định.jpg", "là PDF; ở đây chỉ nhận JPEG hoặc PNG"),
        (picture("GIF"), "ảnh.png", "ảnh GIF"),
        (b"<svg onload=alert(1)>", "ảnh.png", "XML"),
        (picture("JPEG")[:700], "cắt.jpg", "thiếu phần cuối"),
        (picture(size=(90, 120)), "nhỏ.png", "160 × 240"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 300_000, "nặng.png", "nặng 0,3 MB, quá mức 0,2 MB"),
    ],
)
def test_what_is_no_photograph_is_refused_beside_the_field(
    province: Province, place: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, name: str, words: str
) -> None:
    monkeypatch.setattr(accepting, "MEGABYTE", 100_000)
    answer = send(province, content, name=name)
    assert answer.status_code == 422
    assert words in answer.text
    assert name in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert hash_of(province) is None
    assert [path for path in place.rglob("*") if path.is_file()] == []
    assert events() == []


def test_the_form_says_what_it_takes_and_works_without_script(province: Province) -> None:
    text = province.client("tochuc").get(f"/people/{province.people[INSIDE]}/photo/edit").text
    assert "Một tệp JPEG hoặc PNG, nặng nhất 2 MB." in text
    assert 'enctype="multipart/form-data"' in text
    assert 'accept=".jpg,.jpeg,.png,image/jpeg,image/png"' in text


def test_who_may_not_edit_changes_nothing(province: Province) -> None:
    assert send(province, picture(), who="thutruong").status_code == 403
    assert send(province, picture(), who="canbo", whom=OWN).status_code == 403
    assert send(province, picture(), whom=OUTSIDE).status_code == 404
    assert province.client("tochuc").submit(f"/people/{province.people[OUTSIDE]}/photo/remove").status_code == 404
    assert hash_of(province) is None
    assert hash_of(province, OWN) is None
    head = province.client("thutruong").get(f"/people/{province.people[INSIDE]}").text
    assert "Thêm ảnh" not in head


def test_it_is_seen_with_the_record_and_nowhere_else(province: Province) -> None:
    for whom in (OWN, OUTSIDE):
        assert send(province, picture(), who="sonoivu", whom=whom).status_code == 303
    for prefix in ("/people", "/api/v1/people"):
        for who, whom, status in (
            ("canbo", OWN, 200), ("tochuc", OWN, 200), ("thutruong", OWN, 200), ("sonoivu", OUTSIDE, 200),
            ("canbo", OUTSIDE, 404), ("tochuc", OUTSIDE, 404), ("thutruong", OUTSIDE, 404), ("admin", OWN, 403),
        ):  # fmt: skip
            answer = province.client(who).get(f"{prefix}/{province.people[whom]}/photo")
            assert answer.status_code == status, (prefix, who, whom)
            assert (answer.mimetype == "image/jpeg") is (status == 200)


def test_the_api_links_to_it(province: Province) -> None:
    address = f"/api/v1/people/{province.people[INSIDE]}"
    client = province.client("tochuc")
    assert client.get(address).get_json()["photo"] is None
    missing = client.get(f"{address}/photo")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")
    send(province, picture())
    assert client.get(address).get_json()["photo"] == f"{address}/photo"
    assert client.get(f"{address}/photo").data[:3] == b"\xff\xd8\xff"
