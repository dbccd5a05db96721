"""Each person's wishes: what comes by e-mail and when, quiet hours, the digest (R-exp-11)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Invalid
from expansion.notices import outbox
from expansion.notices.events import EVENTS, Group, group_of
from expansion.notices.hours import digest_at, leaves_at
from expansion.notices.models import Mail, Notice, Preference
from expansion.notices.services import choose_channels, tell
from expansion.worktime import STATUTORY
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 18th is a Wednesday, the 21st a Saturday."""
    return (
        datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)
        if hour >= 8
        else (datetime(2026, 11, day - 1, hour + 16, minute, tzinfo=UTC))
    )


@pytest.fixture
def reader(cast):
    cast.member.email = "member@example.com"
    cast.member.language = "en"
    cast.member.save()
    return cast.member


def wants(person, *, hours=(), **wishes):
    return choose_channels(actor=person, wishes=wishes, **dict(hours))


def say(person, kind="approvals.open", title="Please decide", url="/todo/"):
    return tell(people=[person], kind=kind, title=title, url=url)


def test_only_what_is_wanted_comes_by_mail(reader):
    wants(reader, approvals="at_once", deadlines="never")
    say(reader, "approvals.open")
    say(reader, "office.report_due")
    assert list(Mail.objects.values_list("kind", flat=True)) == ["approvals.open"]
    assert Notice.objects.count() == 2


def test_account_and_security_always_come_at_once_and_cannot_be_switched_off(reader):
    kept = wants(
        reader, security="never", hours={"quiet_from": time(0), "quiet_to": time(23, 59)}.items()
    )
    assert Group.SECURITY not in kept.wishes
    say(reader, "people.sessions")
    assert Mail.objects.get().ready_at == NOW


def test_every_listed_event_stands_in_a_group():
    assert {group_of(kind) for kind in EVENTS} == set(Group)
    assert group_of("office.report_due") is group_of("x.y.overdue") is Group.DEADLINES
    assert group_of("something.new") is Group.WORK


@pytest.mark.parametrize(
    ("hours", "at", "leaves"),
    [
        ((22, 7), shanghai(18, 21, 59), shanghai(18, 21, 59)),
        ((22, 7), shanghai(18, 22), shanghai(19, 7)),
        ((22, 7), shanghai(18, 6, 59), shanghai(18, 7)),
        ((22, 7), shanghai(18, 7), shanghai(18, 7)),
        ((12, 14), shanghai(18, 11, 59), shanghai(18, 11, 59)),
        ((12, 14), shanghai(18, 12), shanghai(18, 14)),
        ((12, 14), shanghai(18, 14), shanghai(18, 14)),
    ],
)
def test_in_the_quiet_hours_a_mail_waits_for_their_end(hours, at, leaves):
    begins, ends = map(time, hours)
    wishes = Preference(quiet_from=begins, quiet_to=ends)
    assert leaves_at(at, wishes, STATUTORY) == leaves


def test_on_days_off_a_mail_waits_for_the_next_working_day():
    wishes = Preference(quiet_days=True, quiet_from=time(22), quiet_to=time(7))
    assert leaves_at(shanghai(20, 21), wishes, STATUTORY) == shanghai(20, 21)
    assert leaves_at(shanghai(20, 22), wishes, STATUTORY) == shanghai(23, 7)
    assert leaves_at(shanghai(22, 12), wishes, STATUTORY) == shanghai(23, 7)
    assert leaves_at(shanghai(22, 12), Preference(), STATUTORY) == shanghai(22, 12)


def test_the_digest_leaves_at_its_hour_or_when_the_working_day_opens():
    assert digest_at(shanghai(18, 8, 59), Preference(), STATUTORY) == shanghai(18, 9)
    assert digest_at(shanghai(18, 9), Preference(), STATUTORY) == shanghai(19, 9)
    own = Preference(digest_at=time(17, 30))
    assert digest_at(shanghai(18, 9), own, STATUTORY) == shanghai(18, 17, 30)
    quiet = Preference(quiet_days=True)
    assert digest_at(shanghai(20, 12), quiet, STATUTORY) == shanghai(23, 9)


def test_a_notice_in_the_quiet_hours_stands_at_once_and_is_mailed_after_them(reader):
    wants(reader, approvals="at_once", hours={"quiet_from": time(9), "quiet_to": time(10)}.items())
    say(reader)
    assert Notice.objects.unread().count() == 1
    assert outbox.send_waiting()["sent"] == 0
    with clock.clock_at(shanghai(18, 10)):
        assert outbox.send_waiting()["sent"] == 1


def test_the_digest_is_one_mail_by_groups_with_its_ways(reader, settings):
    settings.SITE_URL = "https://expansion.example.com"
    wants(reader, approvals="digest", deadlines="digest")
    say(reader, "approvals.open", "Decide A", "/approvals/1")
    say(reader, "office.report_due", "Report B", "/office/2")
    say(reader, "approvals.due", "Decide C", "/approvals/3")
    assert outbox.send_waiting()["sent"] == 0
    with clock.clock_at(shanghai(19, 9)):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
        assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    (sent,) = mail.outbox
    assert "3 notices of the day" in sent.subject
    places = [sent.body.index(word) for word in ("Approvals", "Decide A", "Decide C", "Deadlines")]
    assert places == sorted(places)
    assert "https://expansion.example.com/office/2" in sent.body


def test_without_anything_to_say_no_digest_leaves(reader):
    wants(reader, approvals="digest")
    with clock.clock_at(shanghai(19, 9)):
        assert outbox.send_waiting() == {"sent": 0, "failed": 0}


def test_half_of_the_quiet_hours_is_refused(reader):
    for given in ({"quiet_from": time(22)}, {"quiet_to": time(7)}):
        with pytest.raises(Invalid) as refused:
            wants(reader, hours=given.items())
        assert set(refused.value.fields) == {"quiet_from", "quiet_to"} - set(given)
    with pytest.raises(Invalid):
        wants(reader, hours={"quiet_from": time(7), "quiet_to": time(7)}.items())


def test_the_trail_keeps_what_was_wished(reader):
    wants(reader, approvals="digest", hours={"digest_at": time(8)}.items())
    changes = Entry.objects.get(verb="notices.channels.chosen").changes
    assert changes == {"approvals": ["never", "digest"], "digest_at": [None, "08:00"]}


def test_the_page_keeps_what_was_typed_when_it_is_refused(cast, sign_in):
    browser = sign_in(cast.member)
    wishes = {group: "digest" for group in Group.values if group != Group.SECURITY}
    sent = browser.post(
        "/notices/channels", {"request_id": "a", **wishes, "quiet_from": "22:00", "quiet_to": ""}
    )
    assert sent.status_code == 422
    assert 'value="22:00"' in sent.content.decode()
    again = {"request_id": "b", **wishes, "quiet_from": "22:00", "quiet_to": "07:00"}
    assert browser.post("/notices/channels", again).status_code == 302
    kept = Preference.objects.get(person=cast.member)
    assert (kept.quiet_from, kept.quiet_to) == (time(22), time(7))
    assert kept.wishes == wishes
    page = browser.get("/notices/channels").content.decode()
    assert 'value="07:00"' in page


def test_each_digest_is_of_its_own_day(reader):
    wants(reader, approvals="digest")
    say(reader, title="Wednesday")
    with clock.clock_at(shanghai(19, 9)):
        say(reader, title="Thursday")
        outbox.send_waiting()
    assert "Thursday" not in mail.outbox[0].body
    with clock.clock_at(shanghai(19, 9) + timedelta(days=1)):
        outbox.send_waiting()
    assert "Thursday" in mail.outbox[1].body and "Wednesday" not in mail.outbox[1].body
