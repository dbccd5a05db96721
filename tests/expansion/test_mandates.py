"""Acting for somebody: no two at once, begun by an absence, told at both ends."""

from datetime import timedelta

import pytest

from expansion import clock, offers
from expansion.approvals.reach import chairs
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid
from expansion.notices.mandates import tell_begun_and_ended
from expansion.notices.models import Notice
from expansion.people.models import Mandate, Membership
from expansion.people.selectors import acts_under
from expansion.people.services.mandates import create_mandate, revoke_mandate
from expansion.rulebook.delegation import act_for_absent
from expansion.rulebook.selectors import rules_on
from tests.cast import assemble
from tests.make import crm as make
from tests.make.rules import put_in_force
from tests.together import together

HOUR = timedelta(hours=1)


def given(cast, begins=HOUR, lasts=HOUR, **values):
    usual = {
        "actor": cast.manager,
        "principal": cast.manager,
        "delegate": cast.deputy,
        "starts_at": clock.now() + begins,
        "ends_at": clock.now() + begins + lasts,
        "reason": "leave",
    }
    return create_mandate(**usual | values)


def test_one_matter_has_one_delegate_at_a_time(cast):
    given(cast)
    with pytest.raises(Invalid) as refused:
        given(cast, begins=1.5 * HOUR, delegate=cast.leader)
    assert cast.deputy.name in refused.value.fields["starts_at"][0]
    given(cast, begins=2 * HOUR, delegate=cast.leader)  # the hour after


def test_two_delegates_for_different_matters(cast):
    given(cast, kinds=["crm.contract"])
    given(cast, kinds=["research.report"], delegate=cast.leader)
    for kinds in ([], ["crm.contract", "research.plan"]):
        with pytest.raises(Invalid):
            given(cast, kinds=kinds, delegate=cast.leader)


def test_everybody_ends_what_runs_in_their_own_name_and_nothing_else(cast):
    legals = given(cast, actor=cast.administrator, principal=cast.legal, delegate=cast.leadership)
    for other in (cast.hr, cast.leadership):
        with pytest.raises(Forbidden):
            revoke_mandate(actor=other, mandate=legals)
    assert revoke_mandate(actor=cast.legal, mandate=legals).revoked_at is not None


def test_a_revoked_one_makes_room(cast):
    revoke_mandate(actor=cast.manager, mandate=given(cast))
    given(cast, delegate=cast.leader)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_given_at_once_one_stands():
    cast = assemble()

    def give(delegate):
        try:
            return given(cast, delegate=delegate)
        except Invalid:
            return None

    together([lambda: give(cast.deputy), lambda: give(cast.leader)])
    assert Mandate.objects.count() == 1


def absent(cast, person, event="leave.approved", **facts):
    span = {"starts_at": clock.now() + HOUR, "ends_at": clock.now() + 9 * HOUR}
    offers.announce(event, actor=cast.leadership, record=person, person=person, **span | facts)
    return Mandate.objects.all()


def test_the_deputy_acts_by_itself_from_the_managers_approved_leave(cast):
    """A-2.2.2a; the noun of leave comes later and announces the same."""
    (mandate,) = absent(cast, cast.manager)
    assert (mandate.principal, mandate.delegate) == (cast.manager, cast.deputy)
    assert (mandate.reason, mandate.kinds) == ("leave", [])
    assert len(absent(cast, cast.manager)) == 1  # somebody acts then already


def test_a_full_days_outing_counts_too(cast):
    (mandate,) = absent(cast, cast.manager, "outing.approved", kind=Mandate.Reason.OUTING)
    assert mandate.reason == "outing"


LISTED = {"delegation.powers": "listed", "delegation.passed_on": ["contract", "leave"]}


def test_where_the_powers_are_listed_those_approvals_pass_on_and_nothing_else(cast):
    put_in_force(LISTED)
    (mandate,) = absent(cast, cast.manager)
    assert mandate.kinds == ["contract", "leave"]
    with clock.clock_at(clock.now() + 2 * HOUR):
        deputy = cast.again(cast.deputy)
        held = [one.kinds for one in chairs(deputy) if one.holder == cast.manager.pk]
        assert set(held) == {("contract", "leave")}
        assert not any(seat.acting_for for seat in deputy.seats)


def test_a_list_that_passes_on_nothing_or_something_unknown_is_refused(cast):
    for kinds in ([], ["coffee"]):
        with pytest.raises(Invalid) as refused:
            rules_on().with_changes(LISTED | {"delegation.passed_on": kinds})
        assert list(refused.value.fields) == ["delegation.passed_on"]
    rules_on().with_changes({"delegation.passed_on": []})  # all powers pass: nothing is listed


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr"])
def test_nobody_elses_absence_gives_a_mandate(cast, part):
    assert not absent(cast, getattr(cast, part))


def test_a_vacant_post_and_a_rulebook_that_does_not_want_it(cast, monkeypatch):
    from expansion.rulebook import delegation

    Membership.objects.filter(user=cast.deputy).update(until=clock.today())
    with clock.clock_at(clock.now() + timedelta(days=2)):
        assert not absent(cast, cast.again(cast.manager))
    rules = delegation.rules_on()
    off = rules.delegation.auto_on_leave.model_copy(update={"value": False})
    silent = rules.model_copy(
        update={"delegation": rules.delegation.model_copy(update={"auto_on_leave": off})}
    )
    monkeypatch.setattr(delegation, "rules_on", lambda day=None: silent)
    span = {"starts_at": clock.now() + HOUR, "ends_at": clock.now() + 9 * HOUR}
    assert act_for_absent(actor=None, record=None, person=cast.manager, **span) is None


def test_both_sides_and_the_department_are_told_once_at_both_ends(cast):
    mandate = given(cast)
    assert tell_begun_and_ended() == 0  # it has not begun
    with clock.clock_at(clock.now() + 1.5 * HOUR):
        make.client(cast.deputy)
        told = tell_begun_and_ended()
        assert told == Notice.objects.filter(kind="mandate.begun").count() > 5
        assert tell_begun_and_ended() == 0
    inside = {"manager", "deputy", "leader", "member", "colleague", "outsider", "consolidator"}
    heard = set(Notice.objects.values_list("person__username", flat=True))
    assert inside <= heard and not {"hr", "legal", "liaison", "deactivated"} & heard
    with clock.clock_at(clock.now() + 3 * HOUR):
        tell_begun_and_ended()
        assert tell_begun_and_ended() == 0
    notice = Notice.objects.get(kind="mandate.ended", person=cast.manager)
    assert notice.url == mandate.get_absolute_url()


def test_the_principal_is_told_how_much_was_done(cast):
    from expansion.audit.services import write

    given(cast)
    with clock.clock_at(clock.now() + 1.5 * HOUR):
        for _ in range(2):
            write(actor=cast.deputy, verb="crm.x.done", about=None, for_person=cast.manager)
    with clock.clock_at(clock.now() + 3 * HOUR):
        tell_begun_and_ended()
    notice = Notice.objects.get(kind="mandate.ended", person=cast.manager)
    assert "2" in notice.title
    assert "2" not in Notice.objects.get(kind="mandate.ended", person=cast.leader).title


def test_one_revoked_before_it_began_is_nobodys_news(cast):
    revoke_mandate(actor=cast.manager, mandate=given(cast))
    with clock.clock_at(clock.now() + 3 * HOUR):
        assert tell_begun_and_ended() == 0


def test_the_form_says_who_acts_then_and_keeps_what_was_typed(cast, sign_in):
    mandate = given(cast)
    browser = sign_in(cast.manager)
    typed = {
        "request_id": "m1",
        "delegate": cast.leader.pk,
        "starts_at": clock.now().astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": mandate.ends_at.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M"),
        "reason": "outing",
    }
    answer = browser.post("/people/mandates/new", typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert cast.deputy.name in text and typed["ends_at"] in text


@pytest.mark.parametrize(("days", "told"), [(20, True), (30, True), (32, False)])
def test_what_began_and_ended_while_nothing_ran_is_told_afterwards(cast, days, told):
    given(cast)
    with clock.clock_at(clock.now() + 2 * HOUR + timedelta(days=days)):
        for _twice in range(2):
            tell_begun_and_ended()
    mine = Notice.objects.filter(person=cast.manager, within=None)
    assert mine.filter(kind="mandate.ended").count() == int(told)
    assert not mine.filter(kind="mandate.begun").exists()


def test_an_old_one_does_not_read_as_if_the_running_one_had_ended(cast):
    """Each with its dates; the newest, which is the running one's beginning, on top."""
    given(cast, lasts=timedelta(days=1))
    given(cast, begins=timedelta(days=5), lasts=timedelta(days=3))
    with clock.clock_at(clock.now() + timedelta(days=6)):
        tell_begun_and_ended()
    mine = Notice.objects.filter(person=cast.leader, kind__startswith="mandate.").order_by("-pk")
    begun, ended = mine
    assert (begun.kind, ended.kind) == ("mandate.begun", "mandate.ended")
    assert "11-23" in begun.title and "11-26" in begun.title
    assert "11-18" in ended.title and "11-19" in ended.title


def test_the_dates_are_those_of_the_readers_language_and_of_the_revocation(cast):
    cast.leader.language = "en"
    cast.leader.save()
    mandate = given(cast, lasts=timedelta(days=9))
    with clock.clock_at(clock.now() + timedelta(days=2)):
        tell_begun_and_ended()
        revoke_mandate(actor=cast.manager, mandate=mandate)
        tell_begun_and_ended()
    kinds = ("mandate.begun", "mandate.ended")
    begun, ended = (Notice.objects.get(person=cast.leader, kind=kind).title for kind in kinds)
    assert "Wed" in begun and "Fri" in begun and "Fri" in ended
    assert begun.endswith("27 Nov Fri") or "27" in begun
    assert "20" in ended and "27" not in ended


def test_it_begins_when_it_is_given_at_the_earliest(cast):
    """What was done before was not done under it, and is not listed as such."""
    first = given(cast, begins=timedelta(0))
    write(actor=cast.deputy, for_person=cast.manager, verb="test.done", about=cast.member)
    assert acts_under(first).count() == 1
    with clock.clock_at(clock.now() + HOUR / 2):
        revoke_mandate(actor=cast.manager, mandate=first)
        second = given(cast, begins=-48 * HOUR, lasts=50 * HOUR)
        assert second.starts_at == clock.now() and not acts_under(second).exists()
