"""Replacing templates: upload, trial, activation, the way back; who may, what is refused, what the trail keeps."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import func, select, text

from hrms.audit.models import AuditEvent
from hrms.core import hooks, scope
from hrms.core.actor import Actor, Grant
from hrms.core.db import db
from hrms.core.documents import OFFICIAL, render_docx, render_docx_batch, render_pdf
from hrms.core.documents.models import DocumentTemplate
from hrms.core.documents.press import LAYOUT, Form
from hrms.core.documents.printing import built_in, in_force
from hrms.core.errors import Forbidden, NotFound, Refused
from hrms.core.permissions import Role
from hrms.core.rules import N_
from hrms.documents import queries, services
from hrms.documents.rules import MOST_BYTES, file_problems
from tests.client import Browser
from tests.core.documents import samples
from tests.layout import docx_problems, pdf_problems, sheets
from tests.province import Province

PAGE = f"/documents/templates/{OFFICIAL}"
MARKED = b'#import "layout.typ": print-papers\n#print-papers(json("papers.json"))\n= MARK\n'
BROKEN = b'#import "layout.typ": print-papers\n#print-paper(json("papers.json"))\n'


@pytest.fixture
def admin(province: Province) -> Iterator[Actor]:
    with scope.everything():
        yield Actor(1, "Quản trị", grants=(Grant(Role.ADMIN, province.agencies["root"]),))


@pytest.fixture(autouse=True)
def _no_other_kinds(app: Flask) -> Iterator[None]:
    """Only the common kind of paper: the domains above register their own."""
    before = dict(hooks.paper_kinds)
    for key in set(before) - {OFFICIAL}:
        del hooks.paper_kinds[key]
    yield
    hooks.paper_kinds.clear()
    hooks.paper_kinds.update(before)


@pytest.fixture
def notices(_no_other_kinds: None) -> str:
    """A second kind of paper, as a domain registers it."""
    hooks.paper_kinds["notice"] = hooks.PaperKind(N_("Loại văn bản"), lambda: [samples.notice()])
    return "notice"


def _send(client: Browser, content: bytes, name: str) -> Any:
    return client.post(PAGE, data={"csrf_token": client.token(), "file": (io.BytesIO(content), name)})


def _actions() -> list[str]:
    with scope.everything():
        statement = select(AuditEvent.action).where(AuditEvent.entity == "template").order_by(AuditEvent.id)
        return list(db.session.scalars(statement))


def test_an_administrator_replaces_tries_and_takes_back(province: Province) -> None:
    client = province.client("admin")
    assert "mẫu có sẵn" in client.get("/documents/templates").text
    assert _send(client, MARKED, "mau.typ").status_code == 303
    made = db.session.scalars(select(DocumentTemplate)).one()
    assert (made.kind, made.form, made.tried_at, made.active_from) == (OFFICIAL, "typst", None, None)
    versions = f"/documents/templates/versions/{made.id}"
    tried = client.submit(f"{versions}/try", {})
    assert tried.status_code == 200
    assert tried.mimetype == "application/pdf"
    assert any("MARK" in page.text for page in sheets(tried.data))
    assert client.get(f"{versions}/file").data == MARKED
    assert client.submit(f"{versions}/activate", {}).status_code == 303
    assert any("MARK" in page.text for page in sheets(render_pdf([samples.decision()])))
    assert client.get(f"{PAGE}/typst/file").data == MARKED
    assert "đang dùng" in client.get(PAGE).text
    assert client.submit(f"{PAGE}/typst/built-in", {}).status_code == 303
    assert pdf_problems(render_pdf([samples.decision()])) == []
    assert client.get(f"{PAGE}/typst/file").data == built_in(Form.TYPST)
    assert _actions() == ["template.uploaded", "template.activated", "template.withdrawn"]
    assert "dùng mẫu “mau.typ” cho" in province.client("sonoivu").get("/audit?entity=template").text


def test_a_template_that_does_not_print_is_refused_with_its_line(province: Province) -> None:
    client = province.client("admin")
    _send(client, BROKEN, "hong.typ")
    made = db.session.scalars(select(DocumentTemplate.id)).one()
    for act in ("try", "activate"):
        answer = client.submit(f"/documents/templates/versions/{made}/{act}", {})
        assert answer.status_code == 422
        assert "dòng 2, cột 2" in answer.text
        assert "print-paper" in answer.text
    assert pdf_problems(render_pdf([samples.decision()])) == []


def test_a_word_template_is_replaced_too(province: Province) -> None:
    client = province.client("admin")
    document = Document(io.BytesIO(client.get(f"{PAGE}/docx/file").data))
    document.paragraphs[0].insert_paragraph_before("TRƯỚC MỌI VĂN BẢN")
    out = io.BytesIO()
    document.save(out)
    assert _send(client, out.getvalue(), "mau.docx").status_code == 303
    made = db.session.scalars(select(DocumentTemplate.id)).one()
    assert client.submit(f"/documents/templates/versions/{made}/activate", {}).status_code == 303
    printed = Document(io.BytesIO(render_docx(samples.decision())))
    assert printed.paragraphs[0].text == "TRƯỚC MỌI VĂN BẢN"
    assert docx_problems(render_docx_batch([samples.decision(), samples.notice()])) == []


def test_samples_and_the_layout_can_be_seen(province: Province) -> None:
    client = province.client("admin")
    assert pdf_problems(client.get(f"{PAGE}/typst/sample").data) == []
    assert docx_problems(client.get(f"{PAGE}/docx/sample").data) == []
    assert client.get("/documents/templates/layout.typ").data == LAYOUT.read_bytes()
    assert client.get("/documents/templates/nothing").status_code == 404
    assert client.get(f"{PAGE}/pdf/sample").status_code == 404


@pytest.mark.parametrize("username", ["sonoivu", "tochuc", "thutruong", "canbo"])
def test_nobody_else_touches_templates(province: Province, username: str) -> None:
    client = province.client(username)
    assert client.get("/documents/templates").status_code == 403
    assert _send(client, MARKED, "mau.typ").status_code == 403
    assert "Mẫu văn bản" not in client.get("/").text


def test_an_administrator_of_a_part_cannot(province: Province) -> None:
    part = Actor(1, "Quản trị", grants=(Grant(Role.ADMIN, province.agencies["A"]),))
    with scope.everything(), pytest.raises(Forbidden):
        services.upload(part, OFFICIAL, "mau.typ", MARKED)


def test_a_kind_follows_its_own_template_then_the_common_one(admin: Actor, notices: str) -> None:
    common = services.activate(admin, services.upload(admin, OFFICIAL, "chung.typ", MARKED).id)
    assert in_force(notices, Form.TYPST).template_id == common.id
    assert {one.form: one.template for one in queries.get_kind(notices).present} == {
        Form.TYPST: common, Form.DOCX: None,
    }  # fmt: skip
    own = services.activate(admin, services.upload(admin, notices, "rieng.typ", MARKED).id)
    assert in_force(notices, Form.TYPST).template_id == own.id
    assert in_force(OFFICIAL, Form.TYPST).template_id == common.id
    assert services.go_back(admin, notices, Form.TYPST)
    assert not services.go_back(admin, notices, Form.TYPST)
    assert in_force(notices, Form.TYPST).template_id == common.id


def test_the_common_template_is_tried_on_every_kind_that_follows_it(admin: Actor, notices: str) -> None:
    picky = b'#for p in json("papers.json") { assert(not p.kind.starts-with("TH"), message: "no notices") }\nx'
    made = services.upload(admin, OFFICIAL, "kho.typ", picky)
    with pytest.raises(Refused) as refused:
        services.activate(admin, made.id)
    assert "no notices" in str(refused.value.problems[0].params["detail"])
    hooks.paper_kinds[notices] = hooks.PaperKind(N_("Loại văn bản"), lambda: [samples.decision()])
    assert services.activate(admin, made.id).active_from is not None


def test_what_was_in_force_stays_known(admin: Actor) -> None:
    first = services.activate(admin, services.upload(admin, OFFICIAL, "một.typ", MARKED).id)
    second = services.activate(admin, services.upload(admin, OFFICIAL, "hai.typ", MARKED + b"x").id)
    again = services.activate(admin, first.id)
    db.session.expire_all()
    assert again.id not in {first.id, second.id}
    assert (first.active_to is None, second.active_to is None, again.active_to is None) == (False, False, True)
    assert again.content == first.content
    with pytest.raises(Refused):
        services.activate(admin, again.id)
    rows = "SELECT count(*) FROM document_templates WHERE active_from IS NOT NULL AND active_to IS NULL"
    assert db.session.scalar(text(rows)) == 1


def test_a_template_that_fails_later_is_named(admin: Actor) -> None:
    late = b'#for p in json("papers.json") { assert(p.kind != "TH\xc3\x94NG B\xc3\x81O", message: "no notices") }\nx'
    services.activate(admin, services.upload(admin, OFFICIAL, "mau.typ", late).id)
    assert render_pdf([samples.decision()])
    with pytest.raises(Refused) as refused:
        render_pdf([samples.notice()])
    assert [problem.code for problem in refused.value.problems] == ["template_in_force", "template_template"]


def _packed(*names: str, types: bytes = b"", relations: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", types)
        packed.writestr("word/_rels/document.xml.rels", relations)
        for name in names:
            packed.writestr(name, b"x")
    return out.getvalue()


DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OUTSIDE = b'<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://127.0.0.1/" TargetMode="External"/>'
LINK = b'<Relationship Id="r1" Type="http://x/hyperlink" Target="http://127.0.0.1/" TargetMode="External"/>'


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"\0" * (41 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("mau.pdf", b"%PDF-1.7", "not_a_template"),
        ("mau.typ", b"", "empty"),
        ("mau.typ", b"x" * (MOST_BYTES + 1), "too_large"),
        ("mau.typ", "dòng 1\n".encode() + b"\xff\xfe", "not_utf8"),
        ("mau.typ", b"a\0b", "not_text"),
        ("mau.docx", b"PK\x03\x04 no zip", "not_word"),
        ("mau.docx", _packed(types=DOCUMENT), "not_word"),
        ("mau.docx", _packed("word/document.xml"), "macros"),
        ("mau.docx", _packed("word/document.xml", "word/vbaProject.bin", types=DOCUMENT), "macros"),
        ("mau.docx", _packed("word/document.xml", types=DOCUMENT, relations=OUTSIDE), "outside"),
        ("mau.docx", _bomb(), "too_large_unpacked"),
        ("mau.docx", _packed("word/document.xml", *(f"{n}.xml" for n in range(400)), types=DOCUMENT),
         "too_large_unpacked"),
        ("MAU.DOCX", _packed("word/document.xml", types=DOCUMENT, relations=LINK), None),
        ("mau.docx", built_in(Form.DOCX), None),
        ("mau.typ", built_in(Form.TYPST), None),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused(name: str, content: bytes, code: str | None) -> None:
    assert [problem.code for problem in file_problems(name, content)] == ([code] if code else [])


def test_a_refused_file_is_said_on_the_page(province: Province) -> None:
    client = province.client("admin")
    answer = _send(client, b"%PDF-1.7", "quyet-dinh.pdf")
    assert answer.status_code == 422
    assert "quyet-dinh.pdf" in answer.text
    assert client.submit(PAGE, {}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(DocumentTemplate)) == 0


def test_a_kind_nobody_registered_has_no_templates(admin: Actor) -> None:
    with pytest.raises(NotFound):
        services.upload(admin, "nothing", "mau.typ", MARKED)


def test_the_application_cannot_change_or_remove_what_was_uploaded(admin: Actor) -> None:
    services.upload(admin, OFFICIAL, "mau.typ", MARKED)
    for statement in ("UPDATE document_templates SET content = ''", "DELETE FROM document_templates"):
        with pytest.raises(Exception, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(statement))
