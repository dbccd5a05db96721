"""Who prepares an appeal, and the second instance (C-6.3.3, readings 12 and 13)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from appraisal import cards
from appraisal.models import Appeal, ConsequenceCase, Line, Result
from appraisal.services import appeals, reminders
from expansion import access, clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Mandate
from expansion.rulebook.loading import from_data, preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules, rules_on
from expansion.worktime.services import correct_day
from tests.make import appraisal as make


def quarter_under(cast, changes: dict[str, Any], chain: list[str] | None = None) -> Any:
    """A delivered quarter under these rules; 许晴 has 86.33."""
    data = to_data(rules_on().with_changes(changes))
    if chain is not None:
        # As `business` has it: HR looks into it, the leadership decides.
        rule = next(
            one for one in to_data(preset("business"))["approvals"] if one["key"] == "appeal"
        )
        data["approvals"] = [
            *data["approvals"],
            {**rule, "chain": {**rule["chain"], "value": chain}},
        ]
    Version.objects.update(content=to_data(from_data(data)))  # in force since long before
    forget_rules()
    return make.whole_quarter(
        cast, {cast.member.pk: make.EXAMPLE}, {cast.member.pk: {"attitude": 88, "ability": 85}}
    )


@pytest.fixture
def prepared(cast):
    return quarter_under(cast, {"appraisal.appeal_handler": "leadership"}, ["hr", "leadership"])


@pytest.fixture
def twice(cast):
    """The manager decides, HR in the second instance."""
    return quarter_under(cast, {"appraisal.second_instance": ["hr"]})


def filed(cast, quarter, **more) -> Appeal:
    given = {"ground": "value", "text": "规模应按集团算。", **more}
    return appeals.file_appeal(actor=cast.member, record=make.of(quarter, cast.member), **given)


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def upheld(actor, appeal, **more) -> Appeal:
    appeals.accept_appeal(actor=actor, record=appeal)
    given = {"decision": "upheld", "findings": "数据核对无误。", **more}
    return appeals.decide_appeal(actor=actor, record=appeal, **given)


def handed_on(cast, appeal: Appeal) -> Appeal:
    appeals.accept_appeal(actor=cast.hr, record=appeal)
    return appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="已核对八月台账。")


def test_whom_the_rulebook_names_gets_it_first_and_hands_it_on_with_the_facts(cast, prepared):
    appeal = filed(cast, prepared)
    assert (appeal.lies_with, appeal.handled_by) == ("hr", "leadership")
    step = appeal.preparations.get()
    # Five workdays after 8 October, with Saturday the 10th worked.
    assert clock.local_date(step.due_at) == date(2026, 10, 14)
    assert told("appraisal.appeal") == {cast.hr.username}
    appeal = handed_on(cast, appeal)
    assert (appeal.lies_with, appeal.status) == ("leadership", "investigated")
    step.refresh_from_db()
    assert (step.facts, step.by, step.by_for) == ("已核对八月台账。", cast.hr, None)
    assert told("appraisal.appeal") == {cast.hr.username, cast.leadership.username}
    entry = Entry.objects.get(verb="appraisal.appeal.handed_on")
    assert entry.changes["lies_with"] == ["hr", "leadership"]
    appeal = appeals.decide_appeal(
        actor=cast.leadership, record=appeal, decision="upheld", findings="同意人事意见。"
    )
    assert (appeal.status, appeal.handler) == ("decided", cast.leadership)


def test_who_decides_waits_for_the_facts_until_they_are_late(cast, prepared):
    appeal = filed(cast, prepared)
    with pytest.raises(NotNow):
        appeals.accept_appeal(actor=cast.leadership, record=appeal)
    appeals.accept_appeal(actor=cast.hr, record=appeal)
    with pytest.raises(NotNow):
        appeals.decide_appeal(
            actor=cast.leadership, record=appeal, decision="upheld", findings="无误。"
        )
    clock.set_clock(appeal.preparations.get().due_at + timedelta(seconds=1))
    appeal = appeals.accept_appeal(actor=cast.leadership, record=appeal)
    assert (appeal.lies_with, appeal.handler) == ("leadership", cast.leadership)
    with pytest.raises(Forbidden):
        appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="迟到的说明。")


def test_facts_are_written_by_whose_turn_it_is_and_once(cast, prepared):
    appeal = filed(cast, prepared)
    with pytest.raises(NotNow):
        appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="未受理。")
    appeals.accept_appeal(actor=cast.hr, record=appeal)
    with pytest.raises(Invalid):
        appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="  ")
    for person in (cast.member, cast.manager, cast.leader, cast.leadership, cast.administrator):
        with pytest.raises(Forbidden):
            appeals.hand_on_appeal(actor=person, record=appeal, facts="代写。")
    appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="已核对。")
    with pytest.raises(Forbidden):
        appeals.hand_on_appeal(actor=cast.hr, record=appeal, facts="再写一次。")


def test_nobody_waits_where_only_the_appellant_could_prepare(cast):
    quarter = quarter_under(
        cast, {"appraisal.appeal_handler": "leadership"}, ["manager", "leadership"]
    )
    own = appeals.file_appeal(
        actor=cast.manager, record=make.of(quarter, cast.manager), ground="other", text="不同意"
    )
    assert own.lies_with == "leadership"
    assert filed(cast, quarter).lies_with == "manager"


def test_a_delegate_prepares_with_the_stamp(cast, prepared):
    appeal = filed(cast, prepared)
    Mandate.objects.create(
        principal=cast.hr, delegate=cast.deputy, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=2), reason="leave", created_by=cast.hr,
    )  # fmt: skip
    deputy = cast.again(cast.deputy)
    appeals.accept_appeal(actor=deputy, record=appeal)
    appeals.hand_on_appeal(actor=deputy, record=appeal, facts="已核对。")
    step = appeal.preparations.get()
    assert (step.by, step.by_for) == (cast.deputy, cast.hr)


def test_facts_and_decision_are_reminded_of_by_their_own_days(cast, prepared):
    appeal = filed(cast, prepared)
    step = appeal.preparations.get()
    with clock.clock_at(step.due_at - timedelta(hours=1)):
        reminders.remind()
    assert told("appraisal.appeal_facts.due") == {cast.hr.username}
    assert told("appraisal.appeal.due") == set()
    with clock.clock_at(step.due_at + timedelta(seconds=1)):
        reminders.remind()
        reminders.remind()
    assert told("appraisal.appeal_facts.overdue") == {cast.hr.username}
    with clock.clock_at(appeal.decide_until - timedelta(hours=1)):
        reminders.remind()
    assert told("appraisal.appeal.due") == {cast.leadership.username}


def test_the_days_of_an_appeal_follow_the_calendar(cast, prepared):
    appeal = filed(cast, prepared)
    correct_day(actor=cast.administrator, day=date(2026, 10, 13), works=False)
    assert clock.local_date(appeal.preparations.get().due_at) == date(2026, 10, 15)


def test_todos_are_for_whose_turn_it_is(cast, prepared):
    def waiting(person) -> list[str]:
        return [one.act for one in cards.todos(person) if one.kind == "appraisal.appeal"]

    appeal = filed(cast, prepared)
    assert (len(waiting(cast.hr)), waiting(cast.leadership), waiting(cast.manager)) == (1, [], [])
    handed_on(cast, appeal)
    assert (waiting(cast.hr), len(waiting(cast.leadership))) == ([], 1)


def test_who_prepares_sees_what_the_appeal_is_about_and_no_other(cast):
    quarter = quarter_under(
        cast, {"appraisal.appeal_handler": "leadership"}, ["deputy", "leadership"]
    )
    assert not access.can(cast.deputy, "view", make.of(quarter, cast.member))
    appeal = filed(cast, quarter)
    for record in (appeal, make.of(quarter, cast.member)):
        assert access.can(cast.deputy, "view", record)
        assert access.visible_to(cast.deputy, type(record).objects.filter(pk=record.pk)).exists()
    assert not access.can(cast.deputy, "view", make.of(quarter, cast.colleague))
    appeals.accept_appeal(actor=cast.deputy, record=appeal)
    appeal = appeals.hand_on_appeal(actor=cast.deputy, record=appeal, facts="已核对。")
    assert access.can(cast.deputy, "view", appeal)
    assert not access.can(cast.deputy, "accept", appeal)


def test_the_pages_walk_from_filing_to_the_decision(cast, prepared, sign_in):
    appeal = filed(cast, prepared)
    hr, leadership, member = (sign_in(one) for one in (cast.hr, cast.leadership, cast.member))
    address = appeal.get_absolute_url()
    assert f"{address}/accept" in hr.get(address).text
    assert f"{address}/accept" not in leadership.get(address).text
    hr.post(f"{address}/accept", {"request_id": "a"})
    assert f"{address}/hand-on" in hr.get(address).text
    empty = hr.post(f"{address}/hand-on", {"request_id": "b", "facts": ""})
    assert empty.status_code == 422
    assert member.post(f"{address}/hand-on", {"request_id": "b", "facts": "x"}).status_code == 403
    hr.post(f"{address}/hand-on", {"request_id": "c", "facts": "已核对八月台账。"})
    for browser in (leadership, member):
        assert "已核对八月台账。" in browser.get(address).text
    assert "已核对八月台账。" in leadership.get(f"{address}/decide").text
    decision = {"request_id": "d", "decision": "upheld", "findings": "同意。"}
    assert leadership.post(f"{address}/decide", decision).status_code == 302
    appeal.refresh_from_db()
    assert appeal.status == "decided"


def test_files_are_added_by_who_files_and_by_whose_turn_it_is_until_the_decision(cast, prepared):
    appeal = filed(cast, prepared)

    def may() -> set[str]:
        people = (cast.member, cast.hr, cast.leadership, cast.manager)
        return {one.username for one in people if access.can(one, "edit", appeal)}

    assert may() == {cast.member.username, cast.hr.username}
    appeal = handed_on(cast, appeal)
    assert may() == {cast.member.username, cast.leadership.username}
    appeal = appeals.decide_appeal(
        actor=cast.leadership, record=appeal, decision="upheld", findings="无误。"
    )
    assert may() == set()


def test_a_decided_appeal_is_taken_once_to_the_second_instance(cast, twice):
    first = upheld(cast.manager, filed(cast, twice))
    # Five workdays after 8 October, as long as for the first.
    assert clock.local_date(first.further_until) == date(2026, 10, 14)
    second = appeals.take_further(actor=cast.member, record=first, text="仍不同意。")
    assert (second.first, second.handled_by, second.number) == (first, "hr", "SS-2026-002")
    assert (second.ground, second.contested) == (first.ground, first.contested)
    assert cast.hr.username in told("appraisal.appeal")
    with pytest.raises(NotNow):
        appeals.take_further(actor=cast.member, record=first, text="再来一次。")
    with pytest.raises(Forbidden):
        appeals.accept_appeal(actor=cast.manager, record=second)
    second = upheld(cast.hr, second)
    assert second.further_until is None
    with pytest.raises(NotNow):
        appeals.take_further(actor=cast.member, record=second, text="第三次。")


def test_the_second_instance_changes_the_score_and_keeps_both_decisions(cast, twice):
    line = Line.objects.get(participant__owner=cast.member, part="number")
    first = upheld(cast.manager, filed(cast, twice, line=line))
    second = appeals.take_further(actor=cast.member, record=first, text="少计。")
    second = upheld(cast.hr, second, decision="changed", values={line.pk: Decimal(3)})
    assert (second.before["score"], second.after["score"]) == ("86.33", "75.08")
    assert Result.objects.get(participant=second.participant).score == Decimal("75.08")
    first.refresh_from_db()
    assert (first.decision, first.after["score"]) == ("upheld", "86.33")


def test_the_second_instance_is_asked_in_time_and_by_the_person(cast, twice):
    pending = filed(cast, twice)
    with pytest.raises(NotNow):
        appeals.take_further(actor=cast.member, record=pending, text="还没决定。")
    first = upheld(cast.manager, pending)
    for person in (cast.leader, cast.manager, cast.hr, cast.colleague):
        with pytest.raises(Forbidden):
            appeals.take_further(actor=person, record=first, text="代为申诉。")
    with pytest.raises(Invalid):
        appeals.take_further(actor=cast.member, record=first, text=" ")
    clock.set_clock(first.further_until + timedelta(seconds=1))
    with pytest.raises(NotNow) as refusal:
        appeals.take_further(actor=cast.member, record=first, text="迟了。")
    assert "2026-10-14" in refusal.value.message


def test_without_a_second_instance_in_the_rulebook_there_is_none(cast):
    first = upheld(cast.manager, filed(cast, quarter_under(cast, {})))
    assert first.further_until is None
    with pytest.raises(NotNow):
        appeals.take_further(actor=cast.member, record=first, text="不服。")


def test_the_same_role_does_not_decide_twice(cast):
    """The manager's own appeal goes to the leadership at once: there is nobody above it."""
    quarter = quarter_under(cast, {"appraisal.second_instance": ["leadership"]})
    own = appeals.file_appeal(
        actor=cast.manager, record=make.of(quarter, cast.manager), ground="other", text="不同意"
    )
    assert upheld(cast.leadership, own).further_until is None
    assert upheld(cast.manager, filed(cast, quarter)).further_until is not None


def test_who_acted_in_the_first_instance_decides_nothing_in_the_second(cast, twice):
    Mandate.objects.create(
        principal=cast.manager, delegate=cast.hr, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=2), reason="leave", created_by=cast.manager,
    )  # fmt: skip
    first = upheld(cast.again(cast.hr), filed(cast, twice))
    assert (first.handler, first.decided_for) == (cast.hr, cast.manager)
    with pytest.raises(NotNow):  # HR alone could decide it
        appeals.take_further(actor=cast.member, record=first, text="不服。")


def test_an_appeal_in_the_second_instance_holds_the_case(cast, twice):
    first = upheld(cast.manager, filed(cast, twice))
    cycle = make.closed(twice, by=cast.manager)
    with clock.clock_at(first.further_until):
        appeals.take_further(actor=cast.member, record=first, text="不服。")
    assert not ConsequenceCase.objects.filter(owner=cast.member).exists()
    assert make.of(cycle, cast.member).appeals.pending().count() == 1


def test_the_page_offers_the_second_instance_while_it_may_be_asked(cast, twice, sign_in):
    first = upheld(cast.manager, filed(cast, twice))
    member, address = sign_in(cast.member), first.get_absolute_url()
    assert f"{address}/take-further" in member.get(address).text
    assert f"{address}/take-further" not in sign_in(cast.manager).get(address).text
    assert member.get(f"{address}/take-further").status_code == 200
    sent = {"request_id": "f", "text": "仍不同意。"}
    answer = member.post(f"{address}/take-further", sent)
    second = Appeal.objects.get(first=first)
    assert answer.headers["Location"] == second.get_absolute_url()
    assert (
        member.post(f"{address}/take-further", sent).headers["Location"]
        == answer.headers["Location"]
    )
    assert f"{address}/take-further" not in member.get(address).text
    assert first.number in member.get(second.get_absolute_url()).text


@pytest.mark.parametrize("way", [["finance"], ["hr & leadership"], ["manager", "legal"]])
def test_a_second_instance_that_no_role_of_the_appraisal_has_is_refused(cast, way):
    with pytest.raises(Invalid):
        rules_on().with_changes({"appraisal.second_instance": way})
