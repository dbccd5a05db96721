"""What the log of exports answers for: large ones say why and were approved (A-4.4.2)."""

from expansion.transfer.models import Export
from tests.expansion.test_compliance_office import counted, fact
from tests.expansion.test_export_limits import WHY, answer, exported, limits
from tests.expansion.test_export_limits import book as book

PLANTED = {"transfer.large_exports"}
FREE = {"reason_from": 0, "approval_from": 0}
ASKED = {"reason_from": 3, "approval_from": 3}


def test_a_large_export_is_explained_and_approved(book):
    answer(book.manager, exported(book.member, reason=WHY, **ASKED), "approve")
    exported(book.member, reason=WHY, **ASKED)  # waits
    exported(book.member, reason=WHY, **FREE)  # nobody approved it
    assert counted(book, "transfer.large_exports", rules=limits(**ASKED)) == (1, 1, 1)


def test_a_reason_is_asked_for_from_its_own_figure_on(book):
    exported(book.member, reason=WHY, **FREE)
    exported(book.member, **FREE)
    only_reason = limits(reason_from=3, approval_from=0)
    assert counted(book, "transfer.large_exports", rules=only_reason) == (1, 1, 0)
    assert counted(book, "transfer.large_exports", rules=limits(**FREE)) == (0, 0, 0)
    assert counted(book, "transfer.large_exports") == (0, 0, 0)  # three rows are few


def test_what_was_refused_or_is_a_table_of_the_house_has_no_case(book):
    answer(book.manager, exported(book.member, reason=WHY, **ASKED), "reject", "不需要全量名单。")
    Export.objects.create(
        listing="audit.controls", label="内控清单", actor=book.manager, file_format="xlsx",
        count=900, status=Export.Status.READY,
    )  # fmt: skip
    assert counted(book, "transfer.large_exports", rules=limits(**ASKED)) == (0, 0, 0)


def test_the_lines_follow_the_figures_and_the_log(book):
    lines = fact("transfer.limits", limits(reason_from=40, approval_from=0))
    assert lines[:2] == ["Exports say why from: 40 rows", "Exports are approved from: not asked"]
    assert lines[-1] == "0 exports logged this month, 0 with a reason"
    exported(book.member, reason=WHY, **FREE)
    exported(book.member, **FREE)
    assert fact("transfer.limits")[-1] == "2 exports logged this month, 1 with a reason"
