"""What asked for a decision waits unread no longer once nobody is asked for it (R-exp-11)."""

from datetime import timedelta

import pytest

from expansion import clock
from expansion.approvals.batches import approve_several
from expansion.approvals.models import Request
from expansion.approvals.reminders import remind
from expansion.approvals.services import decide, withdraw
from expansion.approvals.signers import add_signer, hand_on
from expansion.notices.models import Notice
from expansion.notices.selectors import unread_count
from expansion.notices.services import read_notice
from tests.cast import NOW
from tests.expansion.test_approval_signers import seat
from tests.expansion.test_approvals import deputise
from tests.make import contracts as make
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
CLIENTS = ("南京锦悦会展", "苏州青禾文化", "常州恒大机械", "无锡云帆商贸", "扬州瑞丰酒业")


def asking(person) -> int:
    """How many notices that ask for a decision the person has not read."""
    return Notice.objects.unread().listed().filter(person=person, kind="approvals.open").count()


def submitted(cast, clients=CLIENTS) -> dict[int, int]:
    found = [make.submitted(cast, client=make.a_client(cast.member, name)) for name in clients]
    return {one.pk: one.version for one in found}


@pytest.mark.parametrize("decision", ["approve", "return", "reject"])
def test_what_was_decided_waits_no_longer(cast, decision):
    request = make.submitted(cast)
    assert asking(cast.manager) == unread_count(cast.manager) == 1
    decide(actor=cast.manager, request=request, decision=decision, comment="因为")
    assert asking(cast.manager) == unread_count(cast.manager) == 0


def test_the_next_step_is_asked_and_the_submitters_news_stay(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    assert asking(cast.legal) == 1
    assert Notice.objects.unread().get(person=cast.member).kind == "approvals.approve"


def test_what_another_one_decided_waits_for_neither(cast):
    deputise(cast)
    request = make.submitted(cast)
    assert asking(cast.manager) == asking(cast.deputy) == 1
    decide(actor=cast.deputy, request=request, decision="approve")
    assert asking(cast.manager) == asking(cast.deputy) == 0


def test_another_matter_goes_on_waiting(cast):
    first, *_others = [Request.objects.get(pk=pk) for pk in submitted(cast, CLIENTS[:2])]
    decide(actor=cast.manager, request=first, decision="approve")
    assert asking(cast.manager) == 1


def test_of_several_who_all_decide_the_others_go_on_being_asked(cast):
    seat(cast.liaison, "company", "legal")
    put_in_force({"approvals.contract.chain": ["legal"], "approvals.contract.decisions": "all"})
    request = make.submitted(cast)
    assert asking(cast.legal) == asking(cast.liaison) == 1
    decide(actor=cast.legal, request=request, decision="approve")
    assert (asking(cast.legal), asking(cast.liaison)) == (0, 1)


def test_what_was_withdrawn_waits_no_longer(cast):
    request = make.submitted(cast)
    withdraw(actor=cast.member, request=request)
    assert asking(cast.manager) == 0


def test_what_was_handed_on_waits_for_the_other_one_alone(cast):
    request = make.submitted(cast)
    hand_on(actor=cast.manager, request=request, person=cast.finance, reason="出差")
    assert (asking(cast.manager), asking(cast.finance)) == (0, 1)


def test_a_step_that_comes_back_after_a_signer_is_asked_anew(cast):
    request = make.submitted(cast)
    told = {"person": cast.finance, "place": "before", "reason": "先看"}
    request = add_signer(actor=cast.manager, request=request, **told)
    assert (asking(cast.manager), asking(cast.finance)) == (0, 1)
    with clock.clock_at(LATER):
        decide(actor=cast.finance, request=request, decision="approve")
    assert (asking(cast.manager), asking(cast.finance)) == (1, 0)


def test_reminders_go_too_but_to_whose_matter_it_is_they_stay_news(cast):
    put_in_force({"deciding.late": "reminded"})
    request = make.submitted(cast)
    with clock.clock_at(NOW + timedelta(days=8)):
        remind(clock.now())
        late = Notice.objects.unread().filter(kind="approvals.overdue")
        assert {one.person for one in late} == {cast.manager, cast.member}
        decide(actor=cast.manager, request=request, decision="approve")
        assert [one.person for one in late.all()] == [cast.member]


def test_a_batch_settles_each_and_leaves_what_it_left(cast):
    read = submitted(cast, CLIENTS[:3])
    left = next(iter(read))
    approve_several(actor=cast.manager, versions=read | {left: 7})
    assert asking(cast.manager) == 1
    assert Notice.objects.unread().get(person=cast.manager).about_id == left


def test_many_read_as_one_wait_until_the_last_of_them_is_decided(cast):
    put_in_force({"approvals.contract.chain": ["legal", "manager"]})
    read = submitted(cast)
    approve_several(actor=cast.legal, versions=read)
    assert asking(cast.manager) == 1 and Notice.objects.filter(within=None).count() < 15
    versions = dict(Request.objects.values_list("pk", "version"))
    last = versions.popitem()
    approve_several(actor=cast.manager, versions=versions)
    assert asking(cast.manager) == 1
    approve_several(actor=cast.manager, versions=dict([last]))
    assert asking(cast.manager) == 0


def test_the_log_does_not_say_that_somebody_has_read_it(cast, sign_in):
    cast.administrator.language = "en"
    cast.administrator.save()
    request = make.submitted(cast)
    with clock.clock_at(LATER):
        decide(actor=cast.manager, request=request, decision="approve")
    notice = Notice.objects.get(person=cast.manager)
    page = f"/notices/told/?person={cast.manager.pk}"

    def rows(query: str) -> str:
        found = sign_in(cast.administrator).get(f"{page}&{query}").content.decode()
        return found.partition("<tbody>")[2].partition("</tbody>")[0]

    assert "settled unread" in rows("read=settled") and "10:41" not in rows("read=settled")
    assert cast.manager.name not in rows("read=yes") + rows("read=no")
    with clock.clock_at(LATER + timedelta(hours=1)):
        assert read_notice(actor=cast.manager, record=notice).read_at == clock.now()
    assert "11:41" in rows("read=yes") and cast.manager.name not in rows("read=settled")


def test_what_somebody_has_read_keeps_its_time(cast):
    request = make.submitted(cast)
    notice = Notice.objects.get(person=cast.manager)
    with clock.clock_at(LATER):
        read_notice(actor=cast.manager, record=notice)
        decide(actor=cast.manager, request=request, decision="approve")
    notice.refresh_from_db()
    assert notice.read_at == LATER and not notice.settled
