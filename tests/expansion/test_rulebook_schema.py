"""The typed rulebook: what the preset states, what is refused, how copies are made."""

import json
import tomllib
from datetime import datetime, time
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from expansion import worktime
from expansion.errors import Gone, Invalid
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import forget_rules, rules_on
from expansion.rulebook.values import Cadence, Source
from expansion.worktime import Limit, Period, Unit

NEW_CLIENTS = "kpi_sets.client.indicators.new_clients.weight"
SATISFACTION = "kpi_sets.client.indicators.satisfaction.weight"


@pytest.fixture
def rules() -> Rules:
    return loading.preset("ktv")


def weights(rules: Rules, key: str) -> list[int]:
    return [int(one.weight.value) for one in rules.kpi_set(key).indicators]


def sentences(rules: Rules, path: str, value: object) -> str:
    with pytest.raises(Invalid) as refused:
        rules.with_changes({path: value})
    return " ".join(text for texts in refused.value.fields.values() for text in texts)


@pytest.mark.parametrize(
    ("key", "stated"),
    [
        ("research", [40, 30, 30]),
        ("client", [50, 30, 20]),
        ("partnership", [50, 30, 20]),
        ("common", [20, 20]),
        ("management", [60, 20, 20]),
    ],
)
def test_the_preset_holds_the_stated_weights(rules, key, stated):
    assert weights(rules, key) == stated


def test_the_preset_reads_the_common_weights_as_shares_of_the_whole(rules):
    combine = rules.appraisal.combine
    assert (combine.mode.value, combine.team_share.value) == ("common_shares_fixed", 60)
    assert combine.mode.source is Source.PROPOSAL


def test_the_preset_names_the_chains_of_the_regulation(rules):
    assert rules.chain("research_report") == ("manager",)
    assert rules.chain("contract") == ("manager", "legal", "leadership")
    assert rules.chain("leave") == ("superior", "manager")
    assert rules.approval("contract").chain.source is Source.PROPOSAL


def test_the_preset_lists_the_stages_of_the_three_workflows(rules):
    with translation.override("zh-hans"):
        stages = [str(one) for one in rules.pipeline("client").stages]
    assert stages == ["信息收集", "策略制定", "初次接触", "客户拜访", "合作洽谈", "合同签订与跟进"]
    assert len(rules.pipeline("partnership").stages) == 6
    assert len(rules.pipeline("research").stages) == 5


def test_the_preset_asks_for_six_report_sections_and_seven_document_kinds(rules):
    assert len(rules.research.report_sections) == 6
    assert len(rules.documents.internal) + len(rules.documents.external) == 7


def test_the_effective_lead_test_is_on_as_a_proposal_with_four_conditions(rules):
    test = rules.crm.effective_lead
    assert (test.enabled.value, test.enabled.source) == (True, Source.PROPOSAL)
    assert len(test.conditions) == 4


@pytest.mark.parametrize(
    ("score", "level"),
    [
        ("100", "excellent"),
        ("90.00", "excellent"),
        ("89.99", "good"),
        ("80.00", "good"),
        ("60.00", "qualified"),
        ("59.99", "unqualified"),
        ("0", "unqualified"),
        ("140", "excellent"),
    ],
)
def test_a_level_begins_at_its_threshold(rules, score, level):
    assert rules.level(Decimal(score)).key == level


def test_the_manager_and_the_deputy_are_scored_by_their_own_set(rules):
    assert rules.kpi_set_of(post="deputy", team="research") == rules.kpi_set("management")
    assert rules.kpi_set_of(post="member", team="research") == rules.kpi_set("research")
    assert rules.kpi_set_of(post="member", team=None) is None


def test_a_target_that_grows_asks_four_times_as_much_of_a_year(rules):
    number, quality = rules.kpi_set("client").indicators[0].how
    assert (number.target_for("quarter"), number.target_for("year")) == (12, 48)
    assert (quality.target_for("quarter"), quality.target_for("year")) == (100, 100)


@pytest.mark.parametrize(
    ("week", "due"),
    [
        ("2026-W47", datetime(2026, 11, 20, 15)),
        ("2026-W40", datetime(2026, 9, 30, 15)),  # Friday is National Day: Wednesday
        ("2024-W07", datetime(2024, 2, 18, 15)),  # only its Sunday is worked
        ("2026-W08", None),  # the Spring Festival takes the whole week
    ],
)
def test_the_weekly_report_is_due_on_friday_or_the_workday_before(rules, week, due):
    moment = rules.report("weekly_summary").cadence.value.due_at(Period.parse(week))
    assert moment == (due and due.replace(tzinfo=worktime.zone()))


@pytest.mark.parametrize(
    ("cadence", "period", "day"),
    [
        (Cadence(every="month", of="next_period", day=5), "2026-08", (2026, 9, 4)),
        (Cadence(every="month", day=31), "2026-02", (2026, 2, 28)),
        (Cadence(every="month", workday=1), "2026-10", (2026, 10, 8)),
        (Cadence(every="quarter"), "2026-Q3", (2026, 9, 30)),
        (Cadence(every="year", day=31, if_holiday="keep"), "2026", (2026, 12, 31)),
        (Cadence(every="week", weekday="monday", if_holiday="next"), "2026-W41", (2026, 10, 8)),
        (Cadence(every="week", weekday="friday", if_holiday="next"), "2026-W40", (2026, 10, 8)),
    ],
)
def test_a_cadence_finds_its_day(cadence, period, day):
    moment = cadence.due_at(Period.parse(period))
    assert moment is not None
    assert worktime.local_date(moment) == datetime(*day).date()


def test_every_parameter_is_listed_once_with_label_source_and_clause(rules):
    with translation.override("en"):
        listed = {one.path: one for one in rules.parameters()}
    assert len(listed) == len(list(rules.parameters()))
    weight = listed[NEW_CLIENTS]
    assert (weight.value, weight.source, weight.clause) == (50, Source.STATED, "A-5.2.2a")
    assert weight.label.startswith("Client development team · Number and quality")


def test_what_is_called_stated_says_where(rules):
    stated = [one for one in rules.parameters() if one.source is Source.STATED]
    assert [one.path for one in stated if not (one.clause or one.parameter.note)] == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("sla.visit_feedback", "limit"),
        ("appraisal.combine.mode", "choice"),
        ("approvals.contract.chain", "chain"),
        ("appraisal.final_by", "approver"),
        ("reports.weekly_summary.cadence", "cadence"),
        ("delegation.auto_on_leave", "switch"),
        ("teams.client.head", "post"),
        ("working_time.opens", "time"),
        ("posts.manager.limit", "count"),
        ("authority.major_amount", "number"),
        ("numbers.contract.pattern", "text"),
        ("pipelines.client.stages.signed.requires", "choices"),
    ],
)
def test_each_parameter_names_the_field_that_edits_it(rules, path, kind):
    assert {one.path: one.kind for one in rules.parameters()}[path] == kind


def test_a_change_makes_a_new_copy_and_marks_only_what_differs(rules):
    changed = rules.with_changes(
        {NEW_CLIENTS: "45", SATISFACTION: 35, "sla.project_check": "30 days"}
    )
    assert weights(changed, "client") == [45, 35, 20]
    assert weights(rules, "client") == [50, 30, 20]
    marked = {one.path for one in changed.parameters() if one.source is Source.ADMIN}
    assert marked == {NEW_CLIENTS, SATISFACTION}


def test_a_limit_and_a_cadence_can_be_changed(rules):
    changed = rules.with_changes(
        {
            "sla.visit_feedback": "2 working days",
            "reports.weekly_summary.cadence": {
                "every": "week",
                "weekday": "thursday",
                "at": "12:00",
            },
        }
    )
    assert changed.sla.visit_feedback.value == Limit(2, Unit.WORKING_DAYS)
    assert changed.report("weekly_summary").cadence.value.at == time(12)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("kpi_sets.partnership.indicators.projects.weight", 55, "105%, 5% too much"),
        ("kpi_sets.client.indicators.new_clients.weight", 49, "99%, 1% too little"),
        ("kpi_sets.client.indicators.new_clients.how.number.share", 40, "90%, 10% too little"),
        ("kpi_sets.common.indicators.attitude.weight", 25, "add up to 105%"),
        ("appraisal.combine.team_share", 70, "add up to 110%"),
        ("approvals.contract.chain", ["boss"], "Nobody here has the role “boss”"),
        ("approvals.contract.chain", ["manager", "manager"], "twice in a chain"),
        ("approvals.contract.chain", [], "at least one person"),
        ("approvals.contract.chain", ["post:chef"], "“chef” is not known"),
        ("teams.client.head", "chef", "“chef” is not known"),
        ("appraisal.levels.good.starts_at", 90, "a score of its own"),
        ("appraisal.parties.superior.weight", 0, "At least one party"),
        ("appraisal.year_formula.evaluation", 40, "together make 100%"),
        ("consequences.two_unqualified.periods", 0, "at least one period"),
        ("working_time.closes", "08:00", "ends after it begins"),
        ("numbers.contract.pattern", "HT-{year}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number}-{self}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number:>100000}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number:999999999}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number:011d}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number!r:>50}", "needs {number}"),
        ("numbers.contract.pattern", "HT-{number.real}", "needs {number}"),
        ("numbers.contract.pattern", "H" * 35 + "{number}", "41 characters"),
        ("sla.visit_feedback", "soon", "a number and a unit"),
        ("sla.visit_feedback", None, "a number and a unit"),
        (NEW_CLIENTS, 101, "largest value is 100"),
        (NEW_CLIENTS, -1, "smallest value is 0"),
        (NEW_CLIENTS, "33.333", "2 decimal places"),
        (NEW_CLIENTS, "NaN", "Expected is a number"),
        ("appraisal.combine.mode", "guess", "Choose one of"),
        ("authority.major_amount", "1E+30", "digits"),
        ("sla.unknown", "1 day", "not a parameter"),
        ("policy.key", "x", "not a parameter"),
    ],
)
def test_what_does_not_hold_is_refused_with_a_sentence(rules, path, value, words):
    with translation.override("en"):
        assert words in sentences(rules, path, value)


def test_all_broken_sets_are_named_at_once(rules):
    with pytest.raises(Invalid) as refused:
        rules.with_changes({NEW_CLIENTS: 60, "appraisal.combine.team_share": 50})
    assert set(refused.value.fields) == {"kpi_sets.client", "appraisal.combine.team_share"}


def test_under_normalise_the_common_weights_may_be_anything(rules):
    changed = rules.with_changes(
        {"appraisal.combine.mode": "normalise", "kpi_sets.common.indicators.attitude.weight": 30}
    )
    assert changed.kpi_set("common").total == 50


def test_rules_survive_their_own_data(rules):
    stored = json.loads(json.dumps(loading.to_data(rules)))
    assert loading.from_data(stored) == rules


def test_unknown_and_missing_entries_are_refused_by_name(rules):
    data = loading.to_data(rules) | {"extra": 1}
    del data["sla"], data["policy"]
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    assert set(refused.value.fields) == {"extra", "policy"}


def test_a_text_that_is_not_toml_is_refused():
    with pytest.raises(Invalid):
        loading.from_toml("[policy")


def test_a_doubled_key_is_refused(rules):
    data = loading.to_data(rules)
    data["teams"] = [*data["teams"], data["teams"][0]]
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    assert "teams.research" in refused.value.fields


def test_a_report_of_people_nobody_knows_is_refused(rules):
    data = loading.to_data(rules)
    data["reports"][0]["who"] = ["kitchen"]
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    assert set(refused.value.fields) == {"reports.weekly_summary.who"}


def test_a_computed_part_without_a_metric_is_refused(rules):
    data = loading.to_data(rules)
    data["kpi_sets"][0]["indicators"][1]["how"][0]["metric"] = ""
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    path = "kpi_sets.research.indicators.info_volume_timeliness.how.volume"
    assert set(refused.value.fields) == {path}


def test_an_indicator_stands_once_in_its_set(rules):
    data = loading.to_data(rules)
    data["kpi_sets"][0]["indicators"][1]["key"] = "report_quality"
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    assert "kpi_sets.research.indicators.report_quality" in refused.value.fields


def test_an_unknown_preset_is_refused():
    with pytest.raises(Gone):
        loading.preset("nightclub")


def test_show_prints_the_preset_as_json_without_a_database(capsys, rules):
    call_command("rulebook", "show", "ktv", "--json")
    data = json.loads(capsys.readouterr().out)
    assert data.pop("version") == rules.version
    assert loading.from_data(data) == rules


def test_show_refuses_an_unknown_preset_with_exit_code_2():
    with pytest.raises(CommandError) as refused:
        call_command("rulebook", "show", "nightclub")
    assert refused.value.returncode == 2


def test_every_preset_file_is_valid_toml_and_loads():
    for key in loading.preset_keys():
        tomllib.loads((loading.PRESETS / f"{key}.toml").read_text(encoding="utf-8"))
        assert loading.preset(key).policy.key == key


@pytest.mark.parametrize("pattern", ["{number}", "HT-{year}-{number:04d}", "档{number:010d}号"])
def test_a_number_may_have_leading_zeros_and_the_year(rules, pattern):
    changed = rules.with_changes({"numbers.contract.pattern": pattern})
    assert changed.number("contract").format(year=2026, number=7).count("7") == 1


def test_a_set_and_a_consequence_need_entries_of_their_own(rules):
    data = loading.to_data(rules)
    data["kpi_sets"][0]["indicators"], data["consequences"][0]["measures"] = [], []
    with pytest.raises(Invalid) as refused:
        loading.from_data(data)
    said = " ".join(sum(refused.value.fields.values(), []))
    assert "no indicator yet" in said and "names no measure yet" in said


@pytest.mark.django_db
def test_a_version_that_was_published_before_a_check_was_there_is_still_read(cast):
    content = cast.version.content
    content["numbers"][0]["pattern"]["value"] = "H" * 60 + "{number}"
    Version.objects.filter(pk=cast.version.pk).update(content=content)
    forget_rules()
    assert rules_on().numbers[0].longest == 66
    with pytest.raises(Invalid):  # the next version mends it
        rules_on().with_changes({"sla.visit_feedback": "2 days"})
