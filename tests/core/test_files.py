"""Kept files: whole or not at all, of the kind they are, one for the same content; swept, checked and sent."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject
from sqlalchemy import func, insert, select, update

from hrms.core import clock, files, hooks
from hrms.core.actor import Actor
from hrms.core.db import db
from hrms.core.errors import NotFound, Refused
from hrms.core.files import keeping
from hrms.core.i18n import render
from hrms.core.models import StoredFile
from hrms.people.models import Person

MB = 1024 * 1024


def pdf(pages: int = 1, **more: Any) -> bytes:
    """Return a small PDF; `encrypt` gives it a password, `change` may alter it first."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 300)
    if "change" in more:
        more["change"](writer)
    if "encrypt" in more:
        writer.encrypt(more["encrypt"], algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 600), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


@pytest.fixture(autouse=True)
def place(everywhere: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of kept files of the test's own."""
    before = everywhere.config["HRMS_HOME"]
    everywhere.config["HRMS_HOME"] = tmp_path
    yield tmp_path / "files"
    everywhere.config["HRMS_HOME"] = before


def keep(content: bytes, allowed: files.Accepted = files.SCANS, name: str = "Quyết định 12.pdf", **more: Any) -> Any:
    return files.keep(Actor.system(), io.BytesIO(content), name=name, allowed=allowed, **more)


def refused(
    content: bytes, allowed: files.Accepted = files.SCANS, name: str = "quet.pdf", **more: Any
) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        keep(content, allowed, name, **more)
    (problem,) = raised.value.problems
    assert problem.field == "file"
    said = render(problem)
    assert problem.params["name"] in said
    return problem.code, said


def left(place: Path) -> list[str]:
    return [path.name for path in place.rglob("*") if path.is_file()] if place.exists() else []


def rows() -> int:
    return int(db.session.scalar(select(func.count()).select_from(StoredFile)) or 0)


def test_a_file_lies_under_its_hash_for_nobody_else_to_read(place: Path) -> None:
    content = pdf()
    stored = keep(content)
    path = place / stored.sha256[:2] / stored.sha256
    assert path.read_bytes() == content
    assert (stored.size, stored.media_type) == (len(content), "application/pdf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (place, path.parent)} == {0o700}
    assert files.get(stored.sha256) == stored


def test_the_same_content_twice_is_one_file(place: Path) -> None:
    assert keep(pdf()) == keep(pdf(), name="tên khác.pdf")
    assert len(left(place)) == rows() == 1


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "file_empty", "0 byte"),
        (picture(), "file_kind", "ảnh JPEG"),
        (picture("PNG"), "file_kind", "ảnh PNG"),
        (b"PK\x03\x04" + b"\x00" * 40, "file_kind", "Word"),
        (b"MZ\x90\x00" + b"\x00" * 40, "file_kind", "chương trình"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "file_kind", "trang web"),
        ("Quyết định số 12".encode(), "file_kind", "văn bản"),
        (b"\x00\x01\x02\xff" * 9, "file_kind", "không rõ"),
        (b"%PDF-1.7\n", "file_damaged", "hỏng"),
        (b"%PDF-1.7\nnothing in it\n%%EOF\n", "file_damaged", "hỏng"),
        (pdf()[: len(pdf()) * 2 // 3], "file_damaged", "thiếu phần cuối"),
        (pdf(pages=0), "file_damaged", "hỏng"),
        (pdf(encrypt="mat-khau"), "file_encrypted", "mật khẩu"),
        (pdf(encrypt=""), "file_encrypted", "mã hóa"),
    ],
)
def test_what_is_no_readable_pdf_is_refused_by_name(place: Path, content: bytes, code: str, words: str) -> None:
    found, said = refused(content)
    assert found == code
    assert words in said
    assert left(place) == []
    assert rows() == 0


def _javascript(writer: PdfWriter) -> None:
    """By name in the document's own list of scripts, as an editor writes it."""
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    scripts = {NameObject("/Names"): ArrayObject([TextStringObject("a"), DictionaryObject(action)])}
    names = {NameObject("/JavaScript"): DictionaryObject(scripts)}
    writer.root_object[NameObject("/Names")] = DictionaryObject(names)


def _hidden_javascript(writer: PdfWriter) -> None:
    """On a page's opening, through an object of its own, under another spelling of the name."""
    action = DictionaryObject({NameObject("/S"): writer._add_object(NameObject("/JavaScript"))})
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(action)})


def _launch(writer: PdfWriter) -> None:
    action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def _dynamic_form(writer: PdfWriter) -> None:
    form = DecodedStreamObject()
    form.set_data(b"<xdp/>")
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): writer._add_object(form)})


@pytest.mark.parametrize("change", [_javascript, _hidden_javascript, _launch, _dynamic_form])
def test_a_pdf_that_acts_is_refused(place: Path, change: Callable[[PdfWriter], None]) -> None:
    code, said = refused(pdf(change=change))
    assert code == "file_active"
    assert "lệnh tự chạy" in said
    assert left(place) == []


def test_another_spelling_of_a_name_hides_nothing() -> None:
    plain = pdf(change=_launch)
    assert b"/Launch" in plain
    assert refused(plain.replace(b"/Launch", b"/L#61unch"))[0] == "file_active"


def test_a_scan_of_many_pages_and_one_with_rubbish_around_it_are_taken() -> None:
    assert keep(pdf(pages=60)).media_type == "application/pdf"
    assert keep(b"\r\n" + pdf() + b"\x00" * 3000).media_type == "application/pdf"


def test_a_picture_made_into_a_pdf_is_taken() -> None:
    out = io.BytesIO()
    Image.effect_noise((300, 400), 30).save(out, "PDF")
    assert len(PdfReader(io.BytesIO(out.getvalue())).pages) == 1
    assert keep(out.getvalue()).size == len(out.getvalue())


def test_the_limit_is_named_with_the_size(place: Path) -> None:
    code, said = refused(pdf() + b"\x00" * (3 * MB), limit=2 * MB)
    assert code == "file_too_large"
    assert "3,1 MB" in said
    assert "2 MB" in said
    assert left(place) == []


def test_the_limits_are_settings() -> None:
    assert (files.SCANS.limit(), files.PHOTOS.limit()) == (20 * MB, 2 * MB)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(), "file_kind"),
        (picture("GIF"), "file_kind"),
        (picture()[:5000], "file_damaged"),
        (picture("PNG")[:5000], "file_damaged"),
        (b"\xff\xd8\xff" + b"\x00" * 500, "file_damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "file_damaged"),
    ],
)
def test_what_is_no_whole_picture_is_refused(place: Path, content: bytes, code: str) -> None:
    assert refused(content, files.PHOTOS, "ảnh.jpg")[0] == code
    assert left(place) == []


@pytest.mark.parametrize("size", [(7200, 7200), (20000, 20000)])
def test_a_picture_of_too_many_points_is_not_decoded(size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    code, _said = refused(out.getvalue(), files.PHOTOS, "lớn.png", limit=20 * MB)
    assert code in {"picture_too_large", "file_damaged"}


def _portrait(content: bytes, name: str = "ảnh.jpg") -> Image.Image:
    stored = files.keep_portrait(Actor.system(), io.BytesIO(content), name=name, allowed=files.PHOTOS, limit=9 * MB)
    assert stored.media_type == "image/jpeg"
    return Image.open(io.BytesIO(files.path_of(stored.sha256).read_bytes()))


@pytest.mark.parametrize(
    ("size", "made"),
    [((3000, 4000), (600, 900)), ((900, 600), (400, 600)), ((300, 900), (300, 450)), ((161, 241), (160, 240))],
)
def test_a_portrait_is_four_by_six_within_its_bounds(size: tuple[int, int], made: tuple[int, int]) -> None:
    assert _portrait(picture(size=size, quality=40)).size == made


def test_a_portrait_stands_upright_and_forgets_the_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Máy ảnh"
    exif.get_ifd(0x8825)[1] = "N"
    lying = Image.new("RGB", (600, 400), "white")
    lying.paste("black", (0, 0, 200, 400))  # the left third of the file: the top third once upright
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif, comment=b"secret")
    made = _portrait(out.getvalue())
    assert made.size == (400, 600)
    assert made.getpixel((200, 50)) < (40, 40, 40)
    assert made.getpixel((200, 500)) > (200, 200, 200)
    assert dict(made.getexif()) == {}
    assert not {"comment", "icc_profile", "exif", "xmp"} & set(made.info)


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 450), (0, 0, 0, 0)).save(out, "PNG")
    assert _portrait(out.getvalue(), "ảnh.png").getpixel((10, 10)) == (255, 255, 255)


def test_a_portrait_too_small_to_print_is_refused() -> None:
    with pytest.raises(Refused) as raised:
        _portrait(picture(size=(120, 200)))
    assert "160 × 240" in render(raised.value.problems[0])


def test_a_full_disk_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keeping.os, "fsync", full)
    code, said = refused(pdf())
    assert code == "file_not_written"
    assert "hết chỗ" in said
    assert left(place) == []


def test_a_disk_that_refuses_the_move_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "replace", refuse)
    assert refused(pdf())[0] == "file_not_written"
    assert left(place) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\a\\quyết định.pdf", "quyết định.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "tep"),
        ("x" * 200 + ".pdf", "x" * 75 + "….pdf"),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(given: str, shown: str) -> None:
    assert f"“{shown}”" in refused(b"", name=given)[1]


def _age(sha256: str, days: int = 2) -> None:
    moment = clock.now() - timedelta(days=days)
    db.session.execute(update(StoredFile).where(StoredFile.sha256 == sha256).values(recorded_at=moment))
    os.utime(files.path_of(sha256), (moment.timestamp(), moment.timestamp()))


def _person(photo_hash: str) -> None:
    values = {"full_name": "Thử", "sort_key": "thu", "search_text": "thu", "scope_ids": [], "photo_hash": photo_hash}
    db.session.execute(insert(Person).values({**values, "scope_ids": [0]}))


def test_what_no_row_needs_goes_after_a_day(place: Path) -> None:
    needed, unneeded, fresh = (keep(pdf(pages)).sha256 for pages in (1, 2, 3))
    _person(needed)
    _age(needed)
    _age(unneeded)
    stray, part = place / "ab" / ("ab" + "0" * 62), place / "part-0123"
    stray.parent.mkdir(exist_ok=True)
    for path in (stray, part):
        path.write_bytes(b"x")
        os.utime(path, (1, 1))
    files.sweep()
    assert sorted(left(place)) == sorted([needed, fresh])
    assert sorted(db.session.scalars(select(StoredFile.sha256))) == sorted([needed, fresh])


def test_what_a_row_out_of_sight_needs_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = keep(pdf()).sha256
    _person(needed)
    _age(needed)
    monkeypatch.setattr(hooks, "file_columns", [])
    files.sweep()
    assert left(place) == [needed]


def test_bringing_an_old_file_again_starts_its_day_anew(place: Path) -> None:
    stored = keep(pdf())
    _age(stored.sha256)
    keep(pdf())
    files.sweep()
    assert left(place) == [stored.sha256]


def test_the_check_names_what_is_lost_and_what_was_changed() -> None:
    lost, shorter, changed, well = (keep(pdf(pages)).sha256 for pages in (1, 2, 3, 4))
    files.path_of(lost).unlink()
    files.path_of(shorter).write_bytes(b"%PDF")
    path = files.path_of(changed)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert {said.split()[1].rstrip(":") for said in files.check()} == {lost, shorter}
    assert {said.split()[1].rstrip(":") for said in files.check(whole=True)} == {lost, shorter, changed}
    assert well not in str(files.check(whole=True))


def test_a_file_is_sent_as_what_it_is(place: Path, everywhere: Flask) -> None:
    stored = keep(pdf())
    with everywhere.test_request_context():
        answer = everywhere.process_response(files.send(stored, "12/QĐ-SNV"))
        shown = everywhere.process_response(files.send(stored, "a.pdf", inline=True))
        answer.direct_passthrough = False
        assert answer.data == files.path_of(stored.sha256).read_bytes()
        for one in (answer, shown):
            one.close()
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''12-Q%C4%90-SNV.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].startswith("inline; ")


def test_a_file_the_disk_has_lost_is_not_found(everywhere: Flask) -> None:
    stored = keep(pdf())
    files.path_of(stored.sha256).unlink()
    with everywhere.test_request_context(), pytest.raises(NotFound):
        files.send(stored, "a.pdf")


@pytest.mark.parametrize("sha256", [None, "0" * 64, "../../secret-key"])
def test_a_hash_nobody_kept_is_not_found(sha256: str | None) -> None:
    with pytest.raises(NotFound):
        files.get(sha256)


def test_a_path_is_made_of_a_hash_only() -> None:
    with pytest.raises(ValueError, match="secret"):
        files.path_of("../../secret-key")
