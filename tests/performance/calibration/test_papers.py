"""The papers of rounds as an administrator tries templates on them: within the rules of official papers."""

from __future__ import annotations

import pytest
from flask import Flask

from hrms.core import hooks
from hrms.core.documents import render_docx, render_pdf
from tests.layout import pdf_problems


@pytest.mark.parametrize("key", ["minutes", "results", "notice", "self_rating"])
def test_the_samples_keep_to_the_rules(app: Flask, key: str) -> None:
    with app.test_request_context():
        for one in hooks.paper_kinds[f"performance.{key}"].sample():
            assert pdf_problems(render_pdf([one], f"performance.{key}")) == []
            assert render_docx(one, f"performance.{key}")[:2] == b"PK"
