"""What a process keeps between requests of seats and rules, and that every change ends it."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from expansion import clock
from expansion.people.backends import Login
from expansion.people.models import Mandate, Membership, Post, Revision, Role, Unit
from expansion.people.services import accounts, mandates, posts
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import asked_once, version_on
from expansion.rulebook.services.presets import load_preset
from tests.cast import assemble

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def committed():
    """The cast as committed rows: nothing is kept of what a transaction sees."""
    return assemble()


def arriving(person):
    """The person as the next request meets them."""
    return Login().get_user(person.pk)


def word() -> str:
    return Revision.objects.get().word


def queries(ask) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_the_second_request_reads_no_seats(committed):
    first, second = arriving(committed.member), arriving(committed.member)
    assert queries(lambda: first.seats) > 0
    assert queries(lambda: second.seats) == 0
    assert first.seats == second.seats


def test_a_post_opened_or_ended_is_seen_by_the_next_request(committed):
    assert not arriving(committed.member).holds(Role.LEADER)
    unit, post = Unit.objects.get(key="client"), Post.objects.filter(role=Role.LEADER)[0]
    post.headcount = 0
    post.save()
    seat = posts.open_membership(
        actor=committed.administrator,
        user=committed.member,
        unit=unit,
        post=post,
        since=clock.today() - timedelta(days=1),
    )
    assert arriving(committed.member).holds(Role.LEADER)
    yesterday = clock.today() - timedelta(days=1)
    posts.end_membership(actor=committed.administrator, membership=seat, until=yesterday)
    assert not arriving(committed.member).holds(Role.LEADER)


def test_a_post_ends_by_itself_at_midnight(committed):
    seat = Membership.objects.filter(user=committed.member)[0]
    posts.end_membership(actor=committed.administrator, membership=seat, until=clock.today())
    assert arriving(committed.member).seats
    with clock.clock_at(clock.now() + timedelta(days=1)):
        assert not arriving(committed.member).seats


def test_a_mandate_runs_and_ends_to_the_minute_though_seats_are_kept(committed):
    now = clock.now()
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    mandate = mandates.create_mandate(
        actor=committed.manager,
        principal=committed.manager,
        delegate=committed.colleague,
        starts_at=begins,
        ends_at=ends,
        reason=Mandate.Reason.LEAVE,
    )
    minute = timedelta(minutes=1)
    for moment, acts in ((now, False), (begins, True), (ends - minute, True), (ends, False)):
        with clock.clock_at(moment):
            assert arriving(committed.colleague).holds(Role.MANAGER) is acts
    with clock.clock_at(begins):
        mandates.revoke_mandate(actor=committed.manager, mandate=mandate)
        assert not arriving(committed.colleague).holds(Role.MANAGER)


def test_what_a_transaction_saw_and_took_back_is_not_kept(committed):
    person = arriving(committed.member)
    with transaction.atomic():
        Membership.objects.filter(user=committed.member).delete()
        assert not person.seats
        transaction.set_rollback(True)
    assert arriving(committed.member).seats


def test_a_change_is_unseen_until_it_is_committed(committed):
    before = word()
    with transaction.atomic():
        seat = Membership.objects.filter(user=committed.member)[0]
        posts.end_membership(actor=committed.administrator, membership=seat, until=clock.today())
        assert word() != before
        transaction.set_rollback(True)
    assert word() == before


def test_a_preset_loaded_anew_holds_at_once(committed):
    before = version_on()
    with asked_once(word()):
        version_on()
    load_preset(actor=committed.administrator, key="ktv", effective_on=clock.today())
    with asked_once(word()):
        assert version_on() != before


def test_whoever_leaves_passes_nothing_on(committed):
    now = clock.now()
    mandates.create_mandate(
        actor=committed.manager,
        principal=committed.manager,
        delegate=committed.colleague,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=3),
        reason=Mandate.Reason.LEAVE,
    )
    assert arriving(committed.colleague).holds(Role.MANAGER)
    accounts.change_status(actor=committed.administrator, record=committed.manager, status="left")
    assert not arriving(committed.colleague).holds(Role.MANAGER)


def test_a_tokens_person_has_no_word_and_nothing_is_kept(committed):
    person = get_user_model().objects.get(pk=committed.member.pk)
    again = get_user_model().objects.get(pk=committed.member.pk)
    assert queries(lambda: person.seats) > 0 and queries(lambda: again.seats) > 0


def test_a_login_alone_changes_no_word(committed):
    before = word()
    person = get_user_model().objects.get(pk=committed.member.pk)
    person.last_login = clock.now()
    person.save(update_fields=["last_login"])
    accounts.update_own_account(actor=committed.member, language="en")
    assert word() == before
    person.name = "许青"
    person.save()
    assert word() != before


def test_rules_are_read_once_under_a_word_and_anew_after_a_change(committed):
    with asked_once(word()):
        assert queries(version_on) == 1
    with asked_once(word()):
        assert queries(version_on) == 0
    Version.objects.get().save()
    with asked_once(word()):
        assert queries(version_on) == 1
    before = word()
    Version.objects.create(number=9, effective_on=clock.today(), content={}, preset="ktv")
    assert word() == before
    Version.objects.filter(number=9).first().delete()
    with asked_once():
        assert queries(version_on) == 1


def test_rules_seen_inside_a_transaction_are_not_kept(committed):
    with transaction.atomic(), asked_once(word()):
        version_on()
    with asked_once(word()):
        assert queries(version_on) == 1
