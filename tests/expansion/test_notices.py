"""Notices: told exactly once, to those who may know, by e-mail only where wanted (R-exp-11)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from expansion import access, clock, environment
from expansion.jobs.models import Job
from expansion.notices import outbox
from expansion.notices.events import Group
from expansion.notices.models import Mail, Notice, Wish
from expansion.notices.posting import TOGETHER_WITHIN
from expansion.notices.services import (
    Telling,
    choose_channels,
    muted,
    read_all,
    read_notice,
    tell,
    tell_each,
    together,
)
from expansion.notices.tasks import send_mail
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]


def at_once() -> dict[str, str]:
    """Every group of events by e-mail at once."""
    return dict.fromkeys(Group.values, Wish.AT_ONCE)


def say(*people, key=None, about=None, url="/todo/", title="You have mail"):
    return tell(people=people, kind="test.said", title=title, url=url, key=key, about=about)


def report_of(person) -> WorkReport:
    open_reports(rules=rules_on(), period=Period.containing("week"))
    return WorkReport.objects.get(owner=person, kind="weekly_summary")


@pytest.fixture
def reader(cast):
    """Somebody who wants e-mail."""
    cast.member.email = "member@example.com"
    cast.member.save()
    choose_channels(actor=cast.member, wishes=at_once())
    return cast.member


def test_each_person_is_told_once_per_key(cast):
    assert len(say(cast.member, cast.leader, cast.member, key="k")) == 2
    assert say(cast.member, cast.leader, key="k") == []
    assert Notice.objects.count() == 2


@pytest.mark.both
def test_the_database_refuses_a_second_notice_of_one_key(cast):
    (notice,) = say(cast.member, key="k")
    notice.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


def test_notices_without_a_key_are_told_each_time(cast):
    say(cast.member)
    say(cast.member)
    assert Notice.objects.count() == 2


def test_who_may_not_see_the_record_is_not_told_of_it(cast):
    from expansion.jobs.models import Heartbeat

    beat = Heartbeat.objects.create(name="x", since=NOW, next_at=NOW)
    told = say(cast.member, cast.manager, cast.administrator, about=beat)
    assert [notice.person for notice in told] == [cast.administrator]


def test_nobody_is_told_of_what_is_no_more(cast):
    from expansion.jobs.models import Heartbeat

    beat = Heartbeat.objects.create(name="x", since=NOW, next_at=NOW)
    Heartbeat.objects.filter(pk=beat.pk).delete()
    assert not access.can(cast.administrator, "view", beat)
    assert access.seen([(cast.administrator, Heartbeat, [beat.pk])]) == set()
    assert say(cast.administrator, about=beat) == []


def test_each_is_told_the_own_and_of_the_own_records_only(cast):
    reports = [report_of(person) for person in (cast.member, cast.outsider)]
    tellings = [
        Telling(person, "x", "/todo/", about=report, key=f"k{report.pk}")
        for report in reports
        for person in (cast.member, cast.outsider, cast.leader, cast.manager)
    ]
    told = tell_each([*tellings, *tellings], kind="test.said")
    assert {(one.person.username, one.about_id) for one in told} == {
        ("member", reports[0].pk), ("leader", reports[0].pk), ("manager", reports[0].pk),
        ("outsider", reports[1].pk), ("manager", reports[1].pk),
    }  # fmt: skip
    assert tell_each(tellings, kind="test.said") == []


def test_more_people_than_one_question_takes_are_asked_about(cast, monkeypatch):
    monkeypatch.setattr("expansion.access.TOGETHER", 2)
    report = report_of(cast.member)
    everybody = [one for one in cast.everyone().values() if one.is_authenticated]
    told = {notice.person.username for notice in say(*everybody, about=report)}
    assert told == {"member", "leader", "manager"}


def test_who_has_left_is_not_told(cast):
    assert say(cast.deactivated) == []


def test_a_notice_leads_into_this_installation(cast):
    for url in ("https://elsewhere.example", "//elsewhere.example/x", "x"):
        with pytest.raises(ValueError):
            say(cast.member, url=url)


def test_nobody_is_told_while_muted(cast):
    with muted():
        assert say(cast.member, key="k") == []
    assert len(say(cast.member, key="k")) == 1


def test_a_notice_is_written_in_its_readers_language(cast):
    cast.leader.language = "en"
    say(cast.member, cast.leader, title=_("Notices"))
    words = dict(Notice.objects.values_list("person__username", "title"))
    assert words["leader"] == "Notices"


def test_a_notice_disappears_with_a_transaction_that_fails(cast):
    with pytest.raises(RuntimeError), transaction.atomic():
        say(cast.member)
        raise RuntimeError
    assert not Notice.objects.exists()


def test_reading_a_notice_twice_keeps_the_first_moment(cast):
    (notice,) = say(cast.member)
    read_notice(actor=cast.member, record=notice)
    with clock.clock_at(NOW.replace(hour=5)):
        assert read_notice(actor=cast.member, record=notice).read_at == NOW


def test_all_read_spares_what_came_meanwhile(cast):
    say(cast.member)
    with clock.clock_at(NOW.replace(hour=5)):
        say(cast.member)
        assert read_all(actor=cast.member, until=NOW) == 1
    assert Notice.objects.unread().count() == 1


def test_no_mail_is_sent_unasked(cast):
    cast.member.email = "member@example.com"
    cast.member.save()
    say(cast.member)
    assert not Mail.objects.exists()


def test_a_mail_leaves_from_the_outbox_once(reader, cast):
    say(reader, cast.leader, key="k")
    say(reader, key="k")
    assert Job.objects.get().name == "notices.send_mail"
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    (sent,) = mail.outbox
    assert sent.to == ["member@example.com"]
    assert sent.extra_headers["Message-ID"] == Mail.objects.get().message_id
    assert "/todo/" in sent.body


def test_a_line_break_in_a_title_does_not_forge_a_header(reader):
    say(reader, title="Hello\nBcc: all@example.com")
    outbox.send_waiting()
    assert mail.outbox[0].subject.count("\n") == 0
    assert mail.outbox[0].message()["Bcc"] is None


class Refusing(BaseEmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


def test_a_mail_server_that_is_away_delays_and_loses_nothing(reader, settings):
    say(reader)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    waiting = Mail.objects.get()
    assert (waiting.state, waiting.error) == ("waiting", "nobody listens")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.clock_at(waiting.ready_at):
        assert send_mail(Job()) == {"sent": 1, "failed": 0}
    assert mail.outbox[0].extra_headers["Message-ID"] == waiting.message_id


def test_a_mail_that_is_refused_for_ever_stands_as_failed(reader, settings):
    say(reader)
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    for _attempt in range(outbox.MOST_ATTEMPTS):
        with clock.clock_at(Mail.objects.get().ready_at):
            outbox.send_waiting()
    assert Mail.objects.get().state == "failed"


def test_a_sender_that_died_sends_again_with_the_same_id_and_says_so(reader, caplog):
    say(reader)
    outbox._claim(Mail.objects.get())
    assert outbox.send_waiting()["sent"] == 0
    with clock.clock_at(NOW + outbox.TOO_LONG * 2):
        assert outbox.send_waiting()["sent"] == 1
    assert Mail.objects.get().message_id in caplog.text


def test_the_list_shows_the_own_notices_and_opens_them(cast, sign_in):
    (notice,) = say(cast.member, url="/jobs/", title="Look at MARKER")
    browser = sign_in(cast.member)
    page = browser.get("/notices/")
    assert "MARKER" in page.content.decode()
    opened = browser.get(notice.get_absolute_url())
    assert (opened.status_code, opened["Location"]) == (302, "/jobs/")
    notice.refresh_from_db()
    assert notice.read_at == NOW
    other = sign_in(cast.manager)
    assert "MARKER" not in other.get("/notices/").content.decode()
    assert other.get(notice.get_absolute_url()).status_code == 404
    assert other.post(notice.get_absolute_url()).status_code == 404


def test_the_bell_counts_what_is_unread(cast, sign_in):
    say(cast.member)
    browser = sign_in(cast.member)
    assert "bell-count" in browser.get("/notices/").content.decode()
    browser.post("/notices/read-all", {"until": NOW.isoformat()})
    assert "bell-count" not in browser.get("/notices/").content.decode()


def test_a_moment_that_cannot_be_read_is_no_error(cast, sign_in):
    for word in ("", "31 February", "2026-02-31T00:00:00Z", "2026-11-18T00:00"):
        sent = sign_in(cast.member).post("/notices/read-all", {"until": word})
        assert sent.status_code == 302


def test_the_wish_for_email_is_kept(cast, sign_in):
    browser = sign_in(cast.member)
    assert browser.get("/notices/channels").status_code == 200
    wishes = dict.fromkeys(Group.values, "never") | {"approvals": "digest"}
    sent = browser.post("/notices/channels", {"request_id": "a", **wishes})
    assert sent.status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.notice_preference.wishes == {"approvals": "digest"}


def test_an_open_page_asks_for_the_bell_and_gets_nothing_new(cast, sign_in):
    browser = sign_in(cast.member)
    say(cast.member)
    first = browser.get("/notices/unread")
    assert (first.status_code, first["ETag"]) == (200, '"1"')
    assert ">1<" in first.content.decode()
    again = browser.get("/notices/unread", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    weak = browser.get("/notices/unread", headers={"If-None-Match": 'W/"1"'})
    assert weak.status_code == 304
    say(cast.member)
    more = browser.get("/notices/unread", headers={"If-None-Match": first["ETag"]})
    assert (more.status_code, more["ETag"]) == (200, '"2"')


def test_the_bell_of_a_page_knows_where_to_ask(cast, sign_in):
    page = sign_in(cast.member).get("/notices/").content.decode()
    assert page.count('data-unread="/notices/unread"') >= 1 and "js/bell.js" in page


def many(person, count, kind="test.said", key="k"):
    tellings = [Telling(person, f"Nr. {n}", f"/jobs/?n={n}", key=f"{key}{n}") for n in range(count)]
    return tell_each(tellings, kind=kind)


@pytest.mark.parametrize(("count", "shown"), [(3, 3), (4, 1)])
def test_very_many_of_one_kind_are_read_as_one(cast, count, shown):
    assert len(many(cast.member, count)) == count
    assert Notice.objects.unread().filter(person=cast.member).count() == shown
    assert Notice.objects.listed().count() == shown


def test_a_bundle_names_the_first_and_counts_the_rest_and_lists_them_all(cast, sign_in):
    cast.member.language = "en"
    cast.member.save()
    many(cast.member, 12)
    head = Notice.objects.listed().get()
    assert head.title == "Nr. 0, and 11 more"
    browser = sign_in(cast.member)
    opened = browser.get(head.get_absolute_url())
    assert opened["Location"] == f"/notices/{head.pk}/together"
    page = browser.get(opened["Location"]).content.decode()
    assert all(f"Nr. {n}<" in page for n in range(12))
    assert sign_in(cast.manager).get(opened["Location"]).status_code == 404


def test_what_was_told_in_a_bundle_is_not_told_again(cast):
    many(cast.member, 5)
    assert many(cast.member, 5) == []
    assert len(many(cast.member, 6)) == 1
    assert Notice.objects.listed().count() == 2


def test_two_people_have_their_own_bundles(cast):
    tellings = [
        Telling(person, f"Nr. {n}", "/jobs/", key=f"k{n}")
        for person in (cast.member, cast.leader)
        for n in range(5)
    ]
    assert len(tell_each(tellings, kind="test.said")) == 10
    assert {one.person for one in Notice.objects.listed()} == {cast.member, cast.leader}
    assert Notice.objects.listed().count() == 2


def test_a_mail_says_where_the_record_is(reader, settings):
    settings.SITE_URL = "https://expansion.example.com"
    say(reader, url="/jobs/")
    outbox.send_waiting()
    assert "https://expansion.example.com/jobs/" in mail.outbox[0].body


@pytest.mark.parametrize(
    "wrong", ["expansion.example.com", "ftp://x.example", "https://x.example/a"]
)
def test_an_address_of_the_house_has_no_path_and_is_of_the_web(monkeypatch, wrong):
    monkeypatch.setenv("SITE_URL", wrong)
    with pytest.raises(ImproperlyConfigured):
        environment.address("SITE_URL")


def test_the_address_of_the_house_ends_without_a_slash(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://x.example/")
    assert environment.address("SITE_URL") == "https://x.example"


def test_a_burst_of_one_kind_leaves_as_one_mail(reader):
    for n in range(3):
        say(reader, title=f"Nr. {n}")
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    (sent,) = mail.outbox
    assert all(f"Nr. {n}" in sent.body for n in range(3))
    assert set(Mail.objects.values_list("state", "batch")) == {
        ("sent", sent.extra_headers["Message-ID"])
    }


def test_what_follows_a_mail_within_minutes_waits_and_comes_together(reader):
    say(reader)
    outbox.send_waiting()
    for minute in (1, 3):
        with clock.clock_at(NOW + timedelta(minutes=minute)):
            say(reader, title=f"After {minute}")
            assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    with clock.clock_at(NOW + TOGETHER_WITHIN):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert "After 1" in mail.outbox[1].body and "After 3" in mail.outbox[1].body


def test_after_some_minutes_a_mail_leaves_at_once_again(reader):
    say(reader)
    outbox.send_waiting()
    with clock.clock_at(NOW + TOGETHER_WITHIN):
        say(reader)
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}


def test_other_kinds_and_other_people_are_mails_of_their_own(reader, cast):
    cast.leader.email = "leader@example.com"
    cast.leader.save()
    choose_channels(actor=cast.leader, wishes=at_once())
    say(reader, cast.leader)
    tell(people=[reader], kind="test.other", title="x", url="/todo/")
    assert outbox.send_waiting() == {"sent": 3, "failed": 0}


def test_a_burst_that_is_refused_is_sent_again_as_it_was(reader, settings):
    say(reader, title="Nr. 1")
    say(reader, title="Nr. 2")
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    batch = Mail.objects.values_list("batch", flat=True).distinct().get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.clock_at(NOW + TOGETHER_WITHIN * 2):
        say(reader, title="Nr. 3")
        assert outbox.send_waiting() == {"sent": 2, "failed": 0}
    again = next(one for one in mail.outbox if one.extra_headers["Message-ID"] == batch)
    assert "Nr. 1" in again.body and "Nr. 2" in again.body and "Nr. 3" not in again.body


def test_what_is_told_one_by_one_in_a_run_is_read_as_one(cast):
    with together():
        for number in range(5):
            number_told(cast.member, number)
        with together():
            number_told(cast.member, 5)
        number_told(cast.leader, 6)
        assert Notice.objects.listed().count() == 7
    assert Notice.objects.listed().filter(person=cast.member).count() == 1
    assert Notice.objects.listed().filter(person=cast.leader).count() == 1
    with together():
        for number in range(6):
            number_told(cast.member, number)
    assert Notice.objects.listed().count() == 2


def test_a_run_that_ends_early_loses_no_notice(cast):
    with pytest.raises(RuntimeError), together():
        for number in range(5):
            number_told(cast.member, number)
        raise RuntimeError
    number_told(cast.member, 9)
    assert Notice.objects.listed().count() == 6


def test_what_was_taken_back_in_a_run_is_not_put_together(cast):
    with together():
        number_told(cast.member, 0)
        for number in range(1, 5):
            with pytest.raises(RuntimeError), transaction.atomic():
                number_told(cast.member, number)
                raise RuntimeError
    assert Notice.objects.get().within is None


def number_told(person, number):
    title = f"Nr. {number}"
    return tell_each([Telling(person, title, "/jobs/", key=f"r{number}")], kind="test.run")
