"""The administrator's desk: what has left the house, and the words of notices (R-exp-11)."""

import pytest
from django.core import mail
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.notices import desk, outbox
from expansion.notices.events import EVENTS, placeholders
from expansion.notices.models import Mail, Notice, Wording
from expansion.notices.services import choose_channels, tell
from expansion.notices.words import braced, wrong_with
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]


@pytest.fixture
def reader(cast):
    cast.member.email, cast.member.language = "member@example.com", "en"
    cast.member.save()
    choose_channels(actor=cast.member, wishes={"deadlines": "at_once"})
    return cast.member


def say(person, **given):
    given = {"title": "MARKER", "text": "SECRET", "url": "/todo/"} | given
    return tell(people=[person], kind="office.report_due", **given)


def given_up(person, settings) -> Mail:
    """A mail that no attempt could send."""
    say(person)
    settings.EMAIL_BACKEND = "tests.expansion.test_notices.Refusing"
    for _attempt in range(outbox.MOST_ATTEMPTS):
        with clock.clock_at(Mail.objects.get().ready_at):
            outbox.send_waiting()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return Mail.objects.get()


# --- what has left -------------------------------------------------------------------------------


def test_the_log_says_to_whom_what_and_when_and_never_what_it_said(reader, cast, sign_in):
    say(reader)
    outbox.send_waiting()
    browser = sign_in(cast.administrator)
    for place in ("/notices/sent/", Mail.objects.get().get_absolute_url()):
        page = browser.get(place).content.decode()
        assert reader.name in page
        assert "MARKER" not in page and "SECRET" not in page
    for other in (cast.manager, cast.member):
        assert sign_in(other).get("/notices/sent/").status_code == 403
        assert sign_in(other).get(Mail.objects.get().get_absolute_url()).status_code == 404


def test_the_log_is_narrowed_by_state_way_and_receiver(reader, cast, sign_in):
    say(reader)
    browser = sign_in(cast.administrator)

    def rows(query: str) -> int:
        page = browser.get(f"/notices/sent/?{query}").content.decode()
        return page.count(Mail.objects.get().get_absolute_url() + '"')

    assert rows("") and rows("state=waiting") and rows("channel=mail") and rows("view=waiting")
    assert not any(map(rows, ("state=sent", "channel=digest", "channel=robot", "view=failed")))
    assert rows(f"person={reader.pk}") and rows(f"q={reader.name}")
    assert rows("kind=office.report_due") and not rows("kind=approvals.open")


def test_a_failed_message_is_sent_again_by_an_administrator_and_the_trail_says_so(
    reader, cast, settings
):
    failed = given_up(reader, settings)
    assert failed.state == "failed"
    with pytest.raises(Forbidden):
        desk.resend_mail(actor=cast.manager, record=failed)
    again = desk.resend_mail(actor=cast.administrator, record=failed)
    assert (again.state, again.attempts) == ("waiting", 0)
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert mail.outbox[0].extra_headers["Message-ID"] == failed.message_id
    assert Entry.objects.filter(verb="notices.mail.resent").count() == 1
    with pytest.raises(NotNow):
        desk.resend_mail(actor=cast.administrator, record=failed)


def test_the_page_of_a_failed_message_offers_to_send_it_again(reader, cast, sign_in, settings):
    failed = given_up(reader, settings)
    browser = sign_in(cast.administrator)
    place = f"{failed.get_absolute_url()}/resend"
    assert place in browser.get(failed.get_absolute_url()).content.decode()
    assert browser.post(place, {"request_id": "a"}).status_code == 302
    failed.refresh_from_db()
    assert failed.state == "waiting"
    assert place not in browser.get(failed.get_absolute_url()).content.decode()


# --- sending all again ---------------------------------------------------------------------------


@pytest.fixture
def unsent(reader, cast, settings):
    """Two messages that met no mail server, and one whose person has no address any more."""
    cast.colleague.email = "colleague@example.com"
    cast.colleague.save()
    choose_channels(actor=cast.colleague, wishes={"deadlines": "at_once"})
    settings.MAIL_LEAVES = False
    for person in (reader, cast.colleague):
        say(person)
    outbox.send_waiting()
    settings.MAIL_LEAVES = True
    return Mail.objects.filter(state="unsent").order_by("pk")


def test_all_that_met_no_mail_server_is_sent_again_to_the_present_addresses(reader, cast, unsent):
    assert unsent.count() == 2
    type(reader).objects.filter(pk=reader.pk).update(email="new@example.com")
    desk.resend_all(actor=cast.administrator, state="unsent")
    assert set(Mail.objects.values_list("state", "attempts")) == {("waiting", 0)}
    assert outbox.send_waiting() == {"sent": 2, "failed": 0}
    assert {to for one in mail.outbox for to in one.to} == {
        "new@example.com",
        "colleague@example.com",
    }
    entry = Entry.objects.get(verb="notices.mail.resent")
    assert entry.changes["count"] == [None, 2]


def test_what_has_no_address_or_has_ended_otherwise_stays(reader, cast, unsent):
    type(reader).objects.filter(pk=reader.pk).update(email="")
    Mail.objects.filter(person=cast.colleague).update(state="failed")
    assert desk.resendable() == {"failed": 1}
    with pytest.raises(NotNow):
        desk.resend_all(actor=cast.administrator, state="unsent")
    with pytest.raises(Invalid):
        desk.resend_all(actor=cast.administrator, state="sent")
    with pytest.raises(Forbidden):
        desk.resend_all(actor=cast.manager, state="failed")
    desk.resend_all(actor=cast.administrator, state="failed")
    assert set(Mail.objects.values_list("state", flat=True)) == {"unsent", "waiting"}


def test_nothing_is_sent_again_while_there_is_no_mail_server(cast, unsent, settings):
    settings.MAIL_LEAVES = False
    with pytest.raises(NotNow):
        desk.resend_all(actor=cast.administrator, state="unsent")
    assert unsent.count() == 2


def test_the_log_offers_to_send_all_again_and_a_second_press_changes_nothing(cast, sign_in, unsent):
    browser, place = sign_in(cast.administrator), "/notices/sent/resend"
    assert place in browser.get("/notices/sent/").text
    assert place not in browser.get("/notices/told/").text
    assert "(2)" in browser.get(place).text
    assert browser.post(place, {"request_id": "a"}).status_code == 422
    for _press in range(2):
        assert browser.post(place, {"request_id": "b", "state": "unsent"}).status_code == 302
    assert Entry.objects.filter(verb="notices.mail.resent").count() == 1
    assert place not in browser.get("/notices/sent/").text
    assert sign_in(cast.manager).get(place).status_code == 403


# --- words ---------------------------------------------------------------------------------------


def reword(cast, title, text="", *, kind="office.report_due", language="en", **given):
    words = {"kind": kind, "language": language, "title": title, "text": text}
    return desk.reword(actor=cast.administrator, **words, **given)


def words_of(person):
    notice = Notice.objects.get(person=person)
    return notice.title, notice.text


def test_an_administrators_words_hold_for_their_language_only(cast, reader):
    reword(cast, "Hand in {report}: {title}", "By {due}, {actor}{record}.")
    facts = {"report": "the week", "due": "Friday"}
    tell(
        people=[reader, cast.leader], kind="office.report_due", title=_("Notices"), url="/todo/",
        facts=facts,
    )  # fmt: skip
    assert words_of(reader) == ("Hand in the week: Notices", "By Friday, .")
    title, text = words_of(cast.leader)
    assert "the week" not in title and text == ""


def test_where_a_fact_is_missing_the_notice_comes_in_its_own_words(cast, reader):
    reword(cast, "Hand in {report}")
    say(reader)
    assert words_of(reader) == ("MARKER", "SECRET")


def test_a_notice_has_its_own_words_again_when_they_are_restored(cast, reader):
    wording = reword(cast, "Other words")
    desk.restore_wording(actor=cast.administrator, record=wording)
    say(reader)
    assert words_of(reader) == ("MARKER", "SECRET")
    with pytest.raises(NotNow):
        desk.restore_wording(actor=cast.administrator, record=wording)


@pytest.mark.parametrize(
    "wrong",
    [
        "{nobody}", "{title.__class__}", "{title[0]}", "{title!r}", "{title:>99999999}", "{}",
        "{title", "title}", "{0}",
    ],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_refused_with_a_sentence(cast, wrong):
    assert wrong_with("office.report_due", wrong)
    with pytest.raises(Invalid) as refused:
        reword(cast, wrong)
    assert set(refused.value.fields) == {"title"}
    with pytest.raises(Invalid) as refused:
        reword(cast, "x", wrong)
    assert set(refused.value.fields) == {"text"}
    assert not Wording.objects.exists()


def test_every_listed_event_takes_each_of_its_placeholders():
    for kind in EVENTS:
        assert wrong_with(kind, "".join(map(braced, placeholders(kind)))) == ""


def test_words_are_an_administrators_of_a_known_event_and_not_empty(cast):
    with pytest.raises(Forbidden):
        desk.reword(actor=cast.manager, kind="office.report_due", language="en", title="x", text="")
    with pytest.raises(Gone):
        reword(cast, "x", kind="nothing.known")
    with pytest.raises(Invalid):
        reword(cast, "  ")


def test_the_second_of_two_administrators_is_told(cast):
    wording = reword(cast, "First", version=0)
    assert wording.version == 1
    with pytest.raises(Stale):
        reword(cast, "Second", version=0)
    assert reword(cast, "Second", version=1).title == "Second"
    assert Entry.objects.filter(verb="notices.wording.changed").count() == 2


def test_the_page_previews_before_it_saves(cast, sign_in):
    browser = sign_in(cast.administrator)
    place = "/notices/wordings/office.report_due/en"
    given = {"request_id": "a", "title": "Now {report}", "text": "", "version": "0"}
    seen = browser.post(place, given | {"preview": "1"})
    assert seen.status_code == 200 and not Wording.objects.exists()
    assert "Now “" in seen.content.decode()
    assert browser.post(place, given | {"title": "{nobody}"}).status_code == 422
    assert browser.post(place, given | {"request_id": "b"}).status_code == 302
    assert "Now {report}" in browser.get("/notices/wordings/").content.decode()
    wording = Wording.objects.get()
    restored = browser.post(f"/notices/wordings/{wording.pk}/restore", {"request_id": "c"})
    assert restored.status_code == 302
    assert "Now {report}" not in browser.get("/notices/wordings/").content.decode()
    assert browser.get("/notices/wordings/nothing.known/en").status_code == 404


def test_the_log_is_exported_without_what_was_said(reader, cast):
    say(reader)

    def exported(actor) -> str:
        given = {"rules": rules_on(), "actor": actor, "key": "notices.sent", "query": ""}
        return str(rows_of(exports.export_list(**given)))

    rows = exported(cast.administrator)
    assert reader.name in rows and "office.report_due" in rows
    assert "MARKER" not in rows and "SECRET" not in rows
    with pytest.raises(Forbidden):
        exported(cast.manager)
