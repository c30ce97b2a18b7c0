"""What rounds register: lines of the calendar, the checks, the job, labels, sentences and words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from hrms.core import hooks, tasks
from hrms.core.i18n import N_, render
from hrms.core.rules import Problem
from hrms.performance import round_jobs
from hrms.performance.queries import round_checks, round_due, rounds
from hrms.performance.rules.classes import CLASS_LABELS, RatingClass
from hrms.performance.services.rounds import JOB

__all__ = ["register", "round_jobs"]
_STEPS: dict[str, str] = {
    "open": N_("Mở đợt xếp loại cho các cơ quan"), "gather": N_("Lấy lại số liệu của các đợt"),
    "groups": N_("Đề xuất nhóm của các đợt"), "solve": N_("Xét tỷ lệ của các đợt"),
    "publish": N_("Công khai các đợt"), "settle": N_("Chốt các đợt"),
}  # fmt: skip
_ROUND: dict[str, str] = {
    "round.opened": N_("mở đợt xếp loại năm %(year)s của %(name)s"),
    "round.gathered": N_("lấy lại số liệu đợt xếp loại năm %(year)s của %(name)s"),
    "round.outstanding": N_("đặt tỷ lệ hoàn thành xuất sắc của đợt năm %(year)s, %(name)s"),
    "round.cancelled": N_("hủy đợt xếp loại năm %(year)s của %(name)s"),
    "round.groups_proposed": N_("đề xuất nhóm có nhiệm vụ tương đồng của %(name)s, năm %(year)s"),
    "round.group_added": N_("thêm nhóm “%(group)s” vào đợt năm %(year)s của %(name)s"),
    "round.group_edited": N_("sửa nhóm “%(group)s” của đợt năm %(year)s, %(name)s"),
    "round.group_removed": N_("bỏ nhóm “%(group)s” khỏi đợt năm %(year)s của %(name)s"),
    "round.group_filled": N_("xếp người vào nhóm trong đợt năm %(year)s của %(name)s"),
    "round.groups_dropped": N_("bỏ chia nhóm của đợt năm %(year)s, %(name)s"),
    "round.groups_approved": N_("duyệt nhóm của đợt năm %(year)s, %(name)s"),
    "round.solved": N_("xét tỷ lệ hoàn thành xuất sắc của đợt năm %(year)s, %(name)s"),
    "round.met": N_("ghi biên bản họp xếp loại năm %(year)s của %(name)s"),
    "round.sent_back": N_("đưa đợt xếp loại năm %(year)s của %(name)s về bước đề xuất"),
    "round.decided": N_("quyết định xếp loại năm %(year)s của %(name)s"),
    "round.published": N_("công khai kết quả xếp loại năm %(year)s của %(name)s"),
    "round.settled": N_("chốt kết quả xếp loại năm %(year)s của %(name)s"),
    "round.superseded": N_("thay kết quả xếp loại năm %(year)s trong đợt của %(name)s"),
}
_RATING: dict[str, str] = {
    "rating.changed": N_("đổi mức xếp loại năm %(year)s thành “%(rating)s”"),
    "rating.remarked": N_("ghi nhận xét xếp loại năm %(year)s"),
    "rating.weighed": N_("ghi kết luận của cấp có thẩm quyền về năm %(year)s, tính lại mức"),
    "rating.published": N_("công khai mức “%(rating)s” năm %(year)s"),
    "rating.superseded": N_("thay kết quả xếp loại năm %(year)s, mức đang có hiệu lực: “%(rating)s”"),
}
_ORGANISATION: dict[str, str] = {
    "organisation.saved": N_("ghi số liệu xếp loại năm %(year)s của %(name)s"),
    "organisation.chosen": N_("chọn mức “%(rating)s” năm %(year)s cho %(name)s"),
    "organisations.decided": N_("quyết định xếp loại năm %(year)s của các đơn vị thuộc %(name)s"),
    "organisations.published": N_("công khai xếp loại năm %(year)s của các đơn vị thuộc %(name)s"),
}
_FIELDS: dict[str, dict[str, str]] = {
    "round": {
        "round": N_("Cơ quan"), "year": N_("Năm"), "people": N_("Số người"), "rounds": N_("Số đợt"),
        "outstanding": N_("Được dùng tỷ lệ cao hơn"), "quota_percent": N_("Tỷ lệ (phần trăm)"),
        "groups": N_("Số nhóm"), "group": N_("Nhóm"), "most": N_("Được nhiều nhất"), "taken": N_("Đã chọn"),
        "quota_base": N_("Cách tính tỷ lệ"), "met_on": N_("Ngày họp"), "decision": N_("Quyết định"),
        "changed": N_("Số người đổi mức"),
    },
    "year_rating": {"rating": N_("Mức"), "round": N_("Cơ quan xếp loại"), "year": N_("Năm")},
    "organisation_rating": {
        "agency": N_("Cơ quan"), "year": N_("Năm"), "points": N_("Điểm"), "rating": N_("Mức"),
        "done_percent": N_("Nhiệm vụ hoàn thành (phần trăm)"), "late_percent": N_("Chậm (phần trăm)"),
        "exceeding_percent": N_("Vượt mức (phần trăm)"), "shortcomings_fixed": N_("Đã khắc phục hạn chế"),
        "wrongdoing": N_("Có kết luận vi phạm"), "involved": N_("Liên quan tham nhũng, lãng phí"),
        "decision": N_("Quyết định"), "organisations": N_("Số đơn vị"),
    },
}  # fmt: skip


def register() -> None:
    """Leave the part of rounds in the core's registries."""
    hooks.due_sources.append(round_due.SOURCE)
    hooks.part_locks.append(_of_round)
    words = N_("mức xếp loại đúng quy tắc, tỷ lệ hoàn thành xuất sắc không vượt, hồ sơ ghi đúng kết quả công khai")
    hooks.checks.append(hooks.Check(words, round_checks.run))
    for step, title in _STEPS.items():
        tasks.kinds[f"{JOB}.{step}"] = tasks.Kind(title, "/performance/rounds")
    for sentences in (_ROUND, _RATING, _ORGANISATION):
        for action, sentence in sentences.items():
            hooks.sentences[action] = _sentence(sentence)
    hooks.entity_labels["organisation_rating"] = N_("Xếp loại cơ quan, đơn vị")
    hooks.entity_links["round"] = lambda found: url_for("performance.round", round_id=found)
    hooks.entity_links["year_rating"] = lambda found: url_for("performance.rating", rating_id=found)
    for entity, fields in _FIELDS.items():
        for name, label in fields.items():
            hooks.field_labels[f"{entity}.{name}"] = label
        hooks.field_values[f"{entity}.rating"] = _class_words


def _of_round(person_id: int, table: str, row: Any) -> Problem | None:
    """Return why the class of a year on the record is not to be changed by hand: a round has published it."""
    if table != "rating" or not rounds.is_published(person_id, row.year):
        return None
    words = N_("Mức năm %(year)s do đợt xếp loại công khai; chỉ thay được bằng quyết định thay kết quả xếp loại.")
    return Problem("rating", "of_round", words, {"year": str(row.year)})


def _class_words(value: Any) -> str:
    return render(CLASS_LABELS[RatingClass(value)]) if value in set(RatingClass) else str(value or "")


def _sentence(words: str) -> Callable[[Mapping[str, Any]], str]:
    def tell(event: Mapping[str, Any]) -> str:
        after = event.get("after") or {}
        return render(
            words, name=str(after.get("round") or after.get("agency") or ""), year=str(after.get("year") or ""),
            rating=_class_words(after.get("rating")), group=str(after.get("group") or ""),
        )  # fmt: skip

    return tell
