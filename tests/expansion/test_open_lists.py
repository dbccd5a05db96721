"""What the open lists of a regulation move: a form shows their entries, or a page names the noun
that they wait for."""

import pytest
from django.utils import translation

from appraisal.forms import ReviewForm
from appraisal.models import Cycle, Participant
from expansion.rulebook.entries import collection_at
from expansion.rulebook.entry_forms import EntryForm
from expansion.rulebook.lists import guidance
from expansion.rulebook.loading import preset, preset_keys, to_data
from expansion.rulebook.selectors import version_on
from expansion.rulebook.waiting import LISTS, SHOWN, setting_waits_for
from expansion.surveys.forms import QuestionnaireForm
from partnerships.forms import CheckForm, ProjectForm
from research.forms import FindingForm
from tests.make import rules as make


def in_force(key):
    return make.published(to_data(preset(key)))


@pytest.mark.parametrize("key", preset_keys())
def test_every_open_list_is_shown_by_a_form_or_names_the_noun_that_it_waits_for(key):
    rules = preset(key)
    for one in rules.lists:
        assert (one.key in SHOWN) != (one.key in LISTS), one.key
        assert bool(setting_waits_for(f"lists.{one.key}.items", rules)) != (one.key in SHOWN)


def test_a_list_of_ones_own_says_that_no_form_offers_it():
    assert setting_waits_for("lists.own.items", preset("ktv"))


def test_what_a_regulation_does_not_know_asks_for_nothing(cast):
    assert guidance(preset("ktv"), "project_aspects") == ""
    assert CheckForm(person=cast.manager).fields["findings"].help_text == ""


@pytest.mark.parametrize(
    ("key", "list_key", "form", "field"),
    [
        ("business", "project_aspects", CheckForm, "findings"),
        ("market", "feasibility_parts", ProjectForm, "scheme"),
        ("market", "client_support", ProjectForm, "resources"),
        ("leasing", "site_survey", FindingForm, "text"),
    ],
)
def test_a_form_shows_the_entries_as_guidance(cast, key, list_key, form, field):
    rules = in_force(key)
    said = guidance(rules, list_key)
    assert said and form(person=cast.manager).fields[field].help_text == said


def test_whom_a_questionnaire_asks_is_chosen_from_the_list(cast):
    rules = in_force("leasing")
    offered = dict(QuestionnaireForm(person=cast.manager).fields["audience"].choices)
    assert list(offered) == [one.key for one in rules.choices("survey_audiences")]


def test_a_self_review_names_what_its_cycle_looks_at(cast):
    kpi_set = in_force("business").teams[0].kpi_set
    cycle = Cycle(kind="month", rulebook=version_on())
    mine = Participant(cycle=cycle, kpi_set=kpi_set)
    with translation.override("zh-hans"):
        form = ReviewForm(participant=mine, review=None, person=cast.member)
    assert form.fields["achievements"].help_text == "当月任务完成情况"


@pytest.mark.parametrize(
    ("key", "list_keys"),
    [("business", ["sales_divisions"]), ("market", ["structure", "functions"])],
)
def test_a_team_of_the_rulebook_is_named_beside_how_the_department_is_divided(cast, key, list_keys):
    rules = preset(key)
    teams = collection_at(rules, "teams")
    form = EntryForm(person=cast.administrator, found=teams, rules=rules, held=None, like=None)
    assert form.fields["zh"].help_text == guidance(rules, *list_keys)
