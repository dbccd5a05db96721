"""The editor's draft: every kind of value, confirming proposals, conflicts, and its approval."""

import re
from datetime import date, datetime
from typing import get_args

import pytest
from django.utils.translation import override

from expansion import access, clock
from expansion.approvals.selectors import latest, waiting_for
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.rulebook.fields import FIELDS
from expansion.rulebook.models import Version
from expansion.rulebook.parameters import Kind
from expansion.rulebook.selectors import changed_rows, rules_on, version_on, version_to_amend
from expansion.rulebook.services import drafts

FEEDBACK = "sla.visit_feedback"  # a proposal of 24 hours
NEW = "kpi_sets.client.indicators.new_clients.weight"  # stated, 50
SATISFACTION = "kpi_sets.client.indicators.satisfaction.weight"
MOVED = {NEW: "45", SATISFACTION: "35"}
CHAIN = "policy.amendment_chain"
JANUARY, FEBRUARY = date(2027, 1, 1), date(2027, 2, 1)
WHY = {"effective_on": JANUARY, "reason": "按季度经营重点调整"}


def change(cast, changes=None, **given):
    return drafts.change_draft(
        actor=cast.administrator, changes=changes or {FEEDBACK: "48 hours"}, **WHY | given
    )


def publish(cast, changes=None, **given):
    draft = change(cast, changes, **given)
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def sources(day=JANUARY):
    return {one.path: str(one.source) for one in rules_on(day).parameters()}


@pytest.fixture
def needs_leadership(cast):
    """The rulebook names the leadership as approver of its amendments."""
    publish(cast, {CHAIN: ["leadership"]}, effective_on=date(2026, 11, 18))


class TestConfirming:
    def test_a_confirmed_proposal_keeps_its_value_and_becomes_the_administrators(self, cast):
        version = publish(cast, {FEEDBACK: "24 hours"}, confirmed={FEEDBACK})
        assert sources()[FEEDBACK] == "admin"
        assert str(rules_on(JANUARY).sla.visit_feedback.value) == "24 hours"
        assert [row.confirmed for row in changed_rows(version)] == [True]

    def test_an_appraisal_opened_earlier_still_reads_the_old_version(self, cast):
        publish(cast, {FEEDBACK: "48 hours"})
        assert str(rules_on(date(2026, 12, 31)).sla.visit_feedback.value) == "24 hours"
        assert sources(date(2026, 12, 31))[FEEDBACK] == "proposal"

    def test_a_value_that_is_stated_needs_no_word_and_stays_stated(self, cast):
        draft = change(cast, {NEW: "50"}, confirmed={NEW})
        assert draft.changes == {}

    def test_an_empty_value_is_confirmed_as_empty(self, cast):
        publish(cast, {"teams.client.head": None}, confirmed={"teams.client.head"})
        assert sources()["teams.client.head"] == "admin"

    def test_the_list_of_unconfirmed_values_empties_only_by_confirming_each(self, cast):
        waiting = [one for one in rules_on().parameters() if one.source in ("proposal", "unset")]
        held = {one.path: one.plain(one.value) for one in waiting}
        last = waiting[-1].path
        publish(cast, {path: held[path] for path in held}, confirmed=set(held) - {last})
        assert [path for path, source in sources().items() if source in ("proposal", "unset")] == [
            last
        ]

    def test_the_same_value_written_otherwise_changes_nothing(self, cast):
        assert change(cast, {NEW: "50.0"}).changes == {}


class TestFollowingVersions:
    def test_a_draft_starts_from_what_is_published_for_a_later_day(self, cast):
        publish(cast, {FEEDBACK: "48 hours"})
        publish(cast, {"sla.complaint_reply": "24 hours"}, effective_on=FEBRUARY)
        rules = rules_on(FEBRUARY)
        assert str(rules.sla.visit_feedback.value) == "48 hours"
        assert str(rules.sla.complaint_reply.value) == "24 hours"

    def test_it_does_not_begin_before_the_one_it_changes(self, cast):
        publish(cast, effective_on=FEBRUARY)
        with pytest.raises(Invalid) as refusal:
            publish(cast, {"sla.complaint_reply": "24 hours"})
        assert "2027-02-01" in refusal.value.message
        assert version_to_amend().effective_on == FEBRUARY

    def test_the_trail_holds_both_values(self, cast):
        publish(cast)
        entry = Entry.objects.get(verb="rulebook.version.published")
        assert entry.changes[FEEDBACK] == ["24 hours", "48 hours"]


class TestTwoEditors:
    def test_who_saw_no_draft_is_told_of_the_one_opened_meanwhile(self, cast):
        change(cast)
        with pytest.raises(Stale):
            change(cast, draft=0)

    def test_who_saw_a_draft_is_told_that_it_was_published_meanwhile(self, cast):
        draft = change(cast)
        drafts.publish_version(actor=cast.administrator, draft=draft)
        with pytest.raises(Stale):
            change(cast, draft=draft.pk, version=draft.version)

    def test_who_saw_a_draft_is_told_that_it_was_replaced_meanwhile(self, cast):
        first = change(cast)
        drafts.discard_draft(actor=cast.administrator, draft=first)
        second = change(cast)
        assert second.version == first.version
        with pytest.raises(Stale):
            change(cast, draft=first.pk, version=first.version)


@pytest.mark.usefixtures("needs_leadership")
class TestApproval:
    def submit(self, cast, **given):
        draft = change(cast, **given)
        return drafts.submit_draft(actor=cast.administrator, record=draft, rules=rules_on())

    def decide(self, cast, decision, **given):
        request = waiting_for(cast.leadership).get().request
        return decide(actor=cast.leadership, request=request, decision=decision, **given)

    def test_nobody_publishes_past_the_named_approver(self, cast):
        draft = change(cast)
        with pytest.raises(NotNow):
            drafts.publish_version(actor=cast.administrator, draft=draft)
        with pytest.raises(Forbidden):
            drafts.publish_version(actor=cast.manager, draft=draft)

    def test_the_approval_itself_publishes(self, cast):
        version = self.submit(cast)
        assert version.status == "submitted"
        self.decide(cast, "approve")
        version.refresh_from_db()
        assert (version.status, version.published_by) == ("published", cast.leadership)
        assert str(rules_on(JANUARY).sla.visit_feedback.value) == "48 hours"

    def test_everybody_reads_what_was_approved_and_those_who_draft_what_was_said(self, cast):
        version = self.submit(cast)
        request = waiting_for(cast.leadership).get().request
        self.decide(cast, "approve", comment="四十八小时够了。")
        people = [cast.again(one) for one in (cast.member, cast.hr, cast.manager, cast.leadership)]
        assert all(access.can(one, "view", version) for one in people)
        seen = [access.can(one, "view", request) for one in people]
        assert seen == [False, False, True, True]

    def test_the_approver_reads_every_change_with_both_values(self, cast):
        self.submit(cast)
        snapshot = waiting_for(cast.leadership).get().request.snapshot
        texts = {section["key"]: section["text"] for section in snapshot["sections"]}
        assert texts["reason"] == WHY["reason"]
        assert re.search(r"24 .+ → 48 .+", texts["sla"])

    def test_while_it_is_decided_nobody_changes_or_gives_it_up(self, cast):
        version = self.submit(cast)
        with pytest.raises(NotNow):
            change(cast)
        with pytest.raises(Exception, match="nothing here"):
            drafts.discard_draft(actor=cast.administrator, draft=version)
        with pytest.raises(NotNow):
            drafts.submit_draft(actor=cast.manager, record=version, rules=rules_on())

    @pytest.mark.parametrize(("decision", "status"), [("return", "draft"), ("reject", "rejected")])
    def test_a_returned_one_is_a_draft_again_and_a_rejected_one_stays_as_that(
        self, cast, decision, status
    ):
        version = self.submit(cast)
        self.decide(cast, decision, comment="请补充依据")
        version.refresh_from_db()
        assert version.status == status

    def test_a_first_day_that_passed_meanwhile_is_returned_and_the_sentence_says_so(self, cast):
        version = self.submit(cast)
        with clock.clock_at(datetime(2027, 1, 4, 9, 0)), override("en"):
            with pytest.raises(Invalid) as refused:
                self.decide(cast, "approve")
            [sentence] = refused.value.fields["effective_on"]
            assert "Return it" in sentence
            self.decide(cast, "return", comment="请改生效日")
        version.refresh_from_db()
        assert version.status == "draft"

    def test_who_submitted_it_withdraws_it(self, cast):
        version = self.submit(cast)
        withdraw(actor=cast.administrator, request=latest(version))
        version.refresh_from_db()
        assert version.status == "draft"

    def test_what_could_not_be_published_is_not_submitted(self, cast):
        with pytest.raises(Invalid):
            self.submit(cast, changes={NEW: "49"})
        assert not waiting_for(cast.leadership).exists()

    @pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
    def test_nobody_else_submits(self, cast, part):
        draft = change(cast)
        with pytest.raises(Forbidden):
            drafts.submit_draft(actor=getattr(cast, part), record=draft, rules=rules_on())

    def test_each_step_stands_in_the_trail(self, cast):
        version = self.submit(cast)
        self.decide(cast, "return", comment="请补充依据")
        verbs = set(Entry.objects.filter(about_id=version.pk).values_list("verb", flat=True))
        assert {"rulebook.draft.submitted", "rulebook.draft.returned"} <= verbs


def test_without_a_named_approver_there_is_nothing_to_submit(cast):
    draft = change(cast)
    with pytest.raises(NotNow):
        drafts.submit_draft(actor=cast.administrator, record=draft, rules=rules_on())
    assert not access.can(cast.administrator, "submit", draft)


def test_drafts_are_seen_by_those_who_draft(cast):
    draft = change(cast)
    for part, seen in [("administrator", True), ("manager", True), ("member", False)]:
        visible = access.visible_to(getattr(cast, part), Version.objects.all())
        assert (draft in visible, cast.version in visible) == (seen, True)
        assert access.can(getattr(cast, part), "view", draft) == seen


def test_every_kind_of_value_has_its_field():
    assert set(FIELDS) == set(get_args(Kind))


class TestParametersPage:
    url = "/rulebook/parameters"

    def sent(self, browser, section, **fields):
        """Everything the page shows, as a browser sends it, with some fields changed."""
        page = browser.get(f"{self.url}?section={section}")
        form, values = page.context["form"], page.context["fields"]
        data = {"request_id": form["request_id"].value(), "reason": form["reason"].value() or ""}
        data |= {name: form[name].value() or "" for name in ("draft", "version")}
        data["effective_on"] = "2027-01-01"
        for bound in values:
            data |= posted(bound)
        data["confirm"] = [row["listed"].path for row in page.context["rows"] if row["confirmed"]]
        return browser.post(f"{self.url}?section={section}", data | fields)

    def test_what_the_page_shows_and_sends_back_changes_nothing(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        keys = [one["key"] for one in browser.get(self.url).context["sections"]]
        for key in keys:
            assert self.sent(browser, key).status_code == 302, key
        assert Version.objects.get(status="draft").changes == {}

    def test_the_administrator_changes_a_deadline_and_publishes_it(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        fields = {f"{FEEDBACK}_0": "2", f"{FEEDBACK}_1": "working days"}
        sent = self.sent(browser, "sla", **fields, publish="1", reason="统一口径")
        assert sent.status_code == 302
        assert str(rules_on(JANUARY).sla.visit_feedback.value) == "2 working days"
        assert sources()["sla.complaint_reply"] == "proposal"

    def test_a_cadence_a_chain_and_a_choice_are_changed(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        cadence, chain = "reports.weekly_summary.cadence", "approvals.contract.chain"
        self.sent(
            browser, "reports", **{f"{cadence}_weekday": "thursday", f"{cadence}_at": "12:30"}
        )
        self.sent(browser, "approvals", **{f"{chain}_0": "", f"{chain}_1": "legal"})
        self.sent(browser, "risk", **{"risk.enabled": "yes"})
        draft = Version.objects.get(status="draft")
        rules = rules_on().with_changes(draft.changes)
        assert rules.report("weekly_summary").cadence.value.weekday == "thursday"
        assert rules.chain("contract") == ("legal", "leadership")
        both = {f"{chain}_joint1": "all", f"{chain}_1": "finance", f"{chain}_2": "leadership"}
        self.sent(browser, "approvals", **both)
        draft.refresh_from_db()
        rules = rules_on().with_changes(draft.changes)
        assert rules.chain("contract") == ("legal + finance", "leadership")
        assert rules.risk.enabled.value is True
        assert len(draft.changes) == 3

    def test_a_refused_value_stands_above_the_form_with_a_link_to_its_row(self, cast, sign_in):
        page = self.sent(sign_in(cast.administrator), "sla", **{f"{FEEDBACK}_0": "-4"})
        text = page.content.decode()
        listed = {one.path: one for one in rules_on().parameters()}[FEEDBACK]
        assert page.status_code == 422 and "data-error-summary" in text
        assert f'href="#at-{FEEDBACK}"' in text and f'id="at-{FEEDBACK}"' in text
        assert page.context["fields"].fields[FEEDBACK].label.split(" · ")[-1] in text
        assert listed.path == FEEDBACK

    def test_ticking_confirms_and_unticking_takes_it_back(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        self.sent(browser, "sla", confirm=[FEEDBACK])
        assert set(Version.objects.get(status="draft").changes) == {FEEDBACK}
        self.sent(browser, "sla", confirm=[])
        assert Version.objects.get(status="draft").changes == {}

    def test_saving_the_weights_loses_no_confirmation(self, cast, sign_in):
        browser, share = sign_in(cast.administrator), "appraisal.combine.team_share"
        self.sent(browser, "appraisal", confirm=[share])
        page = browser.get("/rulebook/weights")
        form = page.context["form"]
        data = {name: form[name].value() for name in ("request_id", "draft", "version")}
        browser.post("/rulebook/weights", data | {share: "60", NEW: "45"})
        assert set(Version.objects.get(status="draft").changes) == {share, NEW}

    @pytest.mark.parametrize(
        ("section", "name", "value"),
        [
            ("sla", f"{FEEDBACK}_0", "很快"),
            ("sla", f"{FEEDBACK}_0", "-1"),
            ("sla", f"{FEEDBACK}_1", "fortnights"),
            ("approvals", "approvals.contract.chain_0", "boss"),
            ("appraisal", "appraisal.combine.team_share", "NaN"),
            ("appraisal", "appraisal.combine.team_share", "101"),
            ("reports", "reports.weekly_summary.cadence_at", "25:00"),
            ("numbers", "numbers.contract.pattern", ""),
            ("posts", "posts.manager.limit", "1.5"),
        ],
    )
    def test_a_wrong_value_answers_422_under_its_field(self, cast, sign_in, section, name, value):
        page = self.sent(sign_in(cast.administrator), section, **{name: value})
        assert page.status_code == 422
        assert [path for path in page.context["fields"].errors] == [
            name.split("_0")[0].split("_1")[0].split("_at")[0]
        ]
        assert not Version.objects.filter(status="draft").exists()

    def test_a_stale_draft_answers_409_with_both_values_and_saves_the_second_time(
        self, cast, sign_in
    ):
        browser = sign_in(cast.administrator)
        seen = browser.get(f"{self.url}?section=sla").context
        drafts.change_draft(actor=cast.manager, changes={FEEDBACK: "72 hours"})
        data = {"request_id": "k1", "draft": seen["form"]["draft"].value(), "version": ""}
        for bound in seen["fields"]:
            data |= posted(bound)
        page = browser.post(f"{self.url}?section=sla", data)
        assert page.status_code == 409
        assert [one["label"] for one in page.context["differences"]] == ["拜访后反馈"]
        form = page.context["form"]
        again = {name: form[name].value() for name in ("draft", "version")}
        assert browser.post(f"{self.url}?section=sla", data | again).status_code == 302
        assert Version.objects.get(status="draft").changes == {}

    def test_a_second_click_changes_nothing_twice(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        fields = {"request_id": "k1", f"{FEEDBACK}_0": "48"}
        self.sent(browser, "sla", **fields)
        version = Version.objects.get(status="draft").version
        assert self.sent(browser, "sla", **fields).status_code == 302
        assert Version.objects.get(status="draft").version == version

    @pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
    def test_others_are_told_whom_to_ask(self, cast, sign_in, part):
        assert sign_in(getattr(cast, part)).get(self.url).status_code == 403

    def test_an_unknown_section_shows_the_first(self, cast, sign_in):
        page = sign_in(cast.manager).get(f"{self.url}?section=nowhere")
        assert page.context["section"] == "sla"


def posted(bound):
    """What a browser sends for a field as it stands."""
    widget, value = bound.field.widget, bound.value()
    parts = getattr(widget, "widgets", None)
    if parts is None:
        text = bound.field.widget.format_value(value)
        text = text if isinstance(value, list) else (text[0] if isinstance(text, list) else text)
        return {bound.name: "" if text is None else text}
    values = value if isinstance(value, list) else widget.decompress(value)
    parts = zip(widget.widgets_names, values, strict=True)
    return {f"{bound.name}{part}": "" if one is None else str(one) for part, one in parts}


class TestSubmittingByPage:
    def test_the_button_submits_and_the_approval_stands_on_the_versions_page(
        self, cast, sign_in, needs_leadership
    ):
        browser = sign_in(cast.administrator)
        form = browser.get("/rulebook/weights").context["form"]
        data = {name: str(form[name].value() or 0) for name in ("request_id", "draft", "version")}
        data |= MOVED | {"effective_on": "2027-01-01", "reason": "调整", "submit": "1"}
        assert browser.post("/rulebook/weights", data).status_code == 302
        version = Version.objects.get(status="submitted")
        assert browser.get("/rulebook/weights").status_code == 200
        assert 'id="approval-panel"' in browser.get(version.get_absolute_url()).content.decode()

    def test_a_draft_is_no_page_for_members(self, cast, sign_in):
        draft = change(cast)
        browser = sign_in(cast.member)
        assert browser.get(draft.get_absolute_url()).status_code == 404
        assert browser.get(version_on().get_absolute_url()).status_code == 200
        sent = browser.post(f"{draft.get_absolute_url()}/submit", {"request_id": "k"})
        assert sent.status_code in (403, 404)
