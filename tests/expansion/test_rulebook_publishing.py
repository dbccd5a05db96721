"""Who publishes: whom the rulebook names by approving, else the administrator alone (R-exp-01)."""

from datetime import date

import pytest
from django.utils.translation import gettext, override

from expansion import access
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.models import Notice
from expansion.people.models import Rights
from expansion.rulebook import writing
from expansion.rulebook.loading import preset
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import changed_rows, forget_rules, rules_on, version_on
from expansion.rulebook.services import content, drafts
from expansion.rulebook.values import Source
from tests.expansion.test_rulebook_drafts import CHAIN, FEEDBACK, JANUARY, WHY, change, publish

TODAY = date(2026, 11, 18)


def drafted(cast, **given) -> Version:
    changes = {FEEDBACK: "48 hours"}
    return drafts.change_draft(actor=cast.manager, changes=changes, **WHY | given)


def handed_over(cast, actor=None, draft=None) -> Version:
    return drafts.hand_over_draft(
        actor=actor or cast.manager, record=draft or drafted(cast), rules=rules_on()
    )


def told(person) -> list[str]:
    return list(Notice.objects.filter(person=person).values_list("kind", flat=True))


class TestTheAdministratorAlone:
    def test_the_manager_drafts_and_does_not_publish(self, cast):
        draft = drafted(cast)
        with pytest.raises(Forbidden) as refused:
            drafts.publish_version(actor=cast.manager, draft=draft)
        assert cast.administrator.name in refused.value.message
        assert version_on(JANUARY) == cast.version

    def test_the_administrator_publishes_and_the_trail_says_that_nobody_approved(self, cast):
        version = drafts.publish_version(actor=cast.administrator, draft=drafted(cast))
        entry = Entry.objects.get(verb="rulebook.version.published")
        assert version.unapproved and entry.actor == cast.administrator
        assert entry.changes["approved_by"][0] is None and entry.changes["approved_by"][1]

    def test_the_versions_page_says_so_and_that_of_an_approved_one_does_not(self, cast, sign_in):
        browser = sign_in(cast.member)
        version = publish(cast, {CHAIN: ["leadership"]}, effective_on=TODAY)
        with override("zh-hans"):
            sentence = str(drafts.ALONE)
        assert sentence in browser.get(version.get_absolute_url()).content.decode()
        draft = change(cast)
        drafts.submit_draft(actor=cast.manager, record=draft, rules=rules_on())
        decide(actor=cast.leadership, request=latest(draft), decision="approve")
        draft.refresh_from_db()
        assert not draft.unapproved
        published = Entry.objects.get(verb="rulebook.version.published", about_id=draft.pk)
        assert "approved_by" not in published.changes
        assert sentence not in browser.get(draft.get_absolute_url()).content.decode()

    def test_no_grant_of_the_matrix_gives_it_to_anybody_else(self, cast):
        assert "publish" in access.rule_of(Version).fixed
        cells = {"publish": {"manager": "DEPARTMENT"}, "submit": {"manager": "NONE"}}
        Rights.objects.create(kind="rulebook.version", cells=cells)
        assert not access.can(cast.again(cast.manager), "submit", Version)  # the grants are read
        assert not access.can(cast.again(cast.manager), "publish", Version)
        assert access.can(cast.again(cast.administrator), "publish", Version)


class TestHandingOver:
    def test_the_administrators_are_told_and_find_the_draft(self, cast):
        draft = handed_over(cast)
        assert (draft.status, draft.handed_over_by) == ("draft", cast.manager)
        assert told(cast.administrator) == ["rulebook.handed_over"]
        [notice] = Notice.objects.filter(person=cast.administrator)
        assert notice.url == draft.get_absolute_url() and cast.manager.name in notice.title
        assert told(cast.manager) == told(cast.leadership) == []
        entry = Entry.objects.get(verb="rulebook.draft.handed_over")
        assert entry.actor == cast.manager

    def test_a_second_click_tells_nobody_twice(self, cast):
        draft = handed_over(cast)
        with pytest.raises(NotNow):
            handed_over(cast, draft=draft)
        assert len(told(cast.administrator)) == 1

    def test_a_draft_that_is_changed_is_handed_over_anew(self, cast):
        handed_over(cast)
        draft = drafts.change_draft(actor=cast.manager, reason="再补充")
        assert draft.handed_over_at is None
        assert handed_over(cast, draft=draft).handed_over_at is not None

    def test_a_save_that_changes_nothing_leaves_it_asked_for(self, cast):
        draft = handed_over(cast)
        again = drafts.change_draft(actor=cast.manager, changes={FEEDBACK: "48 hours"}, **WHY)
        assert again.handed_over_by == cast.manager
        with pytest.raises(NotNow):
            handed_over(cast, draft=draft)
        entries = [{"key": one.key, "zh": one.zh, "en": one.en} for one in rules_on().crm.sources]
        draft = content.change_list(actor=cast.manager, path="crm.sources", entries=entries)
        assert draft.handed_over_at is not None

    def test_a_list_changed_in_it_takes_it_back_too(self, cast):
        handed_over(cast)
        source = rules_on().crm.sources[0]
        entries = [
            {"key": one.key, "zh": one.zh, "en": one.en} for one in rules_on().crm.sources[1:]
        ]
        first = {"key": source.key, "zh": "电话拓客", "en": source.en}
        draft = content.change_list(
            actor=cast.manager, path="crm.sources", entries=[first, *entries]
        )
        assert draft.handed_over_at is None

    def test_what_could_not_be_published_is_not_handed_over(self, cast):
        with pytest.raises(Invalid):
            handed_over(cast, draft=drafted(cast, reason=" "))
        assert told(cast.administrator) == []

    def test_who_publishes_asks_nobody(self, cast):
        with pytest.raises(NotNow):
            handed_over(cast, actor=cast.administrator)

    @pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
    def test_nobody_else_hands_over(self, cast, part):
        with pytest.raises(Forbidden):
            handed_over(cast, actor=getattr(cast, part))

    def test_where_an_approver_is_named_it_is_submitted_instead(self, cast):
        publish(cast, {CHAIN: ["leadership"]}, effective_on=TODAY)
        with pytest.raises(NotNow):
            handed_over(cast)

    def test_what_is_published_or_given_up_is_handed_over_no_more(self, cast):
        draft = drafted(cast)
        drafts.discard_draft(actor=cast.manager, draft=draft)
        with pytest.raises(NotNow):
            handed_over(cast, draft=draft)


class TestPages:
    url = "/rulebook/weights"

    def sent(self, browser, **fields):
        form = browser.get(self.url).context["form"]
        data = {name: str(form[name].value() or 0) for name in ("request_id", "draft", "version")}
        moved = {
            "kpi_sets.client.indicators.new_clients.weight": "45",
            "kpi_sets.client.indicators.satisfaction.weight": "35",
        }
        given = {"effective_on": "2027-01-01", "reason": "调整"}
        return browser.post(self.url, data | moved | given | fields)

    def test_the_manager_is_offered_to_ask_and_told_whom(self, cast, sign_in):
        page = sign_in(cast.manager).get(self.url).content.decode()
        assert 'name="hand_over"' in page and 'name="publish"' not in page
        assert cast.administrator.name in page
        page = sign_in(cast.administrator).get(self.url).content.decode()
        assert 'name="publish"' in page and 'name="hand_over"' not in page

    def test_the_manager_asks_and_the_administrator_publishes_what_was_drafted(self, cast, sign_in):
        assert self.sent(sign_in(cast.manager), hand_over="1").status_code == 302
        assert told(cast.administrator) == ["rulebook.handed_over"]
        browser = sign_in(cast.administrator)
        draft = Version.objects.get(status="draft")
        for url in (self.url, draft.get_absolute_url()):
            assert cast.manager.name in browser.get(url).content.decode()
        assert self.sent(browser, publish="1").status_code == 302
        assert version_on(JANUARY) == draft

    def test_a_save_keeps_what_was_asked_unless_it_changes_something_and_then_says_so(
        self, cast, sign_in
    ):
        browser = sign_in(cast.manager)
        self.sent(browser, hand_over="1")
        assert self.sent(browser).status_code == 302
        assert Version.objects.get(status="draft").handed_over_at is not None
        self.sent(browser, reason="再补充")
        assert Version.objects.get(status="draft").handed_over_at is None
        with override(cast.manager.language):
            sentence = gettext("It is another draft now. Ask anew for its publication.")
        assert sentence in browser.get(self.url).content.decode()

    def test_a_manager_who_sends_publish_is_refused_and_keeps_what_was_typed(self, cast, sign_in):
        page = self.sent(sign_in(cast.manager), publish="1", reason="我来发布")
        assert page.status_code == 403
        assert "我来发布" in page.content.decode()
        assert version_on(JANUARY) == cast.version


class TestInterpreting:
    """Every word that the form offers means somebody."""

    WORDS = [
        ("manager", "manager", "deputy"),
        ("deputy", "deputy", "manager"),
        ("leader", "leader", "manager"),
        ("leadership", "leadership", "manager"),
        ("superior", "leadership", "manager"),
        ("hr", "hr", "manager"),
        ("legal", "legal", "manager"),
        ("finance", "finance", "manager"),
        ("post:member", "member", "leader"),
        ("team:client", "leader", "manager"),
        ("team:research", "deputy", "manager"),
        ("team:partnership", "manager", "deputy"),
        ("department:company", "legal", "manager"),
        ("person:colleague", "colleague", "manager"),
    ]

    @pytest.mark.parametrize(("word", "named", "other"), WORDS)
    def test_whom_the_word_names_interprets_and_another_does_not(
        self, cast, sign_in, word, named, other
    ):
        path = "policy.interpretation_by"
        publish(cast, {path: word}, confirmed={path}, effective_on=TODAY)
        url = "/rulebook/clauses/A-3.2.4c/note"
        assert sign_in(getattr(cast, named)).get(url).status_code == 200
        assert sign_in(getattr(cast, other)).get(url).status_code == 403

    def test_every_word_that_the_form_offers_is_tried(self, cast, sign_in):
        page = sign_in(cast.administrator).get("/rulebook/parameters?section=policy")
        field = page.context["fields"]["policy.interpretation_by"].field
        kinds = {word.partition(":")[0] for word, _label in field.choices if word}
        assert kinds == {word.partition(":")[0] for word, _named, _other in self.WORDS} - {
            "department",
            "person",
        }


def test_managers_attitude_and_ability_are_our_proposal_as_the_reading_says():
    found = preset("ktv").kpi_set("management").indicators
    assert {one.key: one.weight.source.value for one in found} == {
        "team_mean": "proposal",
        "attitude": "proposal",
        "ability": "proposal",
    }
    common = preset("ktv").common_set().indicators
    assert {one.weight.source.value for one in common} == {"stated"}


class TestSourcesOfAFile:
    """What a file says of where its values come from (R-exp-01)."""

    WEIGHTS = ("new_clients", "satisfaction")

    def uploaded(self, cast, changes, source):
        rules = rules_on().with_changes(changes, source)
        draft = content.upload_draft(actor=cast.administrator, text=writing.to_toml(rules))
        drafts.change_draft(actor=cast.administrator, effective_on=TODAY, reason="文件导入")
        drafts.publish_version(actor=cast.administrator, draft=draft)
        return {one.path: one.source.value for one in rules_on().parameters()}

    def paths(self):
        return [f"kpi_sets.client.indicators.{key}.weight" for key in self.WEIGHTS]

    @pytest.mark.parametrize(
        ("claimed", "kept"),
        [
            ("stated", "admin"),
            ("admin", "admin"),
            ("proposal", "proposal"),
            ("placeholder", "placeholder"),
            ("unset", "unset"),
        ],
    )
    def test_a_value_that_differs_was_set_here_unless_the_file_says_it_waits(
        self, cast, claimed, kept
    ):
        first, second = self.paths()
        sources = self.uploaded(cast, {first: 45, second: 35}, Source(claimed))
        assert (sources[first], sources[second]) == (kept, kept)
        assert sources["kpi_sets.client.indicators.relation_loyalty.weight"] == "stated"

    def test_a_file_does_not_settle_a_proposal_by_calling_it_stated(self, cast):
        text = writing.to_toml(rules_on().with_changes({self.paths()[0]: 45, self.paths()[1]: 35}))
        said = 'visit_feedback = {value = "24 hours", source = "proposal"'
        assert said in text
        text = text.replace(said, said.replace("proposal", "stated"))
        draft = content.upload_draft(actor=cast.administrator, text=text)
        drafts.change_draft(actor=cast.administrator, effective_on=TODAY, reason="文件导入")
        drafts.publish_version(actor=cast.administrator, draft=draft)
        assert rules_on().sla.visit_feedback.source == "proposal"

    def test_a_file_that_only_confirms_shows_what_it_confirms(self, cast):
        rules = rules_on().with_changes({FEEDBACK: "24 hours"}, confirm=True)
        draft = content.upload_draft(actor=cast.administrator, text=writing.to_toml(rules))
        [row] = changed_rows(draft)
        assert (row.path, row.confirmed) == (FEEDBACK, True)


class TestTakingBack:
    def test_what_has_not_begun_is_a_draft_again_and_loses_nothing(self, cast):
        version = publish(cast, {FEEDBACK: "48 hours"})
        back = drafts.withdraw_version(actor=cast.administrator, record=version, reason="日期错了")
        assert back.status == Version.Status.DRAFT and version_on(JANUARY) == cast.version
        held = {row.path: str(row.after) for row in changed_rows(back)}
        assert held == {FEEDBACK: "48 hours"}
        entry = Entry.objects.get(verb="rulebook.version.withdrawn")
        assert entry.actor == cast.administrator and entry.changes["reason"] == [None, "日期错了"]
        again = drafts.publish_version(actor=cast.administrator, draft=back)
        assert str(rules_on(JANUARY).sla.visit_feedback.value) == "48 hours"
        assert again.pk == version.pk and [row.path for row in changed_rows(again)] == [FEEDBACK]

    def test_it_is_changed_further_and_published_anew(self, cast):
        version = publish(cast, {FEEDBACK: "48 hours", "sla.return_visit": "20 days"})
        drafts.withdraw_version(actor=cast.administrator, record=version, reason="改一处")
        draft = drafts.change_draft(actor=cast.administrator, changes={FEEDBACK: "36 hours"}, **WHY)
        drafts.publish_version(actor=cast.administrator, draft=draft)
        forget_rules()  # under the standing clock it was written at the same moment again
        assert str(rules_on(JANUARY).sla.visit_feedback.value) == "36 hours"
        assert str(rules_on(JANUARY).sla.return_visit.value) == "20 days"

    def test_once_its_day_has_come_it_stays(self, cast):
        version = publish(cast, {FEEDBACK: "48 hours"}, effective_on=TODAY)
        with pytest.raises(Forbidden):
            drafts.withdraw_version(actor=cast.administrator, record=version, reason="x")
        assert version_on(TODAY) == version

    def test_nobody_else_takes_it_back(self, cast):
        version = publish(cast, {FEEDBACK: "48 hours"})
        for person in (cast.manager, cast.leadership, cast.member):
            with pytest.raises(Forbidden):
                drafts.withdraw_version(actor=person, record=version, reason="x")

    def test_what_was_approved_is_taken_back_by_who_approved_it(self, cast):
        publish(cast, {CHAIN: ["leadership"]}, effective_on=TODAY)
        draft = change(cast)
        drafts.submit_draft(actor=cast.manager, record=draft, rules=rules_on())
        decide(actor=cast.leadership, request=latest(draft), decision="approve")
        with pytest.raises(Forbidden):
            drafts.withdraw_version(actor=cast.administrator, record=draft, reason="x")
        drafts.withdraw_version(actor=cast.leadership, record=draft, reason="改期")
        draft.refresh_from_db()
        drafts.submit_draft(actor=cast.manager, record=draft, rules=rules_on())
        assert latest(draft).round == 2

    def test_what_something_rests_on_stays(self, cast):
        first = publish(cast, {FEEDBACK: "48 hours"})
        draft = change(cast, {FEEDBACK: "36 hours"})
        with pytest.raises(NotNow):
            drafts.withdraw_version(actor=cast.administrator, record=first, reason="x")
        drafts.publish_version(actor=cast.administrator, draft=draft)
        with pytest.raises(NotNow):
            drafts.withdraw_version(actor=cast.administrator, record=first, reason="x")

    def test_the_page_offers_it_and_says_what_follows(self, cast, sign_in):
        version = publish(cast, {FEEDBACK: "48 hours"})
        address = f"{version.get_absolute_url()}/withdraw"
        assert address not in sign_in(cast.manager).get(version.get_absolute_url()).content.decode()
        browser = sign_in(cast.administrator)
        assert address in browser.get(version.get_absolute_url()).content.decode()
        sent = {"request_id": "1", "reason": ""}
        assert browser.post(address, sent).status_code == 422
        assert browser.post(address, sent | {"reason": "日期错了"}).url == "/rulebook/"
        version.refresh_from_db()
        assert version.status == Version.Status.DRAFT
