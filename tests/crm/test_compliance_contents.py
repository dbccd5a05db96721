"""What the rulebook lists for files and records: each check with a case kept and one broken."""

from datetime import date

from crm.compliance import contents
from crm.models import Client
from expansion.rulebook.loading import preset
from tests.crm.test_compliance import counted, visited
from tests.make import crm as make

PLANTED = {"crm.visit_contents", "crm.territories_noted"}


def test_visit_records_say_all_that_is_listed(cast):
    club = preset("club")  # needs, concerns, questions
    noted = {"needs": "两间大包", "concerns": "预算"}
    visited(cast, 3, own={"questions": "停车"}, **noted)
    visited(cast, 4, **noted)
    visited(cast, 5, own={"questions": "停车"})
    assert counted("crm.visit_contents", cast.member, rules=club) == (1, 2, 0)
    visited(cast, 6, own={"persons_met": "物业部经理"})
    market = preset("market")  # persons met; the talks are what was said
    assert counted("crm.visit_contents", cast.member, rules=market) == (1, 3, 0)
    assert counted("crm.visit_contents", cast.member, rules=preset("business")) == (0, 0, 0)


def test_new_files_say_in_which_territory_they_lie(cast):
    market = preset("market")
    whole = make.client(cast.member, region="鼓楼区", industry="写字楼")
    others = [make.client(cast.member, region="鼓楼区") for _number in range(2)]
    for client, day in ((whole, 3), (others[0], 4), (others[1], 18)):
        Client.objects.filter(pk=client.pk).update(first_contact_on=date(2026, 11, day))
    assert counted("crm.territories_noted", cast.member, rules=market) == (1, 1, 1)
    off = market.with_changes({"crm.territories": False})
    assert counted("crm.territories_noted", cast.member, rules=off) == (0, 0, 0)


def test_a_long_project_is_followed_up_at_its_own_interval(cast):
    market = preset("market")  # 7 days, long ones 60
    for reason in ("", "楼宇明年交付"):
        lead = make.lead(cast.member, make.client(cast.member))
        lead.status, lead.effective_on, lead.long_cycle = "effective", date(2026, 11, 1), reason
        lead.effective_owner = lead.owner
        lead.save()
        visited(cast, 2, client=lead.client)
    # One by the 8th, the 9th, the 16th and the 23rd; the other not before the end of the year.
    assert counted("crm.leads_followed_up", cast.member, rules=market) == (1, 2, 1)
    sooner = market.with_changes({"sla.long_cycle_follow_up": "14 days"})
    assert counted("crm.leads_followed_up", cast.member, rules=sooner) == (2, 3, 2)


def test_kinds_and_history_are_proven_by_their_numbers(cast):
    make.client(cast.member, category="merchant", own={"project": "2025年会"})
    make.client(cast.member)
    kinds = list(contents.kinds(preset("leasing")))
    assert kinds == ["Merchant (investment client): 1 client"]
    assert list(contents.history(preset("club"))) == [
        "Project: 1 client",
        "Time: 0 clients",
        "Amount: 0 clients",
    ]
    assert list(contents.history(preset("ktv"))) == []
