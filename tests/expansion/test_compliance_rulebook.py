"""What the rulebook proves of itself, and that new versions were approved."""

from datetime import date

from expansion import clock
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.people.models import Membership
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services import drafts
from tests.expansion.test_compliance_office import counted, fact, given
from tests.expansion.test_rulebook_drafts import CHAIN, FEEDBACK, change, publish

PLANTED = {"approvals.amendments"}


def test_a_version_is_approved_before_it_is_in_force(cast):
    publish(cast, {CHAIN: ["leadership"]}, effective_on=clock.today())  # nobody was asked
    assert counted(cast, "approvals.amendments") == (0, 1, 0)
    draft = change(cast, {FEEDBACK: "48 hours"})
    drafts.submit_draft(actor=cast.administrator, record=draft, rules=rules_on())
    assert counted(cast, "approvals.amendments") == (0, 1, 0)
    decide(actor=cast.leadership, request=latest(draft), decision="approve")
    assert counted(cast, "approvals.amendments") == (1, 1, 0)


def test_the_number_bound_follows_the_posts(cast):
    [before] = fact("rulebook.bound")
    Membership.objects.filter(user=cast.member).update(until=date(2026, 11, 1))
    after, unseated = fact("rulebook.bound")
    assert after != before
    assert unseated == "1 accounts are active without any post"


def test_versions_in_force_are_told_with_their_days(cast):
    [first] = fact("rulebook.in_force")
    publish(cast, effective_on=clock.today())
    second, again = fact("rulebook.in_force")
    assert again == first
    assert second.startswith("v2")


def test_who_approves_and_who_interprets_is_what_the_rulebook_says(cast):
    assert fact("rulebook.amending", given(policy__amendment_chain=["leadership"])) == [
        "New versions are approved by: leadership"
    ]
    assert fact("rulebook.amending", preset("market")) == [
        "New versions are approved by: Head of department"
    ]
    assert fact("rulebook.interpreting", given(policy__interpretation_by="leadership")) == [
        "Clauses are interpreted by: leadership"
    ]


def test_authority_and_acting_follow_the_settings(cast):
    assert "Major from this amount: 80000" in fact(
        "rulebook.authority", given(authority__major_amount="80000")
    )
    chains = len(rules_on().approvals)
    fewer = given(**{"approvals__research_plan__chain": ["leadership"]})
    assert fact("rulebook.authority")[-1] != fact("rulebook.authority", fewer)[-1]
    assert f"of {chains} approval chains" in fact("rulebook.authority")[-1]
    assert fact("rulebook.delegation")[0] == "Acts for the manager: Deputy manager"
    assert (
        fact("rulebook.delegation")[1]
        != fact("rulebook.delegation", given(delegation__auto_on_leave=False))[1]
    )


def test_teams_and_stages_are_those_of_the_regulation(cast):
    ktv, market = fact("rulebook.division"), fact("rulebook.division", preset("market"))
    assert ktv[0].startswith("Teams: ") and ktv != market
