"""Self-review and evaluation on paper: what stands on it, and for whom."""

import io

import pypdfium2
import pytest

from appraisal.models import Review, Stage
from appraisal.services.reviews import save_self_review
from expansion.audit.models import Entry
from expansion.machine import pdf_missing
from tests.expansion.test_approvals_pages import fonts_of
from tests.make import appraisal as make

pytestmark = pytest.mark.skipif(pdf_missing() is not None, reason="This machine cannot make PDF.")


def words_of(answer) -> str:
    assert answer.headers["Content-Type"] == "application/pdf", answer.status_code
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    return "".join(page.get_textpage().get_text_range() for page in pages)


def address(review: Review) -> str:
    return f"/appraisal/reviews/{review.pk}/pdf"


@pytest.fixture
def one(cast):
    """The member's appraisal, figures frozen, with a self-review of two words handed in."""
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.of(cycle, cast.member)
    ratings = make.ratings(one, 84)
    ratings["attitude"]["comment"] = "按时完成走访"
    return save_self_review(
        actor=cast.member, record=one, ratings=ratings, submit=True,
        achievements="签下两家酒店", plan="走访江宁片区",
    )  # fmt: skip


def test_the_form_prints_figures_ratings_and_texts_in_embedded_chinese(cast, one, sign_in):
    own = one.reviews.get(party="self")
    answer = sign_in(cast.member).get(address(own))
    words = words_of(answer)
    said = ("84.00", "按时完成走访", "签下两家酒店", "走访江宁片区")
    for word in (cast.member.name, *said, "12 家", "2026-10-08"):
        assert word in words, word
    assert all(name.startswith("NotoSansSC") for name in fonts_of(answer.content))
    entry = Entry.objects.get(verb="appraisal.review.exported")
    assert entry.about == own and str(entry.pk) in words


def test_a_form_is_printed_by_who_reads_it(cast, one, sign_in):
    make.evaluated(one, 91)
    own, judged = (one.reviews.get(party=party) for party in ("self", "superior"))
    readers = {own: ("member", "leader", "manager"), judged: ("leader", "manager")}
    for form, names in readers.items():
        for name in ("member", "leader", "manager", "hr", "colleague", "administrator"):
            answer = sign_in(getattr(cast, name)).get(address(form))
            assert answer.status_code == (200 if name in names else 404), (form, name)
    assert "91.00" not in words_of(sign_in(cast.leader).get(address(own)))


def test_the_page_leads_to_each_form_that_its_reader_may_print(cast, one, sign_in):
    make.evaluated(one, 91)
    own, judged = (one.reviews.get(party=party) for party in ("self", "superior"))
    page = sign_in(cast.member).get(one.get_absolute_url()).content.decode()
    assert address(own) in page and address(judged) not in page
    page = sign_in(cast.leader).get(one.get_absolute_url()).content.decode()
    assert address(own) in page and address(judged) in page


def test_a_draft_says_that_it_is_one(cast, sign_in):
    cycle = make.frozen(make.opened(cast.version), {})
    record = make.of(cycle, cast.colleague)
    save_self_review(actor=cast.colleague, record=record, ratings={}, plan="草稿")
    assert make.of(cycle, cast.colleague).stage == Stage.SELF_REVIEW
    own = record.reviews.get()
    cast.colleague.language = "en"
    cast.colleague.save()
    assert "draft, not submitted" in words_of(sign_in(cast.colleague).get(address(own)))
    assert sign_in(cast.leader).get(address(own)).status_code == 404
