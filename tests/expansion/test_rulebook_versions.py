"""Versions of the rulebook: drafting, publishing, and what stays as it was (R-exp-01, R-apr-01)."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, Stale
from expansion.people.models import Post, Unit
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_of, rules_on, version_on
from expansion.rulebook.services import drafts

NEW = "kpi_sets.client.indicators.new_clients.weight"
SATISFACTION = "kpi_sets.client.indicators.satisfaction.weight"
MOVED = {NEW: "45", SATISFACTION: "35"}
JANUARY = date(2027, 1, 1)


def publish(cast, changes=MOVED, **given):
    values = {"effective_on": JANUARY, "reason": "按季度经营重点调整"} | given
    draft = drafts.change_draft(actor=cast.administrator, changes=changes, **values)
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def weight(rules, key):
    return next(one.weight.value for one in rules.kpi_set("client").indicators if one.key == key)


def test_a_fresh_installation_has_the_posts_and_teams_of_the_preset(cast):
    assert set(Unit.objects.filter(kind="team").values_list("key", flat=True)) == {
        "research",
        "client",
        "partnership",
    }
    assert dict(Post.objects.filter(headcount=1).values_list("key", "title")) == {
        "manager": "部门经理",
        "deputy": "副经理",
    }


def test_a_published_version_holds_from_its_date_and_not_before(cast):
    version = publish(cast)
    assert weight(rules_on(date(2026, 12, 31)), "new_clients") == Decimal("50")
    assert weight(rules_on(JANUARY), "new_clients") == Decimal("45")
    assert version_on(JANUARY) == version
    assert rules_of(cast.version).kpi_set("client").total == 100


def test_the_changed_value_is_marked_as_set_by_the_administrator(cast):
    publish(cast)
    sources = {one.path: one.source for one in rules_on(JANUARY).parameters()}
    assert (sources[NEW], sources["kpi_sets.client.indicators.relation_loyalty.weight"]) == (
        "admin",
        "stated",
    )


def test_a_set_that_sums_to_99_may_be_drafted_and_is_not_published(cast):
    with pytest.raises(Invalid) as refusal:
        publish(cast, {NEW: "49"})
    assert any("99" in sentence for texts in refusal.value.fields.values() for sentence in texts)
    assert version_on(JANUARY) == cast.version


def test_team_share_and_common_weights_make_100_together(cast):
    with pytest.raises(Invalid):
        publish(cast, {"appraisal.combine.team_share": "50"})


@pytest.mark.parametrize(
    ("given", "field"),
    [({"reason": " "}, "reason"), ({"effective_on": date(2026, 11, 17)}, "effective_on")],
)
def test_publishing_asks_for_a_reason_and_a_day_to_come(cast, given, field):
    with pytest.raises(Invalid) as refusal:
        publish(cast, **given)
    assert field in refusal.value.fields


def test_a_value_that_is_no_weight_is_refused_at_once(cast):
    for value in ("abc", "-1", "101", "12.345", "NaN"):
        with pytest.raises(Invalid):
            drafts.change_draft(actor=cast.administrator, changes={NEW: value})


def test_a_value_put_back_leaves_the_draft(cast):
    drafts.change_draft(actor=cast.administrator, changes=MOVED)
    draft = drafts.change_draft(actor=cast.administrator, changes={NEW: "50"})
    assert set(draft.changes) == {SATISFACTION}


def test_of_two_editors_the_second_is_told(cast):
    draft = drafts.change_draft(actor=cast.administrator, changes=MOVED)
    drafts.change_draft(actor=cast.manager, changes={NEW: "40"}, version=draft.version)
    with pytest.raises(Stale):
        drafts.change_draft(actor=cast.administrator, changes={NEW: "60"}, version=draft.version)


@pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "legal", "leadership"])
def test_nobody_else_drafts_or_publishes(cast, part):
    person = getattr(cast, part)
    with pytest.raises(Forbidden):
        drafts.change_draft(actor=person, changes=MOVED)
    draft = drafts.change_draft(actor=cast.administrator, changes=MOVED)
    with pytest.raises(Forbidden):
        drafts.publish_version(actor=person, draft=draft)


def test_every_step_stands_in_the_trail(cast):
    version = publish(cast)
    verbs = Entry.objects.filter(about_id=version.pk, verb__startswith="rulebook.").values_list(
        "verb", flat=True
    )
    assert {"rulebook.draft.changed", "rulebook.version.published"} <= set(verbs)


def test_a_discarded_draft_stays_in_the_list_and_a_new_one_begins(cast):
    draft = drafts.change_draft(actor=cast.administrator, changes=MOVED)
    drafts.discard_draft(actor=cast.administrator, draft=draft)
    again = drafts.change_draft(actor=cast.administrator, changes={NEW: "40"})
    assert again.pk != draft.pk
    assert set(Version.objects.values_list("status", flat=True)) == {
        "published",
        "discarded",
        "draft",
    }


class TestGivingUp:
    def opened(self, browser, draft):
        url = reverse("rulebook:discard", args=[draft.pk])
        form = browser.get(url).context["form"]
        return url, {name: str(form[name].value()) for name in ("request_id", "draft", "version")}

    def test_it_is_asked_first_with_how_much_goes_and_who_wrote_it(self, cast, sign_in):
        draft = drafts.change_draft(actor=cast.manager, changes=MOVED)
        browser = sign_in(cast.administrator)
        assert f'href="/rulebook/versions/{draft.pk}/discard"' in (
            browser.get("/rulebook/weights").content.decode()
        )
        page = browser.get(reverse("rulebook:discard", args=[draft.pk]))
        assert cast.manager.name in page.context["note"] and str(len(MOVED)) in page.context["note"]
        draft.refresh_from_db()
        assert draft.status == "draft"
        url, data = self.opened(browser, draft)
        for _click in range(2):
            assert browser.post(url, data).status_code == 302
        draft.refresh_from_db()
        assert draft.status == "discarded"

    def test_one_that_moved_on_is_not_given_up(self, cast, sign_in):
        draft = drafts.change_draft(actor=cast.administrator, changes=MOVED)
        browser = sign_in(cast.administrator)
        url, data = self.opened(browser, draft)
        drafts.change_draft(actor=cast.manager, reason="再补充")
        answer = browser.post(url, data)
        draft.refresh_from_db()
        assert (answer.status_code, draft.status) == (409, "draft")
        assert answer.context["form"]["version"].value() == str(draft.version)
        with pytest.raises(Stale):
            drafts.discard_draft(actor=cast.administrator, draft=draft, version=draft.version - 1)

    def test_what_is_no_draft_is_404(self, cast, sign_in):
        url = reverse("rulebook:discard", args=[cast.version.pk])
        assert sign_in(cast.administrator).get(url).status_code == 404


class TestWeightsPage:
    url = "/rulebook/weights"

    def post(self, browser, **fields):
        page = browser.get(self.url)
        form = page.context["form"]
        data = {"request_id": "k", "version": form["version"].value() or ""}
        return browser.post(self.url, data | fields)

    def test_the_administrator_changes_a_weight_and_publishes(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        fields = MOVED | {"effective_on": "2027-01-01", "reason": "调整", "publish": "1"}
        assert self.post(browser, **fields).status_code == 302
        assert weight(rules_on(JANUARY), "new_clients") == Decimal("45")

    def test_a_wrong_sum_answers_422_and_keeps_what_was_typed(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        fields = {NEW: "55", "effective_on": "2027-01-01", "reason": "调整", "publish": "1"}
        page = self.post(browser, **fields)
        assert page.status_code == 422
        assert 'value="55"' in page.content.decode()

    def test_a_word_in_a_number_field_answers_422_and_stays(self, cast, sign_in):
        page = self.post(sign_in(cast.administrator), **{NEW: "五十"})
        assert page.status_code == 422
        assert 'value="五十"' in page.content.decode()

    def test_an_impossible_date_answers_422(self, cast, sign_in):
        page = self.post(sign_in(cast.administrator), effective_on="2027-02-31")
        assert page.status_code == 422

    def test_members_are_told_whom_to_ask(self, cast, sign_in):
        assert sign_in(cast.member).get(self.url).status_code == 403

    def test_everyone_reads_the_regulation(self, cast, sign_in):
        for part in ("member", "legal", "liaison", "hr"):
            assert sign_in(getattr(cast, part)).get("/rulebook/").status_code == 200
