"""Posts, teams, indicators and chains: added, changed, taken away (R-exp-01, R-exp-02)."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.forms import Select
from django.urls import reverse

from expansion import clock
from expansion.approvals.models import Request
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.people.models import Post, Unit
from expansion.rulebook import loading, writing
from expansion.rulebook.blanks import blank, parameter_in
from expansion.rulebook.entries import collection_at, collections
from expansion.rulebook.entry_forms import entry_fields
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import (
    changed_rows,
    drafted_rules,
    open_draft,
    restructured,
    rules_on,
)
from expansion.rulebook.services import content, drafts, entries
from expansion.rulebook.services.following import follow_versions

JANUARY = date(2027, 1, 1)
INDICATORS = "kpi_sets.client.indicators"
PLANNER = {"zh": "企划专员", "en": "Planner", "role": "member", "limit": 2}
TYPED = {"zh": "企划专员", "en": "Planner", "role": "member"}


def publish(cast, draft: Version, **changes) -> Version:
    drafts.change_draft(
        actor=cast.administrator, changes=changes, effective_on=JANUARY, reason="新年调整"
    )
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def begin() -> None:
    """The first day of what was published."""
    clock.set_clock(datetime(2027, 1, 1, 0, 2))
    follow_versions()


def words(refused) -> str:
    return " ".join(sum(refused.value.fields.values(), [refused.value.message]))


def test_a_post_is_added_and_stands_in_the_department_from_the_first_day(cast):
    draft = entries.add_entry(actor=cast.manager, path="posts", values=PLANNER)
    assert not Post.objects.filter(key="planner").exists()
    publish(cast, draft)
    post = rules_on(JANUARY).post("planner")
    assert (post.zh, post.role, post.limit.value, post.limit.source) == (
        "企划专员",
        "member",
        2,
        "admin",
    )
    begin()
    assert Post.objects.get(key="planner").headcount == 2
    entry = Entry.objects.get(verb="rulebook.entry.added")
    assert entry.actor == cast.manager and "posts.planner.zh" in entry.changes


def test_a_team_names_its_head_and_its_set(cast):
    values = {"zh": "活动小组", "en": "Events", "head": "leader", "kpi_set": "client"}
    draft = entries.add_entry(actor=cast.administrator, path="teams", values=values)
    publish(cast, draft)
    assert rules_on(JANUARY).team("events").kpi_set == "client"
    begin()
    assert Unit.objects.get(key="events").name == "活动小组"


def test_an_indicator_is_added_while_the_sum_is_off_and_published_when_it_adds_up(cast):
    given = {"zh": "活动", "en": "Events held", "weight": Decimal(10)}
    draft = entries.add_entry(actor=cast.administrator, path=INDICATORS, values=given)
    drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="新年调整")
    with pytest.raises(Invalid) as refused:
        drafts.publish_version(actor=cast.administrator, draft=draft)
    assert "110%" in words(refused)
    first = rules_on().kpi_set("client").indicators[0]
    publish(cast, draft, **{f"{INDICATORS}.{first.key}.weight": first.weight.value - 10})
    made = rules_on(JANUARY).kpi_set("client").indicators[-1]
    assert (made.key, made.weight.value, made.is_rated) == ("events_held", 10, True)


def test_an_entry_like_another_brings_its_lists_along(cast):
    first = rules_on().kpi_set("client").indicators[0]
    given = {"key": "again", "zh": "再次", "en": "Again", "weight": Decimal(0)}
    draft = entries.add_entry(
        actor=cast.administrator, path=INDICATORS, values=given, like=first.key
    )
    made = drafted_rules(draft).kpi_set("client").indicators[-1]
    assert [(one.key, one.share.value) for one in made.how] == [
        (one.key, one.share.value) for one in first.how
    ]
    assert made.key == "again" and {one.share.source for one in made.how} == {"proposal"}


def test_a_chain_is_changed_in_order_and_is_the_draft_s_own_value(cast):
    chain = ["legal", "manager", "leadership"]
    rule = rules_on().approvals[0]
    draft = entries.change_entry(
        actor=cast.administrator, path="approvals", key=rule.key, values={"chain": chain}
    )
    assert draft.changes == {f"approvals.{rule.key}.chain": chain}
    [row] = changed_rows(draft)
    assert row.after == tuple(chain) and not restructured(draft)
    entry = Entry.objects.get(verb="rulebook.entry.changed")
    assert list(entry.changes) == [f"approvals.{rule.key}.chain"]


def test_words_and_references_of_an_entry_are_changed_and_its_key_stays(cast):
    values = {"key": "chief", "zh": "部门经理", "en": "Head", "kpi_set": "client"}
    draft = entries.change_entry(
        actor=cast.administrator, path="posts", key="member", values=values
    )
    post = drafted_rules(draft).post("member")
    assert (post.zh, post.kpi_set) == ("部门经理", "client")
    labels = [one.label for one in restructured(draft)]
    assert any("Scored by the set" in label for label in labels)


def test_values_that_were_confirmed_outlive_a_change_of_the_entry(cast):
    path = next(
        one.path
        for one in rules_on().parameters()
        if one.path.startswith("meetings.") and one.source == "proposal"
    )
    value = next(one.value for one in rules_on().parameters() if one.path == path)
    drafts.change_draft(actor=cast.manager, changes={path: value}, confirmed=[path])
    _meetings, key, name = path.split(".")
    draft = entries.change_entry(
        actor=cast.manager, path="meetings", key=key, values={"zh": "例会", name: value}
    )
    assert path in draft.changes


def test_an_entry_that_nothing_names_is_taken_away(cast):
    key = rules_on().meetings[0].key
    draft = entries.remove_entry(actor=cast.administrator, path="meetings", key=key)
    [row] = [one for one in restructured(draft) if one.path == f"meetings.{key}"]
    assert row.after is None and row.before
    publish(cast, draft)
    assert key not in [one.key for one in rules_on(JANUARY).meetings]
    assert Entry.objects.get(verb="rulebook.entry.removed").actor == cast.administrator


@pytest.mark.parametrize(
    ("path", "key", "said"),
    [
        ("posts", "member", "holds the post"),
        ("teams", "client", "works in the team"),
        ("kpi_sets", "client", "not known"),
        ("appraisal.levels", "unqualified", "level"),
        ("approvals", "contract", "approved here"),
    ],
)
def test_what_is_named_elsewhere_stays_and_a_sentence_says_by_what(cast, path, key, said):
    with pytest.raises(Invalid) as refused:
        entries.remove_entry(actor=cast.administrator, path=path, key=key)
    assert said in words(refused)
    assert open_draft() is None


def test_what_the_draft_itself_added_is_taken_away_again(cast):
    entries.add_entry(actor=cast.administrator, path="posts", values=PLANNER)
    draft = entries.remove_entry(actor=cast.administrator, path="posts", key="planner")
    assert not restructured(draft)
    drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="x")
    with pytest.raises(Invalid) as refused:
        drafts.publish_version(actor=cast.administrator, draft=draft)
    assert "Nothing differs" in words(refused)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({**PLANNER, "key": "member"}, "twice"),
        ({**PLANNER, "key": "Planer!"}, "small letters"),
        ({**PLANNER, "zh": " "}, "not empty"),
        ({**PLANNER, "role": "chef"}, "Choose one of"),
        ({**PLANNER, "kpi_set": "nothing"}, "not known"),
        ({**PLANNER, "limit": -1}, "smallest"),
    ],
)
def test_an_entry_that_does_not_hold_is_refused_and_opens_no_draft(cast, values, said):
    with pytest.raises(Invalid) as refused:
        entries.add_entry(actor=cast.administrator, path="posts", values=values)
    assert said in words(refused)
    assert open_draft() is None


@pytest.mark.parametrize("part", ["member", "leader", "hr", "leadership", "legal"])
def test_only_those_who_edit_the_rules_add_change_or_take_away(cast, part):
    person = getattr(cast, part)
    with pytest.raises(Forbidden):
        entries.add_entry(actor=person, path="posts", values=PLANNER)
    with pytest.raises(Forbidden):
        entries.change_entry(actor=person, path="posts", key="member", values={"zh": "x"})
    with pytest.raises(Forbidden):
        entries.remove_entry(actor=person, path="posts", key="member")


def test_a_list_or_an_entry_that_is_not_there_is_gone(cast):
    for path, key in (("nothing", "x"), ("posts", "nobody"), ("crm.sources", "telephone")):
        with pytest.raises(Gone):
            entries.change_entry(actor=cast.administrator, path=path, key=key, values={"zh": "x"})


def test_a_stale_or_submitted_draft_takes_nothing(cast):
    draft = entries.add_entry(actor=cast.manager, path="posts", values=PLANNER)
    with pytest.raises(Stale):
        entries.remove_entry(
            actor=cast.administrator,
            path="posts",
            key="planner",
            draft=draft.pk,
            version=draft.version - 1,
        )
    Version.objects.filter(pk=draft.pk).update(status="submitted")
    with pytest.raises(NotNow):
        entries.remove_entry(actor=cast.administrator, path="posts", key="planner")


def test_a_file_may_leave_out_what_nothing_names(cast):
    data = loading.to_data(loading.preset("ktv"))
    gone = data["meetings"].pop()
    text = writing.to_toml(loading.from_data(data))
    draft = content.upload_draft(actor=cast.administrator, text=text)
    assert f"meetings.{gone['key']}" in {one.path for one in restructured(draft)}


@pytest.mark.django_db
def test_every_list_of_every_regulation_has_a_form_for_its_entries():
    for key in loading.preset_keys():
        rules = loading.preset(key)
        found = list(collections(rules))
        assert len({one.path for one in found}) == len(found) > 15
        for one in found:
            for pattern in (None, *one.items[:1]):
                names = dict(entry_fields(one, pattern, rules))
                assert {"key"} <= set(names) and all(each.label for each in names.values())


def test_a_blank_value_of_every_kind_can_be_typed_into():
    rules = loading.preset("ktv")
    kinds = {
        kind
        for one in collections(rules)
        for field in one.model.model_fields.values()
        if (kind := parameter_in(field.annotation))
    }
    assert len(kinds) > 8
    assert all(blank(kind).source == "unset" for kind in kinds)


def test_approvals_read_the_chain_that_was_added(cast):
    """What is published is what the approvals room asks for its deciders."""
    rule = rules_on().approvals[0]
    draft = entries.change_entry(
        actor=cast.administrator, path="approvals", key=rule.key, values={"chain": ["legal"]}
    )
    publish(cast, draft)
    assert rules_on(JANUARY).chain(rule.key) == ("legal",)
    assert not Request.objects.exists()


class TestPages:
    def form(self, browser, url: str) -> dict:
        form = browser.get(url).context["form"]
        sent = {}
        for bound in form:
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):
                widget = bound.field.widget
                held = zip(widget.widgets_names, widget.decompress(value), strict=True)
                sent |= {
                    f"{bound.html_name}{name}": "" if one is None else str(one)
                    for name, one in held
                }
            elif isinstance(value, list | tuple):
                sent[bound.html_name] = list(value)
            elif value is not None and value is not False:
                sent[bound.html_name] = str(value)
        return sent

    def test_a_post_is_added_by_its_form(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entry-add", args=["posts"])
        sent = self.form(browser, url) | TYPED
        answer = browser.post(url, sent)
        assert answer.status_code == 302 and answer.url.endswith("?of=posts")
        page = browser.get(answer.url).content.decode()
        assert "企划专员" in page

    def test_every_kind_of_entry_is_added_as_its_form_begins_or_a_sentence_says_why(
        self, cast, sign_in
    ):
        """Whatever a form leaves as it is can be sent; what is refused, the form can mend."""
        browser, added = sign_in(cast.administrator), set()
        for one in {each.model: each for each in collections(rules_on())}.values():
            url = reverse("rulebook:entry-add", args=[one.path])
            sent = self.chosen(browser, url) | {"zh": "新的", "en": "New one"}
            answer = browser.post(url, sent)
            if answer.status_code == 302:
                added.add(one.path.rpartition(".")[2])
                continue
            said = " ".join(sum(answer.context["form"].errors.values(), []))
            assert answer.status_code == 422 and said, url
            assert "missing" not in said and "缺少" not in said and one.path not in said, said
        assert {"teams", "kpi_sets", "posts", "indicators", "meetings"} <= added

    def chosen(self, browser, url: str) -> dict:
        """What a browser sends of a form that nobody has touched: of each list its first entry."""
        sent = self.form(browser, url)
        for name, field in browser.get(url).context["form"].fields.items():
            if type(field.widget) is Select and name not in sent and field.choices:
                sent[name] = next(iter(field.choices))[0]
        return sent

    def test_a_team_without_a_head_is_added_alone_or_like_another(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entry-add", args=["teams"])
        for like, key in (("", "channel"), ("?like=client", "channel_2")):
            sent = self.chosen(browser, url + like)
            sent |= {"zh": "渠道组", "en": "Channel", "key": key, "head": ""}
            assert browser.post(url + like, sent).status_code == 302
            head = drafted_rules(open_draft()).team(key).head
            assert (head.value, head.source) == (None, "admin")

    def test_a_consequence_is_added_and_published_once_its_measures_are_named(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        url = reverse("rulebook:entry-add", args=["consequences"])
        level = rules_on().consequences[0].level
        sent = self.chosen(browser, url) | {"zh": "两次", "en": "Twice", "level": level}
        sent |= {"periods": "2", "decided_by_0": "manager"}
        answer = browser.post(url, sent)
        assert answer.status_code == 302, answer.context["form"].errors
        drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="新年调整")
        with pytest.raises(Invalid) as refused:
            drafts.publish_version(actor=cast.administrator, draft=open_draft())
        assert "consequences.twice.measures" in refused.value.fields
        content.change_list(
            actor=cast.administrator,
            path="consequences.twice.measures",
            entries=[{"key": "talk", "zh": "面谈", "en": "Talk"}],
        )
        drafts.publish_version(actor=cast.administrator, draft=open_draft())
        assert rules_on(JANUARY).consequences[-1].measures[0].key == "talk"

    def test_the_second_click_adds_nothing_more(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entry-add", args=["posts"])
        sent = self.form(browser, url) | TYPED
        assert [browser.post(url, sent).status_code for _click in range(2)] == [302, 302]
        posts = [one.key for one in drafted_rules(open_draft()).posts]
        assert posts.count("planner") == 1 and "planner_2" not in posts

    def test_a_refused_entry_keeps_what_was_typed_and_says_where(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entry-add", args=["posts"])
        sent = self.form(browser, url) | {**TYPED, "key": "member"}
        answer = browser.post(url, sent)
        assert answer.status_code == 422
        assert "企划专员" in answer.content.decode()
        assert answer.context["form"].errors["key"]

    def test_a_copy_begins_with_the_other_s_values_and_without_its_words(self, cast, sign_in):
        url = reverse("rulebook:entry-add", args=[INDICATORS])
        first = rules_on().kpi_set("client").indicators[0]
        form = sign_in(cast.manager).get(url, {"like": first.key}).context["form"]
        assert form["weight"].value() == first.weight.value and not form["zh"].value()

    def test_an_edit_shows_what_the_draft_holds(self, cast, sign_in):
        rule = rules_on().approvals[0]
        entries.change_entry(
            actor=cast.administrator, path="approvals", key=rule.key, values={"chain": ["legal"]}
        )
        url = reverse("rulebook:entry-edit", args=["approvals", rule.key])
        form = sign_in(cast.administrator).get(url).context["form"]
        assert tuple(form["chain"].value()) == ("legal",)

    def test_an_edit_sent_as_it_stands_changes_nothing(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        for one in collections(rules_on()):
            for held in one.items[:1]:
                url = reverse("rulebook:entry-edit", args=[one.path, held.key])
                answer = browser.post(url, self.form(browser, url))
                assert answer.status_code == 302, (url, answer.context["form"].errors)
        draft = open_draft()
        assert not restructured(draft) and draft.changes == {}

    def test_an_entry_is_taken_away_after_one_more_question(self, cast, sign_in):
        browser, key = sign_in(cast.administrator), rules_on().meetings[0].key
        url = reverse("rulebook:entry-remove", args=["meetings", key])
        assert browser.post(url, self.form(browser, url)).status_code == 302
        assert key not in [one.key for one in drafted_rules(open_draft()).meetings]

    def test_what_stays_is_answered_with_the_sentence(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        url = reverse("rulebook:entry-remove", args=["posts", "member"])
        answer = browser.post(url, self.form(browser, url))
        assert answer.status_code == 422 and open_draft() is None
        assert answer.context["form"].non_field_errors()

    @pytest.mark.parametrize(
        ("path", "key"), [("kpi_sets", "client"), ("appraisal.levels", "unqualified")]
    )
    def test_what_stays_is_answered_with_what_names_it(self, cast, sign_in, path, key):
        browser = sign_in(cast.administrator)
        url = reverse("rulebook:entry-remove", args=[path, key])
        answer = browser.post(url, self.form(browser, url))
        said = answer.context["form"].non_field_errors()
        assert answer.status_code == 422 and len(said) == len(set(said))
        named = [one.zh for one in rules_on().teams if one.kpi_set == key]
        named += [one.zh for one in rules_on().consequences if one.level == key]
        assert named and all(any(f"{zh}”" in sentence for sentence in said) for zh in named)

    @pytest.mark.parametrize("name", ["entry-edit", "entry-remove"])
    def test_what_is_not_there_is_404(self, cast, sign_in, name):
        browser = sign_in(cast.administrator)
        for path, key in (("posts", "nobody"), ("nothing", "x"), ("crm.sources", "telephone")):
            assert browser.get(reverse(f"rulebook:{name}", args=[path, key])).status_code == 404

    def test_a_draft_that_somebody_saved_meanwhile_is_409_and_then_saved(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entry-add", args=["posts"])
        sent = self.form(browser, url) | TYPED
        drafts.change_draft(actor=cast.manager, reason="先改")
        answer = browser.post(url, sent)
        assert answer.status_code == 409 and "企划专员" in answer.content.decode()
        again = sent | {name: answer.context["form"][name].value() for name in ("draft", "version")}
        assert browser.post(url, again).status_code == 302

    def test_the_list_names_what_can_be_done_and_a_submitted_draft_nothing(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:entries")
        assert browser.get(url).context["may_change"]
        draft = drafts.change_draft(actor=cast.administrator, reason="x")
        Version.objects.filter(pk=draft.pk).update(status="submitted")
        assert not browser.get(url, {"of": INDICATORS}).context["may_change"]

    def test_collections_are_found_by_their_path(self, cast):
        found = collection_at(rules_on(), INDICATORS)
        assert found.items == rules_on().kpi_set("client").indicators
