"""What nobody has settled yet: blanks of the regulation, proposals, empty values (R-exp-01)."""

import re
from datetime import date

import pytest
from django.utils.translation import override

from expansion import clock, worktime
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.audit.models import Entry
from expansion.errors import Forbidden, NotNow, Stale
from expansion.rulebook import loading, writing
from expansion.rulebook.comparing import differences
from expansion.rulebook.models import Version
from expansion.rulebook.parameters import UNCONFIRMED
from expansion.rulebook.regulation import sections_of
from expansion.rulebook.selectors import (
    changed_rows,
    rules_on,
    unsettled,
    unsettled_lists,
    version_on,
)
from expansion.rulebook.services import drafts
from expansion.rulebook.values import Source
from expansion.ui.templatetags.ui import source_chip
from tests.make import appraisal

TODAY = date(2026, 11, 18)
WINDOW = "appraisal.appeal_window"  # 规定时间 of
# The blanks that the five regulations print themselves (readings 11 and 20).
BLANKS = {
    "ktv": {"appraisal.appeal_window"},
    "business": {"appraisal.appeal_window"},
    "club": {
        "sla.complaint_reply",
        "leave.written_above",
        "leave.ahead",
        "attendance.fine_up_to",
        "attendance.fine",
        "attendance.escalate_over",
        "attendance.escalate_absence",
    },
    "leasing": set(),
    "market": set(),
}


def waiting(rules) -> set[str]:
    return {one.path for one in rules.parameters() if one.source in UNCONFIRMED}


def proposed() -> set[str]:
    """The lists in force whose words wait for somebody's word."""
    return {one.path for one in unsettled_lists(version_on())}


def confirm(cast, section: str, **given) -> Version:
    return drafts.confirm_section(actor=cast.administrator, section=section, **given)


def publish(cast, draft: Version) -> Version:
    drafts.change_draft(actor=cast.administrator, effective_on=clock.today(), reason="逐项确认")
    return drafts.publish_version(actor=cast.administrator, draft=draft)


@pytest.mark.parametrize("key", loading.preset_keys())
def test_the_blanks_that_a_regulation_prints_are_marked_as_such(key):
    rules = loading.preset(key)
    found = {one.path for one in rules.parameters() if one.source is Source.PLACEHOLDER}
    assert found == BLANKS[key]
    assert all(one.clause for one in rules.parameters() if one.source is Source.PLACEHOLDER)


def test_a_blank_stays_one_through_a_file_and_shows_in_a_comparison():
    rules = loading.preset("club")
    assert loading.from_toml(writing.to_toml(rules)) == rules
    other = rules.with_changes({"attendance.fine": 30})
    [difference] = differences(rules, other)
    assert (difference.before["source"], difference.after["source"]) == ("placeholder", "admin")


def test_every_source_has_its_word_on_screen():
    chips = {str(source_chip(one.value)) for one in Source}
    assert len({re.sub("<.*?>", "", chip) for chip in chips}) == len(Source)


def test_one_list_holds_all_that_waits_with_its_count_by_section(cast):
    rules = rules_on()
    found = sections_of(rules, "open")
    lines = [line for section in found for line in section.lines]
    assert {line.path for line in lines} == waiting(rules) | proposed()
    assert {line.source for line in lines} == set(UNCONFIRMED)


class TestConfirmingASection:
    def test_it_confirms_what_waits_in_the_section_and_nothing_else(self, cast):
        before = {one.path: one.plain(one.value) for one in rules_on().parameters()}
        sla = {path for path in waiting(rules_on()) if path.startswith("sla.")}
        others = waiting(rules_on()) - sla
        draft = confirm(cast, "sla")
        assert {one.path for one in unsettled(draft)} == others
        assert version_on().number == 1 and waiting(rules_on()) == sla | others
        version = publish(cast, draft)
        assert waiting(rules_on()) == others
        assert {one.path: one.plain(one.value) for one in rules_on().parameters()} == before
        rows = changed_rows(version)
        assert {row.path for row in rows} == sla and all(row.confirmed for row in rows)

    def test_the_trail_says_what_was_confirmed_and_what_it_was(self, cast):
        confirm(cast, "appraisal")
        entry = Entry.objects.get(verb="rulebook.section.confirmed")
        asked = {path for path in waiting(rules_on()) if path.startswith("appraisal.")}
        assert entry.actor == cast.administrator and set(entry.changes) == asked
        assert entry.changes[WINDOW] == [
            {"value": "5 working days", "source": "placeholder"},
            {"value": "5 working days", "source": "admin"},
        ]

    def test_a_value_the_draft_moves_stays_as_it_is_drafted(self, cast):
        drafts.change_draft(actor=cast.manager, changes={"sla.visit_feedback": "36 hours"})
        draft = confirm(cast, "sla")
        assert draft.changes["sla.visit_feedback"] == "36 hours"
        entry = Entry.objects.get(verb="rulebook.section.confirmed")
        assert "sla.visit_feedback" not in entry.changes

    def test_once_confirmed_there_is_nothing_more_to_confirm(self, cast):
        confirm(cast, "sla")
        for section in ("sla", "nowhere"):
            with pytest.raises(NotNow):
                confirm(cast, section)

    @pytest.mark.parametrize("part", ["member", "leader", "deputy", "hr", "leadership"])
    def test_nobody_else_confirms(self, cast, part):
        with pytest.raises(Forbidden):
            drafts.confirm_section(actor=getattr(cast, part), section="sla")

    def test_over_a_draft_somebody_changed_meanwhile_it_is_stale(self, cast):
        draft = drafts.change_draft(actor=cast.manager, reason="先改")
        with pytest.raises(Stale):
            confirm(cast, "sla", draft=draft.pk, version=draft.version - 1)
        with pytest.raises(Stale):
            confirm(cast, "sla", draft=0)

    def test_a_submitted_draft_is_confirmed_no_more(self, cast):
        draft = drafts.change_draft(actor=cast.administrator, reason="x")
        Version.objects.filter(pk=draft.pk).update(status="submitted")
        with pytest.raises(NotNow):
            confirm(cast, "sla")


def test_the_list_is_empty_only_after_every_blank_and_proposal_was_confirmed(cast):
    """The acceptance check of R-exp-01."""
    sections = {path.partition(".")[0] for path in waiting(rules_on()) | proposed()}
    assert "appraisal" in sections
    for section in sorted(sections - {"appraisal"}):
        draft = confirm(cast, section)
    publish(cast, draft)
    left = waiting(rules_on())
    assert WINDOW in left and all(path.startswith("appraisal.") for path in left)
    held = {one.path: one.plain(one.value) for one in rules_on().parameters() if one.path in left}
    others = {path: held[path] for path in left - {WINDOW}}
    draft = drafts.change_draft(actor=cast.administrator, changes=others, confirmed=set(others))
    publish(cast, draft)
    assert waiting(rules_on()) == {WINDOW}
    publish(cast, confirm(cast, "appraisal"))
    assert waiting(rules_on()) | proposed() == set() and sections_of(rules_on(), "open") == []


def test_an_appraisal_opened_earlier_still_shows_the_old_value_of_a_blank(cast):
    """The acceptance check of R-exp-01."""
    cycle = appraisal.opened(cast.version)
    values = {person.pk: appraisal.EXAMPLE for person in (cast.member, cast.colleague)}
    cycle = appraisal.reviewed(appraisal.frozen(cycle, values))
    changes = {WINDOW: "15 working days"}
    publish(cast, drafts.change_draft(actor=cast.administrator, changes=changes))
    assert str(rules_on().appraisal.appeal_window.value) == "15 working days"
    assert rules_on().appraisal.appeal_window.source is Source.ADMIN
    cycle = appraisal.delivered(cycle, manager=cast.manager, leadership=cast.leadership)
    result = appraisal.of(cycle, cast.member).result
    old = worktime.deadline(
        clock.now(), worktime.Limit(5, worktime.Unit.WORKING_DAYS), worktime.STATUTORY
    )
    assert result.appeal_until == old
    assert cycle.rules.appraisal.appeal_window.source is Source.PLACEHOLDER


def messages_of(answer) -> list:
    return list(answer.context["messages"])


class TestPage:
    url = "/rulebook/unsettled"

    def sent(self, browser, **fields):
        form = browser.get(self.url).context["form"]
        names = ("request_id", "draft", "version", "reason")
        data = {name: str(form[name].value() or "") for name in names}
        data["draft"] = data["draft"] or "0"
        return browser.post(self.url, data | {"effective_on": "2026-11-18"} | fields)

    def test_a_section_is_confirmed_with_its_button_and_the_count_falls(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        before = {one.key: len(one.rows) for one in browser.get(self.url).context["sections"]}
        assert self.sent(browser, section="sla").status_code == 302
        page = browser.get(self.url)
        after = {one.key: len(one.rows) for one in page.context["sections"]}
        assert before.pop("sla") > 0 and after == before
        assert page.context["differences_count"] > 0

    def test_what_was_typed_beside_it_is_kept_and_published(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        self.sent(browser, section="appraisal", reason="逐项确认")
        draft = Version.objects.get(status="draft")
        assert (draft.reason, draft.effective_on) == ("逐项确认", TODAY)
        assert self.sent(browser, publish="1").status_code == 302
        assert not any(path.startswith("appraisal.") for path in waiting(rules_on()))

    def test_a_second_click_confirms_nothing_twice(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        for _time in range(2):
            assert self.sent(browser, section="sla", request_id="k1").status_code == 302
        assert Entry.objects.filter(verb="rulebook.section.confirmed").count() == 1

    def test_a_section_that_is_settled_is_answered_with_a_sentence(self, cast, sign_in):
        page = self.sent(sign_in(cast.manager), section="nowhere")
        assert page.status_code == 409 and page.context["form"].errors

    def test_one_message_says_it_and_none_where_it_was_refused(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        refused = self.sent(browser, section="sla", publish="1")  # without a reason
        assert refused.status_code == 422 and not messages_of(refused)
        assert not Version.objects.filter(status="draft").exists()
        self.sent(browser, section="sla")
        [said] = messages_of(browser.get(self.url))
        assert "“" in str(said)
        self.sent(browser, reason="逐项确认")
        [other] = messages_of(browser.get(self.url))
        assert str(other) != str(said)

    def test_the_manager_settles_in_the_draft_too(self, cast, sign_in):
        assert self.sent(sign_in(cast.manager), section="sla").status_code == 302
        assert Version.objects.get(status="draft").drafted_by == cast.manager

    @pytest.mark.parametrize("part", ["member", "leader", "hr", "leadership"])
    def test_others_are_told_whom_to_ask(self, cast, sign_in, part):
        assert sign_in(getattr(cast, part)).get(self.url).status_code == 403

    def test_everybody_reads_what_waits_in_the_regulation(self, cast, sign_in):
        page = sign_in(cast.member).get("/rulebook/?source=open")
        lines = sum(len(section.lines) for section in page.context["sections"])
        assert page.context["waiting"] == lines == len(waiting(rules_on()) | proposed())

    def test_who_drafts_is_warned_of_blanks_until_they_are_confirmed(self, cast, sign_in):
        warned = re.compile(r'href="/rulebook/unsettled"')
        for part, seen in (("administrator", True), ("member", False)):
            page = sign_in(getattr(cast, part)).get("/rulebook/").content.decode()
            assert bool(warned.search(page)) == seen
        publish(cast, confirm(cast, "appraisal"))
        assert not warned.search(sign_in(cast.administrator).get("/rulebook/").content.decode())


class TestStandings:
    """Each version says what it is today: computed, not stored."""

    JANUARY, FEBRUARY = date(2027, 1, 1), date(2027, 2, 1)

    def publish(self, cast, limit: str, day: date) -> Version:
        draft = drafts.change_draft(
            actor=cast.administrator,
            changes={"sla.visit_feedback": limit},
            effective_on=day,
            reason="调整",
        )
        return drafts.publish_version(actor=cast.administrator, draft=draft)

    def words(self, browser) -> list[tuple[str, str]]:
        page = browser.get("/rulebook/")
        return [(str(one["record"]), one["standing"].value) for one in page.context["versions"]]

    def test_a_version_follows_is_in_force_and_is_superseded(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        self.publish(cast, "48 hours", self.JANUARY)
        self.publish(cast, "36 hours", self.FEBRUARY)
        told = [("v3", "follows"), ("v2", "follows"), ("v1", "in_force")]
        assert self.words(browser) == told
        clock.set_clock(worktime.moment_on(self.JANUARY, clock.now().time()))
        told = [("v3", "follows"), ("v2", "in_force"), ("v1", "superseded")]
        assert self.words(sign_in(cast.administrator)) == told

    def test_a_draft_is_set_beside_the_version_it_changes_and_says_which(self, cast, sign_in):
        """One that begins later is not the one in force."""
        browser, url = sign_in(cast.administrator), "/rulebook/weights"
        assert '<th scope="col" class="num">现行</th>' in browser.get(url).text
        self.publish(cast, "48 hours", self.JANUARY)
        page = browser.get(url).text
        assert '<th scope="col" class="num">v2</th>' in page
        assert '<th scope="col" class="num">现行</th>' not in page

    def test_one_overtaken_before_its_day_never_follows(self, cast, sign_in):
        self.publish(cast, "48 hours", self.JANUARY)
        self.publish(cast, "36 hours", self.JANUARY)
        told = [("v3", "follows"), ("v2", "superseded"), ("v1", "in_force")]
        assert self.words(sign_in(cast.member)) == told

    def test_who_drafts_sees_drafts_and_what_became_of_them_and_others_do_not(self, cast, sign_in):
        first = drafts.change_draft(actor=cast.manager, reason="不要了")
        drafts.discard_draft(actor=cast.manager, draft=first)
        chain = {"policy.amendment_chain": ["leadership"]}
        draft = drafts.change_draft(
            actor=cast.administrator, changes=chain, effective_on=TODAY, reason="由公司领导审批"
        )
        drafts.publish_version(actor=cast.administrator, draft=draft)
        third = drafts.change_draft(
            actor=cast.administrator,
            changes={"sla.visit_feedback": "48 hours"},
            effective_on=self.JANUARY,
            reason="调整",
        )
        drafts.submit_draft(actor=cast.administrator, record=third, rules=rules_on())
        decide(actor=cast.leadership, request=latest(third), decision="reject", comment="不同意")
        drafts.change_draft(actor=cast.manager, reason="再来")
        told = dict(self.words(sign_in(cast.manager)))
        assert told == {
            "v1": "superseded", "v2": "discarded", "v3": "in_force", "v4": "rejected", "v5": "draft"
        }  # fmt: skip
        assert dict(self.words(sign_in(cast.member))) == {"v1": "superseded", "v3": "in_force"}
        for version, word in ((first, "discarded"), (third, "rejected"), (draft, "in_force")):
            page = sign_in(cast.manager).get(version.get_absolute_url())
            assert page.context["standing"] == word
            with override("zh-hans"):
                assert str(page.context["standing"].label) in page.content.decode()
