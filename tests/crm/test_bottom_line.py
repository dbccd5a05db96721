"""The bottom line of a deal: set by who negotiates, read by three, found by nobody else."""

from datetime import timedelta
from decimal import Decimal

import pytest

from crm.models import BottomLine, Escalation
from crm.services.bottom_lines import change_bottom_line
from crm.services.clients import reassign_client
from crm.services.major import leave_with
from crm.services.opportunities import lose_opportunity, update_opportunity
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.audit.selectors import for_reader, label_of
from expansion.audit.wording import changes_of
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.people.services.shares import share_record
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of
from tests.make import authority as make
from tests.make import crm

pytestmark = pytest.mark.django_db
WORD, PRICE = "底线暗号zqlineqz", "87654321.09"


@pytest.fixture
def deal(cast):
    return crm.opportunity(cast.member, crm.client(cast.member), "年会场地")


@pytest.fixture
def line(cast, deal) -> BottomLine:
    return make.bottom_line(cast.member, deal, price=Decimal(PRICE), note=WORD)


def readers(cast, record) -> set[str]:
    people = {name: person for name, person in cast.everyone().items() if name != "deactivated"}
    return {name for name, person in people.items() if access.can(person, "view", record)}


def test_it_is_read_by_who_negotiates_the_manager_and_leadership(cast, line):
    assert readers(cast, line) == {"member", "manager", "leadership"}


def test_it_goes_with_the_negotiation(cast, line):
    reassign_client(
        actor=cast.manager, record=line.opportunity.client, owner=cast.colleague, reason="换人"
    )
    line.refresh_from_db()
    assert readers(cast, line) == {"colleague", "manager", "leadership"}


@pytest.mark.parametrize("part", ["leader", "leadership", "colleague", "deputy"])
def test_nobody_else_sets_it(cast, deal, part):
    with pytest.raises(Forbidden):
        make.bottom_line(getattr(cast, part), deal)
    assert not BottomLine.objects.exists()


@pytest.mark.parametrize("part", ["leader", "leadership", "colleague"])
def test_nobody_else_changes_it(cast, line, part):
    with pytest.raises(Forbidden):
        change_bottom_line(actor=getattr(cast, part), record=line, price=Decimal("1"))


def test_the_manager_sets_and_changes_it_too(cast, deal):
    line = make.bottom_line(cast.manager, deal)
    change_bottom_line(actor=cast.manager, record=line, share=Decimal("40"))
    line.refresh_from_db()
    assert (line.price, line.share, line.set_by) == (Decimal("90000"), 40, cast.manager)


def test_who_acts_for_the_manager_reads_and_changes_it(cast, line):
    delegate = make.acting(cast)
    assert access.can(delegate, "view", line)
    change_bottom_line(actor=delegate, record=line, term_months=12)


def test_an_opportunity_has_one(cast, deal, line):
    with pytest.raises(NotNow):
        make.bottom_line(cast.manager, deal)


def test_it_is_changed_once_per_version(cast, line):
    change_bottom_line(actor=cast.member, record=line, version=1, price=Decimal("80000"))
    with pytest.raises(Stale):
        change_bottom_line(actor=cast.manager, record=line, version=1, price=Decimal("70000"))
    line.refresh_from_db()
    assert line.price == Decimal("80000")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("price", {"price": None}),
        ("price", {"price": Decimal("-0.01")}),
        ("term_months", {"term_months": 0}),
        ("term_months", {"term_months": 601}),
        ("share", {"share": Decimal("100.01")}),
        ("share", {"share": Decimal("-1")}),
    ],
)
def test_what_does_not_hold_is_refused_with_its_field(cast, deal, field, values):
    with pytest.raises(Invalid) as refused:
        make.bottom_line(cast.member, deal, **values)
    assert field in refused.value.fields


@pytest.mark.parametrize("values", [{"share": 0}, {"share": 100}, {"term_months": 600}])
def test_one_of_its_values_is_enough(cast, deal, values):
    assert make.bottom_line(cast.member, deal, **({"price": None} | values)).pk


# Below the line


@pytest.mark.parametrize(("amount", "number"), [("90000.00", 0), ("89999.99", 1)])
def test_a_deal_below_its_line_is_put_forward(cast, deal, amount, number):
    make.bottom_line(cast.member, deal)
    update_opportunity(actor=cast.member, record=deal, amount=Decimal(amount))
    assert Escalation.objects.filter(triggers=["conditions"]).count() == number


def test_a_line_drawn_above_the_deal_puts_it_forward(cast, deal):
    update_opportunity(actor=cast.member, record=deal, amount=Decimal("50000"))
    line = make.bottom_line(cast.member, deal, price=Decimal("50000"))
    assert not Escalation.objects.exists()
    change_bottom_line(actor=cast.member, record=line, price=Decimal("50000.01"))
    assert Escalation.objects.get().opportunity == deal


def test_what_a_closed_deal_was_held_against_stays_as_it_was(cast, deal, line, sign_in):
    lose_opportunity(actor=cast.member, record=deal, reason="对方换了供应商")
    with pytest.raises(NotNow, match="stays as it was"):
        change_bottom_line(actor=cast.member, record=line, price=Decimal("1"))
    line.refresh_from_db()
    assert line.price == Decimal(PRICE)
    page = sign_in(cast.member).get(line.get_absolute_url())
    assert page.status_code == 200 and f"{line.get_absolute_url()}/edit" not in page.text


def test_a_closed_deal_gets_no_line_any_more(cast, deal):
    lose_opportunity(actor=cast.member, record=deal, reason="对方换了供应商")
    with pytest.raises(NotNow, match="stays as it was"):
        make.bottom_line(cast.member, deal)
    assert not BottomLine.objects.exists()


def test_a_deal_that_falls_further_is_asked_about_again(cast, deal):
    make.bottom_line(cast.member, deal)
    update_opportunity(actor=cast.member, record=deal, amount=Decimal("80000"))
    leave_with(actor=cast.manager, record=Escalation.objects.get(), reason="可以")
    for amount, number in (("85000", 1), ("80000", 1), ("79999.99", 2)):
        update_opportunity(actor=cast.member, record=deal, amount=Decimal(amount))
        assert Escalation.objects.count() == number, amount


# Nobody else meets it


def test_the_trail_tells_its_values_to_nobody_else(cast, line):
    change_bottom_line(actor=cast.member, record=line, note=WORD * 2)
    entries = Entry.objects.filter(verb__startswith="crm.bottomline.")
    assert entries.count() == 2
    for part, reads in (("manager", True), ("leadership", True), ("administrator", False)):
        told = list(for_reader(getattr(cast, part), entries))
        words = "".join(changes_of(one) + label_of(one) for one in told)
        assert (WORD in words) is reads, part


def test_a_share_of_the_deal_opens_no_bottom_line(cast, deal, line):
    until = clock.today() + timedelta(days=30)
    for record, person in ((deal, cast.colleague), (deal.client, cast.outsider)):
        share_record(
            actor=cast.member, record=record, person=person, until=until, reason="一起跟",
            for_work=True,
        )  # fmt: skip
        again = cast.again(person)
        assert access.can(again, "view", deal) and not access.can(again, "view", line)


PAGES = (
    "{deal}", "{client}", "{client}?tab=opportunities", "{client}?tab=changes", "{line}",
    "{line}/edit", "{deal}/bottom-line", "/crm/opportunities/", "/crm/opportunities/board",
    "/search/?q=zqline", "/crm/clients/?q=zqline", "/crm/opportunities/?q=zqline",
    "/crm/escalations/", "/audit/", "/todo/", "/", "/api/v1/crm/opportunities/",
    "/api/v1/crm/escalations/", "/api/v1/crm/clients/",
)  # fmt: skip


def test_no_page_list_search_or_answer_tells_it_to_anybody_else(cast, deal, line, sign_in):
    places = {
        "deal": deal.get_absolute_url(),
        "client": deal.client.get_absolute_url(),
        "line": line.get_absolute_url(),
    }
    others = {name for name in vars(cast) if name not in ("version", "anonymous", "deactivated")}
    for name in others - {"member", "manager", "leadership"}:
        browser = sign_in(getattr(cast, name))
        for page in PAGES:
            body = browser.get(page.format(**places)).content.decode()
            assert WORD not in body, (name, page)
            assert "87,654,321" not in body and PRICE not in body, (name, page)


def test_those_three_read_it_on_its_page_and_two_on_the_deals(cast, deal, line, sign_in):
    for part in ("member", "manager", "leadership"):
        body = sign_in(getattr(cast, part)).get(line.get_absolute_url()).content.decode()
        assert WORD in body and "87,654,321.09" in body
    for part in ("member", "manager"):
        body = sign_in(getattr(cast, part)).get(deal.get_absolute_url()).content.decode()
        assert "87,654,321.09" in body
    assert sign_in(cast.leadership).get(deal.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("key", ["crm.opportunities", "crm.clients", "crm.escalations"])
def test_no_export_holds_it_not_even_for_those_who_read_it(cast, line, key):
    update_opportunity(actor=cast.member, record=line.opportunity, amount=Decimal("1"))
    for part in ("member", "leader", "manager"):
        made = exports.export_list(rules=rules_on(), actor=getattr(cast, part), key=key, query="")
        assert WORD not in str(rows_of(made)) and "87654321" not in str(rows_of(made))


def test_the_form_keeps_what_was_typed_and_shows_a_second_editor_both_values(cast, deal, sign_in):
    url = f"{deal.get_absolute_url()}/bottom-line"
    browser = sign_in(cast.member)
    sent = {"request_id": "a1", "price": "abc", "currency": "CNY", "note": WORD}
    answer = browser.post(url, sent)
    assert answer.status_code == 422 and WORD in answer.content.decode()
    assert browser.post(url, sent | {"price": "90000"}).status_code == 302
    line = BottomLine.objects.get()
    assert browser.get(url).headers["Location"] == f"{line.get_absolute_url()}/edit"
    edit = {"currency": "CNY", "version": "1", "price": "80000", "note": WORD}
    address = f"{line.get_absolute_url()}/edit"
    assert browser.post(address, edit | {"request_id": "b1"}).status_code == 302
    late = sign_in(cast.manager).post(address, edit | {"request_id": "b2", "price": "70000"})
    assert late.status_code == 409
    assert "70000" in late.content.decode() and "80000" in late.content.decode()


def test_the_leader_is_told_whom_to_ask(cast, deal, sign_in):
    answer = sign_in(cast.leader).get(f"{deal.get_absolute_url()}/bottom-line")
    assert answer.status_code == 403 and cast.member.name in answer.content.decode()
