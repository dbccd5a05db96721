"""Candidates: noted, rated, decided, shown with care, forgotten (R-exp-24, E3-4.1, law 8)."""

import pytest
from django.core.serializers import serialize

from expansion import access
from expansion.approvals.models import Request
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.office.models import Candidate, PersonnelChange
from expansion.office.selectors.personnel import average, criteria
from expansion.office.services import candidates, changes, forgetting, openings
from expansion.rehearsal import within
from expansion.rulebook.selectors import rules_on
from tests.make import personnel as make

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


def decide(cast, candidate, decision, reason=""):
    return candidates.decide_candidate(
        actor=cast.manager, record=candidate, decision=decision, reason=reason
    )


def test_a_candidate_is_noted_with_an_entry(cast):
    candidate = make.a_candidate(cast)
    assert candidate.decision == "pending"
    entry = Entry.objects.get(verb="office.candidate.created")
    assert entry.actor == cast.hr and entry.changes["name"] == ["", "顾佳"]


def test_nobody_applies_for_what_is_not_open(cast):
    draft = make.a_draft(cast)
    with pytest.raises(NotNow):
        make.a_candidate(cast, opening=draft)


def test_nobody_is_noted_twice_for_one_opening(cast):
    opening = make.an_opening(cast)
    make.a_candidate(cast, opening=opening)
    with pytest.raises(Invalid) as refused:
        make.a_candidate(cast, opening=opening, name="顾小佳", email="")
    assert "phone" in refused.value.fields
    make.a_candidate(cast)  # for another opening


@pytest.mark.parametrize(
    "part", ["member", "leader", "deputy", "leadership", "administrator", "finance"]
)
def test_nobody_but_manager_and_hr_sees_candidates(cast, sign_in, part):
    candidate, person = make.a_candidate(cast), getattr(cast, part)
    assert not access.can(person, "view", candidate)
    for path in ("", "/edit", "/rate", "/decide", "/forget"):
        answer = sign_in(person).get(candidate.get_absolute_url() + path)
        assert answer.status_code == 404
    with pytest.raises(Forbidden):
        candidates.reveal_candidate(actor=person, record=candidate)
    with pytest.raises(Forbidden):
        forgetting.forget_candidate(actor=person, record=candidate, reason="x")


def test_ratings_go_by_the_criteria_of_the_regulation(cast):
    rated = candidates.rate_candidate(
        actor=cast.manager,
        record=make.a_candidate(cast),
        ratings={"market_sense": 4, "communication": 5},
        rules=rules_on(),
    )
    assert average(rated) == 4.5 and rated.rules_version == cast.version
    assert [one["rating"] for one in criteria(rated, rules_on())] == [4, 0, 0, 5]
    more = candidates.rate_candidate(
        actor=cast.hr, record=rated, ratings={"teamwork": 3}, rules=rules_on()
    )
    assert more.ratings == {"market_sense": 4, "communication": 5, "teamwork": 3}
    assert Entry.objects.filter(verb="office.candidate.rated").count() == 2


@pytest.mark.parametrize("ratings", [{}, {"charm": 3}, {"teamwork": 0}, {"teamwork": 6}])
def test_ratings_that_are_refused(cast, ratings):
    candidate = make.a_candidate(cast)
    with pytest.raises(Invalid):
        candidates.rate_candidate(
            actor=cast.manager, record=candidate, ratings=ratings, rules=rules_on()
        )


def test_other_criteria_are_a_matter_of_the_regulation(cast):
    named = [{"key": "patience", "zh": "耐心", "en": "Patience"}]
    rules = rules_on().model_copy(
        update={"recruitment": type(rules_on().recruitment).model_validate({"criteria": named})}
    )
    candidate = make.a_candidate(cast)
    candidates.rate_candidate(
        actor=cast.manager, record=candidate, ratings={"patience": 2}, rules=rules
    )
    with pytest.raises(Invalid):
        candidates.rate_candidate(
            actor=cast.manager, record=candidate, ratings={"teamwork": 2}, rules=rules
        )


def test_a_choice_and_a_refusal_need_their_reason(cast):
    candidate = decide(cast, make.a_candidate(cast), "invited")
    for decision in ("chosen", "declined"):
        with pytest.raises(Invalid):
            decide(cast, candidate, decision, " ")
    chosen = decide(cast, candidate, "chosen", "陪访时最稳。")
    assert (chosen.decided_by, chosen.decision_reason) == (cast.manager, "陪访时最稳。")
    assert Entry.objects.filter(verb="office.candidate.chosen").count() == 1
    with pytest.raises(NotNow):
        decide(cast, chosen, "invited")


def test_who_is_being_hired_is_not_turned_down(cast):
    change = make.a_hire(cast)
    with pytest.raises(NotNow):
        decide(cast, change.candidate, "declined", "改主意了。")
    make.decided(change, "reject", "编制不够。")
    assert decide(cast, change.candidate, "declined", "改主意了。").decision == "declined"


def test_numbers_are_masked_until_somebody_looks(cast, sign_in):
    candidate, hr = make.a_candidate(cast), sign_in(cast.hr)
    url = candidate.get_absolute_url()
    pages = [hr.get(url), hr.get("/office/personnel/candidates/")]
    assert not any("13951870426" in one.content.decode() for one in pages)
    shown = hr.post(f"{url}/reveal").content.decode()
    assert "+8613951870426" in shown and make.EMAIL in shown
    assert Entry.objects.get(verb="office.candidate.revealed").actor == cast.hr
    assert hr.get(f"{url}/reveal").headers["Location"] == url


def test_the_api_masks_and_reveals(cast, sign_in):
    candidate, hr = make.a_candidate(cast), sign_in(cast.hr)
    base = f"/api/v1/office/candidates/{candidate.pk}"
    assert make.PHONE not in hr.get(base).content.decode()
    assert hr.post(f"{base}/reveal", **JSON).json()["phone"] == make.PHONE
    rated = hr.post(f"{base}/rate", {"ratings": {"teamwork": 4}}, **JSON)
    assert rated.json()["mean_rating"] == 4.0
    decided = hr.post(f"{base}/decide", {"decision": "declined", "reason": "经验不够。"}, **JSON)
    assert decided.json()["decision"] == "declined"
    assert sign_in(cast.leader).get(base).status_code == 404
    taken = {"opening": candidate.opening_id, "name": "祝青", "phone": "no number"}
    assert hr.post("/api/v1/office/candidates/", taken, **JSON).status_code == 422
    made = hr.post("/api/v1/office/candidates/", taken | {"phone": "18061743295"}, **JSON)
    assert made.status_code == 201
    assert Candidate.objects.get(name="祝青").phone == "+8618061743295"


def test_a_rehearsal_shows_none(cast):
    make.a_candidate(cast)
    with within():
        assert not access.visible_to(cast.manager, Candidate.objects.all()).exists()


# Forgetting


def everywhere() -> str:
    """All that is stored of candidates, changes, rounds, notices and the trail."""
    models = (Candidate, PersonnelChange, Request, Notice, Entry)
    return "".join(serialize("json", one.objects.all(), ensure_ascii=False) for one in models)


def test_a_forgotten_candidate_is_gone_from_record_trail_notices_and_rounds(cast):
    candidate = make.a_candidate(cast, note="顾佳的先生在园区行政。")
    candidates.update_candidate(actor=cast.hr, record=candidate, version=1, name="顾家佳")
    candidates.update_candidate(actor=cast.hr, record=candidate, version=2, name="顾佳")
    candidates.rate_candidate(
        actor=cast.manager, record=candidate, ratings={"teamwork": 4}, rules=rules_on()
    )
    decide(cast, candidate, "chosen", "顾佳陪访时最稳。")
    change = make.a_hire(cast, candidate=candidate)
    make.decided(change, "reject", "编制不够。")
    decide(cast, candidate, "declined", "编制不够。")
    forgetting.forget_candidate(actor=cast.hr, record=candidate, reason="顾佳要求删除。")
    candidate.refresh_from_db()
    assert candidate.forgotten_at and candidate.ratings == {"teamwork": 4}
    kept = everywhere()
    for word in ("顾佳", "顾家佳", "3951870426", make.EMAIL, "林嘉推荐", "gu.jia", "园区行政"):
        assert word not in kept, word
    entry = Entry.objects.get(verb="office.candidate.erased")
    assert entry.actor == cast.hr and "要求删除" in entry.changes["reason"][1]


def test_forgetting_twice_and_touching_afterwards_is_refused(cast):
    candidate = make.a_candidate(cast)
    forgetting.forget_candidate(actor=cast.hr, record=candidate, reason="本人要求。")
    stale = Candidate.objects.get(pk=candidate.pk)
    stale.forgotten_at = None  # as a page still has it
    with pytest.raises(NotNow):
        forgetting.forget_candidate(actor=cast.hr, record=stale, reason="本人要求。")
    with pytest.raises(NotNow):
        candidates.update_candidate(actor=cast.hr, record=stale, name="顾佳")
    candidate.refresh_from_db()
    with pytest.raises(Forbidden):
        forgetting.forget_candidate(actor=cast.hr, record=candidate, reason="本人要求。")


def test_who_is_hired_belongs_to_the_staff_file(cast):
    change = make.a_hire(cast)
    with pytest.raises(NotNow):
        forgetting.forget_candidate(actor=cast.hr, record=change.candidate, reason="本人要求。")


def test_the_way_by_the_pages(cast, sign_in):
    hr, opening = sign_in(cast.hr), make.an_opening(cast)
    new = f"/office/personnel/candidates/new?opening={opening.pk}"
    assert f'value="{opening.pk}" selected' in hr.get(new).content.decode()
    given = {"request_id": "c1", "opening": opening.pk, "name": "顾佳", "phone": "13951870426"}
    made = hr.post(new, given)
    candidate = Candidate.objects.get()
    url = candidate.get_absolute_url()
    assert made.headers["Location"] == url and candidate.phone == make.PHONE
    assert hr.get(f"{url}/rate").status_code == 200
    assert hr.post(f"{url}/rate", {"request_id": "c2"}).status_code == 422
    rated = hr.post(f"{url}/rate", {"request_id": "c3", "innovation": 4, "teamwork": 2})
    assert rated.status_code == 302
    answer = hr.post(f"{url}/decide", {"request_id": "c4", "decision": "chosen", "reason": ""})
    assert answer.status_code == 422
    reason = {"decision": "chosen", "reason": "陪访时最稳。"}
    assert hr.post(f"{url}/decide", {"request_id": "c5"} | reason).status_code == 302
    page = sign_in(cast.manager).get(url).content.decode()
    assert "陪访时最稳。" in page and "3.0 / 5" in page and f"{url}/hire" in page
    edited = {"request_id": "c6", "version": 3, "name": "顾佳佳", "phone": "13951870426"}
    assert hr.post(f"{url}/edit", edited).status_code == 302
    assert hr.post(f"{url}/forget", {"request_id": "c7", "reason": "本人要求。"}).status_code == 302
    assert "顾佳" not in hr.get(url).content.decode()


def test_an_opening_that_is_gone_hires_nobody(cast):
    candidate = make.a_chosen(cast)
    openings.withdraw_opening(actor=cast.manager, record=candidate.opening, reason="编制冻结。")
    with pytest.raises(NotNow):
        changes.propose_hire(
            actor=cast.manager, rules=rules_on(), candidate=candidate, username="gu.jia",
            effective_on=make.days(3), reason="补人。",
        )  # fmt: skip
