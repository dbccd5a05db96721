"""The pages: who may open them, what they show, how a refused form comes back."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from appraisal.desk.cockpit import Cockpit
from appraisal.desk.score import ScorePage
from appraisal.models import Appeal, ConsequenceCase, Participant, Result, Review, Stage, Target
from appraisal.services import appeals, cycles
from appraisal.services.cycles import plan_cycle, set_target
from appraisal.services.results import acknowledge_result
from appraisal.views.trial import TrialDesk
from expansion import clock
from expansion.notices.models import Notice
from expansion.people.models import Mandate, Membership, Status, User
from expansion.rulebook.loading import preset
from expansion.rulebook.selectors import rules_on, version_on
from expansion.worktime import Period
from tests.make import appraisal as make
from tests.make.rules import put_in_force

KEY = {"request_id": "one"}


@pytest.fixture
def quarter(cast):
    return make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}}
    )


def test_the_result_shows_its_arithmetic_in_numbers(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    page = sign_in(cast.member).get(f"/appraisal/scores/{one.pk}").content.decode()
    for piece in ("86.33", "0.6 × (", "91.67", "51.73", "17.60", "17.00"):
        assert piece in page
    assert "80 – 90" in page


@pytest.mark.parametrize(
    "name", ["colleague", "outsider", "deputy", "administrator", "legal", "finance", "liaison"]
)
def test_for_everybody_else_the_result_is_not_there(cast, quarter, sign_in, name):
    one = make.of(quarter, cast.member)
    browser = sign_in(getattr(cast, name))
    for path in ("", "?indicator=new_clients", "/self-review", "/evaluation", "/appeal"):
        assert browser.get(f"/appraisal/scores/{one.pk}{path}").status_code == 404
    assert browser.get("/appraisal/scores/999999").status_code == 404


def test_a_score_is_on_no_page_before_it_is_delivered(cast, sign_in):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    make.reviewed(cycle, {cast.member.pk: {"attitude": 88, "ability": 85}})
    one = make.of(cycle, cast.member)
    for person, path in (
        (cast.member, f"/appraisal/scores/{one.pk}"),
        (cast.member, "/appraisal/"),
        (cast.leader, "/appraisal/evaluations/"),
        (cast.hr, f"/appraisal/cycles/{cycle.pk}"),
        (cast.hr, f"/appraisal/scores/{one.pk}"),
    ):
        assert "86.33" not in sign_in(person).get(path).content.decode(), path
    assert "86.33" in sign_in(cast.manager).get(f"/appraisal/cycles/{cycle.pk}").content.decode()


def test_a_rating_not_shown_yet_is_not_called_missing(cast, sign_in):
    """The superior has rated: who may not read it yet is told from when on it is shown."""
    User.objects.update(language="en")
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.of(cycle, cast.member)

    def read_by(person) -> str:
        return sign_in(person).get(f"/appraisal/scores/{one.pk}").content.decode()

    Participant.objects.filter(pk=one.pk).update(stage=Stage.EVALUATION)
    assert "shown from “result delivered” on" in read_by(cast.member)
    assert "not rated yet" in read_by(cast.leader)
    make.reviewed(cycle, {cast.member.pk: {"attitude": 88, "ability": 85}})
    page = read_by(cast.member)
    assert "shown from “result delivered” on" in page and "not rated yet" not in page


def test_an_appeal_is_headed_by_what_it_is_not_by_the_act(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    browser = sign_in(cast.member)
    browser.post(
        f"/appraisal/scores/{one.pk}/appeal", {**KEY, "ground": "value", "text": "规模应按集团算。"}
    )
    appeal = Appeal.objects.get()
    page = browser.get(f"/appraisal/appeals/{appeal.pk}").content.decode()
    assert f"提出申诉 {appeal.number}" not in page and appeal.number in page


def test_the_drawer_lists_the_records_and_opens_one_to_contest(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    record = one.lines.get(part="number").evidence.filter(counted=True).first()
    url = f"/appraisal/scores/{one.pk}?indicator=new_clients&part=number&contest={record.pk}"
    page = sign_in(cast.member).get(url).content.decode()
    assert "记录 0" in page and "未计入的记录" not in page
    assert f'name="evidence" value="{record.pk}"' in page
    other = sign_in(cast.member).get(url + "&show=other").content.decode()
    assert "不满足条件" in other


def test_contesting_one_record_files_an_appeal_with_it_and_twice_is_once(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    record = one.lines.get(part="number").evidence.first()
    browser = sign_in(cast.member)
    data = {**KEY, "ground": "value", "text": "规模应按集团算。", "evidence": record.pk,
            "indicator": "new_clients"}  # fmt: skip
    for _click in range(2):
        answer = browser.post(f"/appraisal/scores/{one.pk}/appeal", data)
        assert answer.status_code == 302
    assert Appeal.objects.get().evidence == record


def test_a_refused_contest_comes_back_in_its_drawer_with_what_was_typed(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    record = one.lines.get(part="number").evidence.first()
    clock.set_clock(clock.now() + timedelta(days=10))
    answer = sign_in(cast.member).post(
        f"/appraisal/scores/{one.pk}/appeal",
        {**KEY, "ground": "value", "text": "规模应按集团算。", "evidence": record.pk,
         "indicator": "new_clients"},
    )  # fmt: skip
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "2026-10-14" in page and "规模应按集团算。" in page


def test_the_self_review_form_keeps_drafts_and_refuses_what_does_not_fit(cast, sign_in):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one, browser = make.of(cycle, cast.member), sign_in(cast.member)
    url = f"/appraisal/scores/{one.pk}/self-review"
    assert browser.get(url).status_code == 200
    bad = browser.post(url, {**KEY, "score_attitude": "101", "achievements": "签下两家。"})
    assert bad.status_code == 422
    assert "签下两家。" in bad.content.decode()
    draft = {"request_id": "two", "score_attitude": "８５", "achievements": "签下两家。"}
    assert browser.post(url, draft).status_code == 302
    assert not Review.objects.get().submitted
    missing = browser.post(url, {"request_id": "three", "score_attitude": "85", "submit": "1"})
    assert missing.status_code == 422
    full = {"request_id": "four", "score_attitude": "85", "score_ability": "80", "submit": "1"}
    assert browser.post(url, full).status_code == 302
    assert make.of(cycle, cast.member).stage == Stage.EVALUATION


def test_the_evaluation_shows_the_self_review_and_takes_no_computed_score(cast, sign_in):
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.self_reviewed(make.of(cycle, cast.member), 77)
    url = f"/appraisal/scores/{one.pk}/evaluation"
    page = sign_in(cast.leader).get(url).content.decode()
    assert "77.00" in page
    assert 'name="score_new_clients"' not in page
    data = {**KEY, "score_attitude": "88", "score_ability": "85", "score_new_clients": "1",
            "submit": "1"}  # fmt: skip
    assert sign_in(cast.leader).post(url, data).status_code == 302
    assert str(Result.objects.get(participant=one).score) == "86.33"


def test_the_manager_adjusts_fixes_and_delivers_from_the_cycles_page(cast, sign_in):
    cycle = make.reviewed(make.frozen(make.opened(cast.version), {}))
    browser, one = sign_in(cast.manager), make.of(cycle, cast.member)
    late = browser.post(
        f"/appraisal/scores/{one.pk}/adjust", {**KEY, "adjustment": "9", "reason": "多"}
    )
    assert late.status_code == 422
    steps = [
        (f"/appraisal/scores/{one.pk}/adjust", {"adjustment": "-1.5", "reason": "迟交报告"}),
        (f"/appraisal/cycles/{cycle.pk}/fix", {}),
        (f"/appraisal/cycles/{cycle.pk}/deliver", {}),
    ]
    for number, (url, data) in enumerate(steps):
        for _click in range(2):
            assert browser.post(url, {"request_id": f"step{number}", **data}).status_code == 302
    assert make.of(cycle, cast.member).stage == Stage.FEEDBACK
    assert make.of(cycle, cast.manager).stage == Stage.REVIEW


def test_the_cycles_page_shows_the_targets_to_change_and_take_back(cast, sign_in):
    User.objects.update(language="en")
    cycle = make.opened(cast.version)
    page, browser = f"/appraisal/cycles/{cycle.pk}", sign_in(cast.manager)
    assert "None is set: the rulebook's own targets count." in unescape(text_of(browser.get(page)))
    number = {"what": "new_clients.number"}
    team = make.of(cycle, cast.member).team_id
    for key, whose in (("one", {"person": cast.member.pk}), ("two", {"team": team})):
        new = {"request_id": key, "value": "8", **number, **whose}
        assert browser.post(f"{page}/targets/new", new).status_code == 302
    shown = text_of(browser.get(page))
    own, _of_team = Cockpit(cast.manager, cycle).targets
    assert shown.count("targets/") == 5  # the head's form, and change and removal of each
    form = text_of(browser.get(own["edit_url"]))
    assert 'value="8"' in form and f'<option value="{cast.member.pk}" selected>' in form
    assert "Remove" not in text_of(sign_in(cast.hr).get(page))
    remove = f"/appraisal/targets/{own['target'].pk}/remove"
    assert cast.member.name in text_of(browser.get(remove))
    assert browser.post(remove, {"request_id": "three"}).headers["Location"] == page
    assert not Target.objects.filter(person=cast.member).exists()
    make.frozen(cycle, {})
    shown = text_of(browser.get(page))
    assert "new_clients" not in shown and 'id="targets"' in shown and "targets/" not in shown


def test_once_opened_a_target_is_for_who_takes_part(cast, sign_in):
    cycle = make.opened(cast.version)
    User.objects.filter(pk=cast.member.pk).update(status=Status.LEFT)
    form = text_of(sign_in(cast.manager).get(f"/appraisal/cycles/{cycle.pk}/targets/new"))
    assert f'<option value="{cast.member.pk}"' in form
    assert f'<option value="{cast.hr.pk}"' not in form


def test_a_year_without_targets_says_that_the_quarters_do_not_add_up(cast, sign_in):
    User.objects.update(language="en")
    year = plan_cycle(actor=None, period=Period.parse("2026"), version=cast.version)
    page, warning = f"/appraisal/cycles/{year.pk}", "No target is set for this longer cycle"
    assert warning in text_of(sign_in(cast.manager).get(page))
    assert warning not in text_of(sign_in(cast.hr).get(page))
    set_target(actor=cast.manager, record=year, indicator="new_clients", part="number",
               person=cast.member, value=Decimal(12))  # fmt: skip
    assert warning not in text_of(sign_in(cast.manager).get(page))


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("name", ["member", "leader", "deputy", "administrator", "legal"])
def test_a_cycle_is_run_by_manager_and_hr_only(cast, quarter, sign_in, name):
    browser = sign_in(getattr(cast, name))
    assert browser.get(f"/appraisal/cycles/{quarter.pk}").status_code == 403
    for verb in ("fix", "close", "deliver", "nudge", "reopen", "collect", "workbook"):
        answer = browser.post(f"/appraisal/cycles/{quarter.pk}/{verb}", {**KEY, "reason": "x"})
        assert answer.status_code in (403, 404), verb


def test_hr_takes_the_workbook_by_a_post(cast, quarter, sign_in):
    browser = sign_in(cast.hr)
    assert browser.get(f"/appraisal/cycles/{quarter.pk}/workbook").status_code == 405
    answer = browser.post(f"/appraisal/cycles/{quarter.pk}/workbook")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_an_appeal_is_taken_up_and_decided_on_its_page(cast, quarter, sign_in):
    one = make.of(quarter, cast.member)
    line = one.lines.get(part="number")
    sign_in(cast.member).post(
        f"/appraisal/scores/{one.pk}/appeal",
        {**KEY, "ground": "value", "text": "少计。", "line": line.pk},
    )
    appeal, browser = Appeal.objects.get(), sign_in(cast.manager)
    assert browser.post(f"/appraisal/appeals/{appeal.pk}/accept", KEY).status_code == 302
    decision = {"request_id": "two", "decision": "changed", "findings": "核对合同，实为 6 家。"}
    url = f"/appraisal/appeals/{appeal.pk}/decide"
    assert browser.post(url, decision).status_code == 422
    answer = browser.post(url, {**decision, f"value_{line.pk}": "6"})
    assert answer.status_code == 302
    page = sign_in(cast.member).get(f"/appraisal/appeals/{appeal.pk}").content.decode()
    assert "86.33" in page and "78.83" in page and "核对合同" in page


def test_the_lists_show_each_person_only_what_is_theirs(cast, quarter, sign_in):
    appeal_url = f"/appraisal/scores/{make.of(quarter, cast.member).pk}/appeal"
    sign_in(cast.member).post(appeal_url, {**KEY, "ground": "other", "text": "不同意。"})
    number = Appeal.objects.get().number
    for person, seen in (
        (cast.member, True), (cast.manager, True), (cast.hr, True),
        (cast.colleague, False), (cast.administrator, False), (cast.deputy, False),
    ):  # fmt: skip
        assert (number in sign_in(person).get("/appraisal/appeals/").content.decode()) == seen


def test_a_case_is_proposed_on_its_page_and_hidden_from_its_person(cast, sign_in):
    cycle = make.closed(make.whole_quarter(cast, {}, {cast.partner_member.pk: 20}), by=cast.manager)
    case = ConsequenceCase.objects.get(participant=make.of(cycle, cast.partner_member))
    url = f"/appraisal/cases/{case.pk}"
    assert sign_in(cast.partner_member).get(url).status_code == 404
    assert sign_in(cast.leader).get(url).status_code == 404
    assert sign_in(cast.hr).get(url).status_code == 200
    browser = sign_in(cast.manager)
    assert browser.get(f"{url}/propose").status_code == 200
    answer = browser.post(
        f"{url}/propose",
        {**KEY, "measure": "warning", "reason": "三项指标均未达标。", "said": "本人无异议。"},
    )
    assert answer.status_code == 302
    assert "三项指标均未达标。" in browser.get(url).content.decode()


def test_the_trial_computes_by_the_same_arithmetic_and_stores_nothing(cast, sign_in):
    query = {
        "team": "client", "cycle": "quarter", "count": "1", "new_clients": "91.665",
        "satisfaction": "86", "relation_loyalty": "７２．９２", "attitude": "88", "ability": "85",
    }  # fmt: skip
    page = sign_in(cast.member).get("/appraisal/trial", query)
    assert page.status_code == 200
    assert "86.33" in page.content.decode()
    assert not Participant.objects.exists()


@pytest.mark.parametrize("bad", ["abc", "101", "-1", "NaN", "1e999", "=1+1"])
def test_a_trial_that_does_not_fit_is_a_sentence_and_keeps_what_was_typed(cast, sign_in, bad):
    answer = sign_in(cast.member).get(
        "/appraisal/trial", {"team": "client", "count": "1", "new_clients": bad}
    )
    assert answer.status_code == 422
    assert bad in answer.content.decode()


def test_the_first_page_shows_the_running_quarter_and_the_todos(cast, sign_in):
    from appraisal.cards import running_score, todos

    cycle = make.frozen(make.opened(cast.version), {})
    with make.metrics_saying({cast.member.pk: make.EXAMPLE}):
        card = running_score(cast.member)
    assert [str(row["score"]) for row in card["rows"]] == ["91.67", "86.00", "72.92"]
    # One of 61 working days of the fourth quarter lies behind 8 October.
    assert 0 < card["pace"] < 10
    assert running_score(cast.hr) is None
    assert [todo.kind for todo in todos(cast.member)] == ["appraisal.self_review"]
    make.self_reviewed(make.of(cycle, cast.member))
    assert [todo.kind for todo in todos(cast.leader)] == [
        "appraisal.self_review",
        "appraisal.evaluation",
    ]


def test_the_acting_deputy_finds_the_managers_appeals_among_the_todos(cast, quarter):
    from appraisal.cards import todos

    appeals.file_appeal(
        actor=cast.member, record=make.of(quarter, cast.member), ground="other", text="不同意。"
    )
    assert "appraisal.appeal" not in [todo.kind for todo in todos(cast.deputy)]
    Mandate.objects.create(
        principal=cast.manager, delegate=cast.deputy, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1), reason="leave", created_by=cast.manager,
    )  # fmt: skip
    assert "appraisal.appeal" in [todo.kind for todo in todos(cast.again(cast.deputy))]


def test_a_team_mean_is_drawn_from_five_people_on(cast, quarter):
    page = ScorePage(cast.member, make.of(quarter, cast.member), {})
    assert page.team_means == {}
    assert len(page.radar["data"]["series"]) == 1


def test_the_cycles_page_asks_no_more_for_thirty_people_than_for_seven(cast, quarter, sign_in):
    browser = sign_in(cast.hr)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(f"/appraisal/cycles/{quarter.pk}").status_code == 200
        return len(found)

    queries()
    few, seat = queries(), Membership.objects.get(user=cast.member)
    for number in range(23):
        user = User.objects.create(username=f"extra{number}", name=f"员工{number}")
        Participant.objects.create(
            cycle=quarter,
            owner=user,
            team=seat.unit,
            post="member",
            kpi_set="client",
            superior=cast.leader,
            final_by="manager",
            appeals_by="manager",
            stage=Stage.EVALUATION,
        )
    assert queries() == few


def test_who_never_confirmed_is_not_called_confirmed_once_the_cycle_is_closed(cast, quarter):
    acknowledge_result(actor=cast.member, record=make.of(quarter, cast.member))
    desk = Cockpit(cast.hr, make.closed(quarter, by=cast.manager))
    views = {view["url"]: view["count"] for view in desk.views}
    others = len(desk.people) - 1
    assert (views["?view=confirmed"], views["?view=unconfirmed"]) == (1, others)
    assert desk.workbook["marked"] == others and not desk.missing


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the form on a page, as it was opened."""
    form = page.split('class="form form-wide"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in (" name", " value"))
        if name:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea name="([^"]*)"[^>]*>\s*([^<]*)</textarea>', form):
        found[name] = unescape(value)
    return found


@pytest.mark.parametrize("begun", [True, False])
def test_two_windows_on_one_form_end_on_the_page_with_both_values(cast, sign_in, begun):
    User.objects.update(language="en")
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.self_reviewed(make.of(cycle, cast.member), 77)
    for person, path, record in (
        (cast.leader, "evaluation", one),
        (cast.colleague, "self-review", make.of(cycle, cast.colleague)),
    ):
        browser, url = sign_in(person), f"/appraisal/scores/{record.pk}/{path}"
        if begun:
            data = {"request_id": f"{path}0", "plan": "拜访十家。", "score_attitude": "70"}
            assert browser.post(url, data).status_code == 302
        first, second = (fields_of(browser.get(url).text) for _window in range(2))
        first |= {"plan": "先写的。", "comment_attitude": "守时。", "request_id": f"{path}1"}
        assert browser.post(url, first).status_code == 302
        second |= {"plan": "后写的。", "score_attitude": "88", "request_id": f"{path}2"}
        late = browser.post(url, second)
        assert late.status_code == 409
        page = late.text
        assert "This form was saved in another window" in page
        assert "先写的。" in page and "后写的。" in page and "Attitude · Score" in page
        again = fields_of(page.split('class="compare"')[0] + page.split("</table>", 1)[1])
        assert again["plan"] == "后写的。"  # what was typed stays
        assert again["comment_attitude"] == "守时。"  # what was not touched is as stored
        assert browser.post(url, again | {"request_id": f"{path}3"}).status_code == 302
        kept = Review.objects.get(participant=record, party__in=("self", "superior"), by=person)
        assert kept.plan == "后写的。"
        assert kept.ratings.get(indicator="attitude").score == 88


def test_a_draft_of_another_is_told_of_and_not_shown(cast, sign_in):
    """Who acts for the superior and the superior write one form; a draft is its writer's."""
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.self_reviewed(make.of(cycle, cast.member), 77)
    url, browser = f"/appraisal/scores/{one.pk}/evaluation", sign_in(cast.leader)
    opened = fields_of(browser.get(url).text)
    Review.objects.create(participant=one, party="superior", by=cast.deputy, plan="代写的。")
    late = browser.post(url, opened | {"plan": "自己写的。"})
    assert late.status_code == 409
    assert "自己写的。" in late.text and "代写的。" not in late.text
    again = fields_of(late.text) | {"request_id": "again"}
    assert browser.post(url, again).status_code == 302
    assert Review.objects.get(participant=one, party="superior").plan == "自己写的。"


def test_who_sees_one_row_reads_how_far_the_forms_of_that_row_are(cast, quarter):
    desk = Cockpit(cast.leadership, quarter)
    assert [one.owner for one in desk.people] == [cast.manager]
    with override("en"):
        counts = {str(step["label"]): step["count"] for step in desk.steps}
    evaluation = next(label for label in counts if "evaluation" in label.lower())
    assert counts["Self-review"] == counts[evaluation] == "1 of 1"


def test_a_form_that_cannot_be_saved_says_so_on_opening(cast, sign_in):
    User.objects.update(language="en")
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    url = f"/appraisal/scores/{make.of(cycle, cast.member).pk}"

    def closed(person, address: str) -> str:
        page = sign_in(person).get(address)
        assert page.status_code == 200
        main = page.text.split("<main", 1)[1].split("</main>")[0]
        assert "<form" not in main, address
        return main

    stands = "the appraisal stands at “self-review”"
    assert stands in closed(cast.leader, f"{url}/evaluation")
    assert stands in closed(cast.member, f"{url}/appeal")
    assert stands in closed(cast.member, f"{url}/acknowledge")
    assert stands in closed(cast.manager, f"{url}/adjust")
    assert stands in closed(cast.manager, f"{url}/fix")
    for act in ("open", "collect", "close"):
        assert stands in closed(cast.manager, f"/appraisal/cycles/{cycle.pk}/{act}")
    assert "No score waits" in closed(cast.manager, f"/appraisal/cycles/{cycle.pk}/fix")
    assert "No fixed result" in closed(cast.manager, f"/appraisal/cycles/{cycle.pk}/deliver")
    make.delivered(make.reviewed(cycle), manager=cast.manager, leadership=cast.leadership)
    assert "appeal window runs" in closed(cast.manager, f"/appraisal/cycles/{cycle.pk}/close")
    clock.set_clock(clock.now() + timedelta(days=10))
    assert "2026-10-14" in closed(cast.member, f"{url}/appeal")
    make.closed(cycle, by=cast.manager)
    assert "Nobody is waited" in closed(cast.manager, f"/appraisal/cycles/{cycle.pk}/nudge")


def test_an_appeal_and_a_case_say_on_opening_what_would_be_refused(cast, sign_in):
    User.objects.update(language="en")
    quarter = make.whole_quarter(cast, {}, {cast.partner_member.pk: 20})
    person = cast.partner_member
    given = {"ground": "other", "text": "不同意。"}
    appeal = appeals.file_appeal(actor=person, record=make.of(quarter, person), **given)
    url, browser = appeal.get_absolute_url(), sign_in(cast.manager)
    assert "taken up can be decided" in browser.get(f"{url}/decide").text
    make.closed(quarter, by=cast.manager)
    appeals.accept_appeal(actor=cast.manager, record=appeal)
    assert 'name="findings"' in browser.get(f"{url}/decide").text
    appeals.decide_appeal(actor=cast.manager, record=appeal, decision="upheld", findings="无误。")
    for act in ("decide", "accept"):
        page = browser.get(f"{url}/{act}").text
        assert f"This appeal is decided: {cast.manager.name}" in page
        assert 'name="findings"' not in page
    assert "no second instance" in sign_in(person).get(f"{url}/take-further").text
    case = ConsequenceCase.objects.get(owner=person)
    propose = f"{case.get_absolute_url()}/propose"
    assert 'name="said"' in browser.get(propose).text
    cycles.reopen_cycle(actor=cast.manager, record=quarter, reason="补录")
    page = browser.get(propose).text
    assert "The case rests" in page and 'name="said"' not in page


def test_a_cycle_that_is_open_is_not_said_to_be_opened_again(cast, sign_in):
    cycle = make.opened(cast.version)
    answer = sign_in(cast.manager).post(f"/appraisal/cycles/{cycle.pk}/open", KEY)
    assert answer.status_code == 409


def test_a_form_handed_in_can_be_read_and_not_written(cast, sign_in):
    User.objects.update(language="en")
    cycle = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one, browser = make.of(cycle, cast.member), sign_in(cast.member)
    url = f"/appraisal/scores/{one.pk}"
    page = browser.get(url).text
    assert "Write the self-review" in page
    draft = {**KEY, "achievements": "签下两家。", "score_attitude": "85", "score_ability": "80"}
    browser.post(f"{url}/self-review", draft | {"submit": "1"})
    page = browser.get(url).text
    assert "Write the self-review" not in page and f"{url}/self-review" in page
    page = browser.get(f"{url}/self-review").text
    assert "签下两家。" in page and "disabled" in page and 'name="submit"' not in page
    late = browser.post(f"{url}/self-review", draft | {"request_id": "two"})
    assert late.status_code == 409 and "签下两家。" in late.text


def test_hr_is_told_from_when_on_collected_figures_are_shown(cast, sign_in):
    User.objects.update(language="en")
    cycle = make.opened(cast.version)
    url = f"/appraisal/scores/{make.of(cycle, cast.member).pk}"
    assert "once they are collected" in sign_in(cast.hr).get(url).text
    make.frozen(cycle, {cast.member.pk: make.EXAMPLE})
    page = sign_in(cast.hr).get(url).text
    assert "once they are collected" not in page
    assert "You read them from “result delivered” on" in page


@pytest.mark.parametrize(
    "query, sentence",
    [
        ({"new_clients": "150"}, "“Number and quality of new clients” lies outside 0 to 100."),
        ({"attitude": "NaN"}, "“Attitude” lies outside 0 to 100."),
        ({"cycle": "year", "quarters_2": "101"}, "“Score of part 2” lies outside 0 to 100."),
        ({"cycle": "year", "attitude": "80"}, "Give the score of one part at least."),
    ],
)
def test_a_trial_names_what_does_not_fit_as_its_page_does(cast, query, sentence):
    with override("en"):
        desk = TrialDesk(rules_on(), {"team": "client", "count": "1", **query})
    assert desk.error == sentence


def test_a_trial_without_the_overall_rating_names_it_as_its_page_does(cast):
    with override("en"):
        desk = TrialDesk(preset("leasing"), {"count": "1"})
    assert desk.error == "“Overall rating” needs a score."


def test_the_tables_of_the_charts_say_nothing_and_scores_as_the_page_does(cast, quarter):
    one = make.of(quarter, cast.member)
    page = ScorePage(cast.member, one, {})
    page.team_means = {"attitude": Decimal("85.50")}
    with override("en"):
        rows = {row[0]: row[1:] for row in page.radar["table"]["rows"]}
    assert rows.pop("Attitude") == ["88.00", "85.50"]
    assert {mean for _own, mean in rows.values()} == {"—"}
    assert page.trend["table"]["rows"][-1][1] == "86.33"


class TestWithoutAppeals:
    """Where the regulation knows no appeal, none is promised (B-6.3.3a, E1 to E11)."""

    @pytest.fixture
    def ended(self, cast):
        clock.set_clock(make.OPENING)
        put_in_force({"appraisal.appeal_window": "0 days"})
        User.objects.update(language="en")
        cycle = make.opened(version_on())
        make.frozen(cycle, {cast.member.pk: make.EXAMPLE})
        make.reviewed(cycle, {cast.member.pk: {"attitude": 88, "ability": 85}})
        return cycle

    def delivered(self, cast, cycle) -> Participant:
        make.delivered(cycle, manager=cast.manager, leadership=cast.leadership)
        return make.of(cycle, cast.member)

    def test_menu_tabs_steps_and_form_name_no_appeal(self, cast, ended, sign_in):
        one = self.delivered(cast, ended)
        browser = sign_in(cast.member)
        for path in ("/appraisal/", f"/appraisal/scores/{one.pk}"):
            page = browser.get(path).content.decode()
            assert "ppeal" not in page.replace("/static/", ""), path
        closed = browser.get(f"/appraisal/scores/{one.pk}/appeal").content.decode()
        assert "This regulation knows no appeal." in closed
        assert "<form" not in closed.split("<main", 1)[1].split("</main>")[0]
        filed = {"request_id": "one", "ground": "other", "text": "不同意。"}
        assert browser.post(f"/appraisal/scores/{one.pk}/appeal", filed).status_code == 409

    def test_the_cockpit_has_no_chip_and_no_panel_of_appeals(self, cast, ended, sign_in):
        page = sign_in(cast.manager).get(f"/appraisal/cycles/{ended.pk}").content.decode()
        assert "ppeal" not in page

    def test_who_delivers_is_promised_no_window(self, cast, ended, sign_in):
        browser, path = sign_in(cast.manager), f"/appraisal/cycles/{ended.pk}"
        for act in ("fix", "deliver"):
            assert "ppeal" not in browser.get(f"{path}/{act}").content.decode()
            browser.post(f"{path}/{act}", {"request_id": act})
        assert make.of(ended, cast.member).stage == Stage.FEEDBACK
        assert "ppeal" not in browser.get(path).content.decode()

    def test_the_notice_tells_to_read_and_confirm(self, cast, ended):
        self.delivered(cast, ended)
        told = Notice.objects.get(person=cast.member, kind="appraisal.delivered")
        assert told.text == "Read the arithmetic and confirm it."


def test_where_appeals_are_known_they_are_offered(cast, quarter, sign_in):
    User.objects.update(language="en")
    page = sign_in(cast.member).get("/appraisal/").content.decode()
    assert "Scores and appeals" in page and 'href="/appraisal/appeals/"' in page
    one = make.of(quarter, cast.member)
    assert sign_in(cast.member).get(f"/appraisal/scores/{one.pk}/appeal").status_code == 200


def test_steps_are_named_by_the_regulation(cast, quarter, sign_in):
    User.objects.update(language="en")
    one = make.of(quarter, cast.member)
    for person, path in (
        (cast.member, f"/appraisal/scores/{one.pk}"),
        (cast.manager, f"/appraisal/cycles/{quarter.pk}"),
    ):
        page = sign_in(person).get(path).content.decode()
        assert "Evaluation by Superior" in page and "Review by Department manager" in page
