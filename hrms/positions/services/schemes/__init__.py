"""Job-position schemes (đề án vị trí việc làm): written by the agency, appraised by Sở Nội vụ, approved by decision."""

from hrms.positions.services.schemes.hands import EDIT_WORDS
from hrms.positions.services.schemes.inventory import (
    NewWork,
    Pasted,
    add_works,
    copy_duties,
    edit_work,
    group_works,
    link_works,
    read_pasted,
    remove_work,
)
from hrms.positions.services.schemes.lines import (
    Given,
    add_line,
    drop_frame,
    edit_line,
    propose_frame,
    remove_line,
    set_seats,
)
from hrms.positions.services.schemes.way import (
    accept,
    appraise,
    approve,
    note_incomplete,
    problems_of,
    send_back,
    submit,
    withdraw,
)
from hrms.positions.services.schemes.writing import CHAPTERS, Head, create, edit_head

__all__ = [
    "CHAPTERS",
    "EDIT_WORDS",
    "Given",
    "Head",
    "NewWork",
    "Pasted",
    "accept",
    "add_line",
    "add_works",
    "appraise",
    "approve",
    "copy_duties",
    "create",
    "drop_frame",
    "edit_head",
    "edit_line",
    "edit_work",
    "group_works",
    "link_works",
    "note_incomplete",
    "problems_of",
    "propose_frame",
    "read_pasted",
    "remove_line",
    "remove_work",
    "send_back",
    "set_seats",
    "submit",
    "withdraw",
]
