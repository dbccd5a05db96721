"""The board's cards: drawn by hand, so what a template does by itself is tested here."""

from datetime import timedelta

import pytest

from crm.board import CARDS
from crm.models import Opportunity
from expansion import clock
from expansion.people.models import Mandate
from expansion.people.services import mandates
from tests.make import crm as make

BOARD = "/crm/opportunities/board"
HOSTILE = """<b onload="x('y')">&amp;"""


def test_no_name_becomes_markup(cast, sign_in):
    cast.member.name = HOSTILE[:60]
    cast.member.save()
    client = make.client(cast.member, f"甲 {HOSTILE}", kind="person")
    make.opportunity(cast.member, client, f"乙 {HOSTILE}", amount=5)
    page = sign_in(cast.member).get(BOARD).text
    assert "<b onload" not in page and "x('y')" not in page
    escaped = "&lt;b onload=&quot;x(&#x27;y&#x27;)&quot;&gt;&amp;amp;"
    assert f"甲 {escaped}" in page and f"乙 {escaped}" in page
    assert page.count(escaped) >= 3


def test_a_column_shows_its_first_cards_and_how_many_more(cast, sign_in):
    client = make.client(cast.member)
    found = [make.opportunity(cast.member, client, f"场地{n:02}") for n in range(CARDS + 2)]
    newest = found[0]
    oldest = found[-1]
    now = clock.now()
    Opportunity.objects.filter(pk=newest.pk).update(stage_since=now + timedelta(minutes=1))
    Opportunity.objects.filter(pk=oldest.pk).update(stage_since=now - timedelta(days=40))
    page = sign_in(cast.member).get(BOARD)
    assert page.text.count('class="board-card"') == CARDS
    assert page.text.index(oldest.title) < page.text.index("场地01")
    assert newest.title not in page.text
    column = next(one for one in page.context["columns"] if one["key"] == newest.stage)
    assert (column["count"], column["more"]) == (CARDS + 2, 2)


def test_two_with_equal_seats_see_each_their_own(cast, sign_in):
    make.opportunity(cast.member, make.client(cast.member), "晴的场地")
    make.opportunity(cast.colleague, make.client(cast.colleague), "璐的场地")
    mine, theirs = sign_in(cast.member).get(BOARD).text, sign_in(cast.colleague).get(BOARD).text
    assert "晴的场地" in mine and "璐的场地" not in mine
    assert "璐的场地" in theirs and "晴的场地" not in theirs


@pytest.mark.parametrize("address", [BOARD, "/crm/clients/{pk}"])
def test_a_delegate_sees_what_the_principal_sees_while_the_mandate_runs(cast, sign_in, address):
    client = make.client(cast.member, "南京金陵票务有限公司")
    make.opportunity(cast.member, client)
    now = clock.now()
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    mandates.create_mandate(
        actor=cast.administrator,
        principal=cast.member,
        delegate=cast.partner_member,
        starts_at=begins,
        ends_at=ends,
        reason=Mandate.Reason.LEAVE,
    )
    browser, url = sign_in(cast.partner_member), address.format(pk=client.pk)
    for moment, seen in ((now, False), (begins, True), (ends, False)):
        with clock.clock_at(moment):
            assert ("南京金陵票务有限公司" in browser.get(url).text) is seen
