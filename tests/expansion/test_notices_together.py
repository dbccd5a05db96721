"""A notice taken back while its e-mail is being sent, each on a connection of its own."""

import pytest
from django.core import mail

from expansion.notices import outbox
from expansion.notices.models import Mail, Notice
from expansion.notices.services import choose_channels, tell
from expansion.notices.taking_back import take_back
from tests.together import halted, together

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("mail_server"),
]


@pytest.fixture
def told(cast) -> Notice:
    """A notice whose e-mail waits."""
    cast.member.email = "member@example.com"
    cast.member.save()
    choose_channels(actor=cast.member, wishes={"work": "at_once"})
    (notice,) = tell(people=[cast.member], kind="test.said", title="x", url="/todo/", key="k")
    return notice


@pytest.mark.parametrize(
    "halt", ["expansion.notices.taking_back._stop_mails", "expansion.notices.outbox._send"]
)
def test_a_mail_leaves_or_is_taken_back_and_never_both(told, monkeypatch, halt):
    inside = halted(monkeypatch, halt)
    takes_first = halt.endswith("_stop_mails")

    def take() -> int:
        assert takes_first or inside.wait(timeout=10)
        return take_back(key="k")

    def send() -> dict[str, int]:
        assert not takes_first or inside.wait(timeout=10)
        return outbox.send_waiting()

    taken, sent = together([take, send])
    assert (taken, sent["sent"]) in {(0, 1), (1, 0)}
    assert len(mail.outbox) == Notice.objects.count() == Mail.objects.count() == sent["sent"]


def test_a_mail_that_was_taken_back_first_is_not_sent(told):
    assert take_back(key="k") == 1
    assert outbox.send_waiting() == {"sent": 0, "failed": 0}
    assert not Mail.objects.exists()


def test_a_notice_whose_mail_has_left_stays(told):
    assert outbox.send_waiting() == {"sent": 1, "failed": 0}
    assert take_back(key="k") == 0
    assert Notice.objects.get().mail.state == Mail.State.SENT
