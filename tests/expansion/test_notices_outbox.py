"""What waits in the outbox is asked about once more before it leaves, ends in a state that is true,
and whoever keeps the house hears of what failed (R-exp-11)."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test.utils import override_settings

from expansion import clock
from expansion.errors import NotNow
from expansion.notices import delivery, desk, outbox, tasks
from expansion.notices.hours import working_moment
from expansion.notices.models import Mail, Notice, Robot
from expansion.notices.services import Telling, choose_channels, tell, tell_each
from expansion.office.models import WorkReport
from expansion.office.services.reports import open_reports
from expansion.people.models import Role, Status, Unit
from expansion.people.selectors import holders
from expansion.rulebook.selectors import rules_on
from expansion.worktime import STATUTORY, Period
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_server")]

TOMORROW = NOW + timedelta(days=1)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 18th is a Wednesday, the 20th a Friday."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour - 8, minutes=minute)


@pytest.fixture
def reader(cast):
    """Somebody to whom everything of daily work comes in the digest, approvals at once."""
    cast.member.email, cast.member.language = "old@example.com", "en"
    cast.member.save()
    choose_channels(actor=cast.member, wishes={"work": "digest", "approvals": "at_once"})
    return cast.member


def say(*people, kind="approvals.open", title="Please decide", about=None, url="/todo/"):
    return tell(people=people, kind=kind, title=title, url=url, about=about)


def state() -> tuple[str, str]:
    return Mail.objects.values_list("state", "error").get()


# --- asked once more ------------------------------------------------------------------------------


def test_a_digest_is_not_sent_to_who_has_left_or_is_locked_meanwhile(reader):
    say(reader, kind="test.said")
    reader.status = Status.LOCKED
    reader.save()
    with clock.clock_at(TOMORROW):
        assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    ended, reason = state()
    assert (ended, mail.outbox) == ("dropped", []) and reason
    assert not Notice.objects.exclude(person=reader).exists()


def test_a_digest_is_not_sent_to_who_has_no_address_any_more(reader):
    say(reader, kind="test.said")
    reader.email = ""
    reader.save()
    with clock.clock_at(TOMORROW):
        outbox.send_waiting()
    assert (state()[0], mail.outbox) == ("dropped", [])


def test_a_mail_goes_to_the_address_of_the_moment_it_leaves(reader):
    say(reader, kind="test.said")
    reader.email = "new@example.com"
    reader.save()
    say(reader, kind="test.said")
    with clock.clock_at(TOMORROW):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert mail.outbox[0].to == ["new@example.com"]
    assert set(Mail.objects.values_list("to", flat=True)) == {"new@example.com"}


@pytest.fixture
def leader(cast):
    """Somebody who sees the reports of a team, and gets the digest."""
    cast.leader.email, cast.leader.language = "leader@example.com", "en"
    cast.leader.save()
    choose_channels(actor=cast.leader, wishes={"work": "digest"})
    return cast.leader


def reports_of_the_team(leader) -> list[WorkReport]:
    open_reports(rules=rules_on(), period=Period.containing("week"))
    return list(WorkReport.objects.filter(team__key="client").exclude(owner=leader))


def move_away(*reports: WorkReport) -> None:
    """Another team's they are not this leader's to see."""
    elsewhere = Unit.objects.get(key="research")
    WorkReport.objects.filter(pk__in=[one.pk for one in reports]).update(team=elsewhere)


def test_of_a_digest_only_what_the_person_still_sees_is_sent(leader):
    gone, kept, *_more = reports_of_the_team(leader)
    say(leader, kind="test.said", title="GONE", about=gone)
    say(leader, kind="test.said", title="KEPT", about=kept)
    move_away(gone)
    with clock.clock_at(TOMORROW):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert "KEPT" in mail.outbox[0].body and "GONE" not in mail.outbox[0].body
    states = dict(Mail.objects.values_list("notice__title", "state"))
    assert states == {"KEPT": "sent", "GONE": "dropped"}


def test_of_a_bundle_only_what_the_person_still_sees_is_named(leader):
    gone, kept, *_more = reports_of_the_team(leader)
    tellings = [
        Telling(leader, f"WORD{place}", "/todo/", about=one)
        for place, one in enumerate((gone, kept, kept, kept))
    ]
    assert len(tell_each(tellings, kind="test.said")) == 4
    move_away(gone)
    with clock.clock_at(TOMORROW):
        outbox.send_waiting()
    assert "WORD1, and 2 more" in mail.outbox[0].body and "WORD0" not in mail.outbox[0].body
    move_away(kept)
    Mail.objects.update(state="waiting", batch="")
    with clock.clock_at(TOMORROW):
        outbox.send_waiting()
    assert len(mail.outbox) == 1 and state()[0] == "dropped"


def test_a_robot_switched_off_says_nothing_of_what_waited(cast, spoken):
    robot = a_robot()
    say(cast.member)
    desk.update_robot(actor=cast.administrator, record=robot, is_active=False)
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    assert state()[0] == "dropped" and spoken == []


def test_what_was_dropped_is_not_sent_again(reader, cast):
    say(reader)
    Mail.objects.update(state="dropped")
    with pytest.raises(NotNow):
        desk.resend_mail(actor=cast.administrator, record=Mail.objects.get())


# --- resending ------------------------------------------------------------------------------------


def test_a_message_sent_again_goes_to_the_present_address(reader, cast):
    say(reader)
    Mail.objects.update(state="failed", batch="<b@x>", attempts=8)
    reader.email = "new@example.com"
    reader.save()
    again = desk.resend_mail(actor=cast.administrator, record=Mail.objects.get())
    assert (again.state, again.to) == ("waiting", "new@example.com")
    outbox.send_waiting()
    assert mail.outbox[0].to == ["new@example.com"]


def test_a_message_to_who_has_no_address_is_refused_with_a_sentence(reader, cast):
    say(reader)
    Mail.objects.update(state="failed", batch="<b@x>")
    reader.email = ""
    reader.save()
    with pytest.raises(NotNow):
        desk.resend_mail(actor=cast.administrator, record=Mail.objects.get())
    assert Mail.objects.get().state == "failed"


# --- without a mail server ------------------------------------------------------------------------


def test_without_a_mail_server_nothing_counts_as_sent(reader, cast, settings):
    settings.MAIL_LEAVES = False
    say(reader)
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    assert (state()[0], mail.outbox) == ("unsent", [])
    settings.MAIL_LEAVES = True
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}, (
        "an old mail comes when it is asked for"
    )
    desk.resend_mail(actor=cast.administrator, record=Mail.objects.get())
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}


def test_without_a_mail_server_robots_speak_all_the_same(cast, settings, spoken):
    settings.MAIL_LEAVES = False
    a_robot()
    say(cast.member)
    assert outbox.send_waiting() == {"sent": 1, "failed": 0} and len(spoken) == 1


def test_wishes_and_log_say_that_there_is_no_mail_server(cast, sign_in, settings):
    cast.administrator.language = "en"
    cast.administrator.save()
    browser, sentence = sign_in(cast.administrator), "No mail server is set up"
    for place in ("/notices/channels", "/notices/sent/"):
        assert sentence not in browser.get(place).content.decode()
        with override_settings(MAIL_LEAVES=False):
            assert sentence in browser.get(place).content.decode()


# --- what fails -----------------------------------------------------------------------------------


class Broken(BaseEmailBackend):
    def send_messages(self, messages):
        raise RuntimeError("no such backend")


def fail_for_good() -> None:
    waiting = Mail.objects.filter(state="waiting")
    while waiting.exists():
        with clock.clock_at(waiting.latest("ready_at").ready_at):
            outbox.send_waiting()


def test_whatever_a_backend_raises_delays_and_ends_as_failed(reader, settings, caplog):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    say(reader)
    say(reader, kind="approvals.due")
    assert outbox.send_waiting() == {"sent": 0, "failed": 2}, "one fault stops nobody else's"
    Mail.objects.filter(kind="approvals.due").delete()
    assert state()[0] == "waiting"
    fail_for_good()
    ended, reason = Mail.objects.values_list("state", "error").get(kind="approvals.open")
    assert ended == "failed" and "RuntimeError" in reason
    assert "no such backend" in caplog.text


def test_of_a_robots_fault_nothing_is_kept_that_could_quote_its_address(cast, monkeypatch, caplog):
    def deliver(robot, text):
        raise RuntimeError("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET")

    monkeypatch.setattr(delivery, "deliver", deliver)
    a_robot()
    say(cast.member)
    assert outbox.send_waiting() == {"sent": 0, "failed": 1}
    assert "RuntimeError" in state()[1]
    assert "SECRET" not in state()[1] and "SECRET" not in caplog.text


def test_a_message_that_ends_its_sender_each_time_is_given_up(reader):
    say(reader)
    moment = NOW
    for _attempt in range(outbox.MOST_ATTEMPTS):
        with clock.clock_at(moment):
            outbox.take_back_interrupted()
            assert outbox._claim(Mail.objects.get()), "each sender died with it"
        moment += outbox.TOO_LONG * 2
    with clock.clock_at(moment):
        assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    ended, reason = Mail.objects.filter(person=reader).values_list("state", "error").get()
    assert ended == "failed" and str(outbox.MOST_ATTEMPTS) in reason
    assert Notice.objects.filter(kind="notices.failed").exists()


def test_administrators_hear_once_a_day_of_what_has_failed(reader, cast, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    say(reader)
    fail_for_good()
    say(reader)
    fail_for_good()
    told = Notice.objects.filter(kind="notices.failed")
    assert [one.person for one in told.all()] == list(holders(Role.ADMINISTRATOR)) != []
    with clock.clock_at(TOMORROW):
        say(reader)
        fail_for_good()
    assert told.count() == 2


def test_the_alarm_does_not_alarm_of_itself(cast, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    cast.administrator.email = "admin@example.com"
    cast.administrator.save()
    with clock.clock_at(shanghai(18, 16)):
        say(cast.administrator, kind="people.sessions")
    fail_for_good()
    assert Mail.objects.filter(ready_at__gte=shanghai(19, 0)).exists(), "its own on the next day"
    assert Notice.objects.filter(kind="notices.failed").count() == 1
    assert set(Mail.objects.values_list("state", flat=True)) == {"failed"}


def test_the_first_page_of_an_administrator_says_that_messages_failed(reader, cast, sign_in):
    cast.administrator.language = cast.manager.language = "en"
    cast.administrator.save()
    cast.manager.save()
    sentence = "1 message could not be sent."
    assert sentence not in sign_in(cast.administrator).get("/").content.decode()
    say(reader)
    say(reader)
    Mail.objects.update(state="failed", batch="<b@x>")
    page = sign_in(cast.administrator).get("/").content.decode()
    assert sentence in page and "/notices/sent/?view=failed" in page
    assert sentence not in sign_in(cast.manager).get("/").content.decode()
    with clock.clock_at(NOW + timedelta(days=8)):
        assert sentence not in sign_in(cast.administrator).get("/").content.decode()


# --- the hours of robots --------------------------------------------------------------------------


@pytest.fixture
def spoken(monkeypatch) -> list[str]:
    """What robots have said."""
    said: list[str] = []
    monkeypatch.setattr(delivery, "deliver", lambda robot, text: said.append(text))
    return said


def a_robot() -> Robot:
    return Robot.objects.create(
        name="群", kind="wecom", variable="ROBOT_X", language="en", groups=["approvals"]
    )


@pytest.mark.parametrize(
    ("at", "works"),
    [
        (shanghai(18, 0, 5), shanghai(18, 9)),
        (shanghai(18, 9), shanghai(18, 9)),
        (shanghai(18, 17, 59), shanghai(18, 17, 59)),
        (shanghai(18, 18), shanghai(19, 9)),
        (shanghai(20, 18), shanghai(23, 9)),
        (shanghai(21, 12), shanghai(23, 9)),
    ],
)
def test_the_next_moment_in_which_the_department_works(at, works):
    assert working_moment(at, STATUTORY) == works


def test_what_a_robot_hears_at_night_it_says_in_the_morning_and_all_of_it(cast, spoken):
    a_robot()
    for minute in (5, 7, 30):
        with clock.clock_at(shanghai(19, 0, minute)):
            say(cast.member, url=f"/approvals/{minute}")
            assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    assert set(Mail.objects.values_list("ready_at", flat=True)) == {shanghai(19, 9)}
    with clock.clock_at(shanghai(19, 9)):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert len(spoken) == 1 and "To be decided: 3" in spoken[0]


def test_a_robot_that_could_not_speak_by_day_does_not_catch_up_at_night(cast, spoken, reader):
    a_robot()
    say(reader)
    with clock.clock_at(shanghai(18, 23)):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}, "the mail alone"
    assert spoken == [] and len(mail.outbox) == 1
    with clock.clock_at(shanghai(19, 9)):
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert len(spoken) == 1


def test_a_trial_message_is_said_at_any_hour(cast, spoken, monkeypatch):
    monkeypatch.setitem(
        os.environ, "ROBOT_X", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a1b2c3d4"
    )
    with clock.clock_at(shanghai(18, 23)):
        desk.greet_robot(actor=cast.administrator, record=a_robot())
        assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert len(spoken) == 1


def test_by_day_a_robot_speaks_at_once(cast, spoken):
    a_robot()
    say(cast.member)
    assert tasks.send_mail(None) == {"sent": 1, "failed": 0} and len(spoken) == 1
