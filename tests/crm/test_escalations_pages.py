"""Pages, list, file and API of major matters."""

import uuid
from decimal import Decimal

import pytest

from crm.models import Escalation
from crm.services.bottom_lines import set_bottom_line
from crm.services.major import leave_with, take_over
from expansion.rulebook.selectors import rules_on
from expansion.transfer.services import exports
from tests.expansion.test_export import rows_of
from tests.make import authority as make
from tests.make import crm

pytestmark = pytest.mark.django_db


def key(**more) -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex} | more


def body(response) -> str:
    return response.content.decode()


def test_a_client_is_marked_and_decided_over_in_the_browser(cast, sign_in):
    client = crm.client(cast.member)
    url = client.get_absolute_url()
    mine, managers = sign_in(cast.member), sign_in(cast.manager)
    assert f"{url}/major" in body(mine.get(url))
    assert mine.get(f"{url}/major").status_code == 200
    assert mine.post(f"{url}/major", key()).status_code == 302
    matter = Escalation.objects.get().get_absolute_url()
    assert matter in body(mine.get(url)) and matter in body(managers.get("/todo/"))
    page = body(managers.get(matter))
    assert f"{matter}/take-over" in page and f"{matter}/leave" in page
    assert managers.post(f"{matter}/leave", key(reason=" ")).status_code == 422
    assert managers.post(f"{matter}/leave", key(reason="继续跟")).status_code == 302
    assert "继续跟" in body(mine.get(matter)) and matter not in body(mine.get(url))
    assert f"{url}/ordinary" in body(managers.get(url))
    assert managers.post(f"{url}/ordinary", key(reason="不做了")).status_code == 302


def test_taken_over_twice_by_a_second_click_is_once(cast, sign_in):
    matter = make.escalation(cast).get_absolute_url()
    browser, sent = sign_in(cast.manager), key(reason="我来")
    for _click in range(2):
        assert browser.post(f"{matter}/take-over", sent).status_code == 302
    assert browser.post(f"{matter}/take-over", key()).status_code == 409
    assert Escalation.objects.get().version == 2


def test_those_who_do_not_decide_are_told_who_does(cast, sign_in):
    matter = make.escalation(cast).get_absolute_url()
    browser = sign_in(cast.member)
    assert f"{matter}/leave" not in body(browser.get(matter))
    answer = browser.get(f"{matter}/leave")
    assert answer.status_code == 403 and cast.manager.name in body(answer)


def test_on_an_opportunity_the_waiting_matter_is_said_and_nothing_closes_it(cast, sign_in):
    one = make.escalation(cast)
    deal = make.to_win(cast.member, "10", client=one.client)
    url = deal.get_absolute_url()
    page = body(sign_in(cast.member).get(url))
    assert one.get_absolute_url() in page and f"{url}/win" not in page
    page = body(sign_in(cast.manager).get(url))
    assert one.get_absolute_url() in page and f"{url}/win" in page


def test_leadership_reaches_the_bottom_line_from_the_matter(cast, sign_in):
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal("1"))
    line = set_bottom_line(actor=cast.member, opportunity=deal, price=Decimal("2"))
    matter = Escalation.objects.get().get_absolute_url()
    assert line.get_absolute_url() in body(sign_in(cast.leadership).get(matter))
    assert line.get_absolute_url() not in body(sign_in(cast.leader).get(matter))


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 3), ("?state=open", 1), ("?state=taken_over", 1), ("?state=left_with", 1),
        ("?kind=client", 2), ("?kind=opportunity", 1), ("?kind=contract", 0),
        ("?why=marked", 2), ("?why=conditions", 1), ("?why=term", 0),
        ("?view=open", 1), ("?q=海纳", 1), ("?q=hnjd", 1), ("?view=mine", 0),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(cast, sign_in, query, number):
    three(cast)
    page = sign_in(cast.manager).get(f"/crm/escalations/{query}")
    wanted = number + 1 if query == "?view=mine" else number  # what was taken over is the manager's
    assert len(page.context["page"].records) == wanted


def three(cast) -> None:
    leave_with(actor=cast.manager, record=make.escalation(cast), reason="继续跟")
    taken = make.escalation(cast, client=crm.client(cast.member, "南京海纳酒店"))
    take_over(actor=cast.manager, record=taken, reason="我来")
    deal = crm.opportunity(cast.member, crm.client(cast.member), amount=Decimal("1"))
    set_bottom_line(actor=cast.member, opportunity=deal, price=Decimal("2"))


def test_the_log_is_taken_away_as_a_file_by_those_who_see_it(cast):
    three(cast)
    for part, number in (("manager", 3), ("leadership", 3), ("leader", 2), ("member", 3)):
        made = exports.export_list(
            rules=rules_on(), actor=getattr(cast, part), key="crm.escalations", query=""
        )
        assert len(rows_of(made)) - 1 == number, part


def test_the_api_reads_the_log_and_changes_nothing(cast, sign_in):
    one = make.escalation(cast)
    browser = sign_in(cast.leadership)
    found = browser.get("/api/v1/crm/escalations/").json()["results"]
    assert [(row["id"], row["triggers"]) for row in found] == [(one.pk, ["marked"])]
    shown = browser.get(f"/api/v1/crm/escalations/{one.pk}")
    assert shown.status_code == 200 and shown.json()["client"]["label"] == one.client.name
    assert browser.post("/api/v1/crm/escalations/", {}).status_code in (403, 405)
    assert sign_in(cast.colleague).get(f"/api/v1/crm/escalations/{one.pk}").status_code == 404


def test_the_ledger_leads_to_the_log(cast, sign_in):
    for page in ("/crm/contracts/", "/crm/obligations/"):
        assert "/crm/escalations/" in body(sign_in(cast.member).get(page))
