"""What a department and its posts are called: by the words of its own regulation (reading 48)."""

from datetime import date

import pytest
from django.utils import translation

from expansion.approvals.wording import role_label, step_label
from expansion.people import seeds
from expansion.people.models import Membership, Post, Unit, User
from expansion.people.selectors import house_name, post_label
from expansion.people.services import organisation
from expansion.rulebook.deciders import names_in
from expansion.rulebook.entry_forms import CHOSEN
from expansion.rulebook.regulation import sections_of, values_of
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.services.presets import load_preset
from expansion.rulebook.templatetags.rules import value_words
from expansion.ui import counts

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield


def loaded(key: str) -> None:
    load_preset(actor=None, key=key, effective_on=LONG_AGO)


def seated(username: str, post: str, unit: str) -> User:
    person = User.objects.create(username=username, name=username)
    Membership.objects.create(
        user=person,
        unit=Unit.objects.get(key=unit),
        post=Post.objects.get(key=post),
        since=LONG_AGO,
    )
    return person


def printed(path: str) -> str:
    """A value as the page of the regulation writes it."""
    rules, sections = rules_on(), sections_of(rules_on())
    names = names_in(values_of(sections), rules)
    value = next(one.value for one in rules.parameters() if one.path == path)
    return value_words(value, names)


def test_a_department_is_called_by_its_regulation_until_somebody_names_it(chinese):
    loaded("club")
    assert house_name() == "会所外联团队"


def test_the_company_stands_before_the_department(chinese, settings, cast, sign_in):
    settings.SITE_NAME = "江南会所"
    unit = Unit.objects.get(key="department")
    organisation.update_unit(actor=cast.manager, record=unit, name="外联部")
    assert house_name() == "江南会所 · 外联部"
    page = sign_in(cast.member).get("/").content.decode()
    assert "江南会所 · 外联部" in page


def test_the_demo_names_its_company_and_other_departments_do_not(chinese):
    loaded("ktv")
    assert "星澜" not in house_name()
    Unit.objects.filter(key="department").update(**seeds.HOUSE)
    counts.forget_all()
    assert house_name() == "星澜 KTV · 拓展部"


def test_the_shell_shows_the_post_and_not_the_role(chinese, sign_in):
    loaded("market")
    head = seated("head", "head", "department")
    manager = seated("expansion_manager1", "expansion_manager", "sales")
    assert (post_label(head), post_label(manager)) == ("部门主管", "市场拓展经理")
    assert '<span class="me-role">市场拓展经理</span>' in sign_in(manager).get("/").content.decode()


def test_a_renamed_post_is_shown_at_once(cast):
    post = cast.member.memberships.get().post
    words = {"title": "专员", "title_en": "Agent", "headcount": 0}
    organisation.update_post(actor=cast.administrator, record=post, **words)
    assert post_label(cast.again(cast.member)) == "Agent"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("market", "部门主管"),
        ("club", "团队负责人"),
        ("business", "负责人"),
        ("ktv", "部门经理"),
        ("leasing", "招商经理/营运经理"),
    ],
)
def test_steps_and_chains_name_the_manager_by_the_regulation(chinese, key, words):
    loaded(key)
    assert role_label("manager") == words
    assert step_label("manager + legal") == f"{words} 和 法务"
    assert value_words(("manager", "legal"), names_in([("manager",)], rules_on())).startswith(words)
    assert dict(CHOSEN["who"](rules_on()))["manager"] == words


def test_a_role_that_many_posts_have_keeps_its_own_word(chinese):
    loaded("leasing")
    assert role_label("member") == "组员"


@pytest.mark.parametrize(
    ("key", "path", "words"),
    [
        ("club", "teams.outreach.head", "团队负责人"),
        ("leasing", "teams.investment.head", "招商经理"),
        ("leasing", "teams.operations.head", "营运经理"),
        ("ktv", "teams.research.head", "副经理"),
        ("ktv", "delegation.delegate", "副经理"),
    ],
)
def test_the_head_of_a_team_is_named_by_the_title_of_the_post(chinese, key, path, words):
    loaded(key)
    assert printed(path) == words
