"""Uploading a whole rulebook, changing its lists, taking it away, interpreting its clauses."""

import re
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Gone, Invalid, NotNow, Stale
from expansion.machine import pdf_missing
from expansion.people.models import Post, Unit, User
from expansion.rulebook import loading, writing
from expansion.rulebook.lists import in_order, lists, new_key
from expansion.rulebook.models import Interpretation, Version
from expansion.rulebook.selectors import changed_rows, open_draft, restructured, rules_on
from expansion.rulebook.services import content, drafts, interpretations
from expansion.rulebook.services.following import follow_versions
from tests.make import research

SOURCES = "crm.sources"
FAIR = {"key": "fair", "zh": "行业展会", "en": "Trade fair"}
JANUARY = date(2027, 1, 1)


def as_file(change=lambda text: text) -> str:
    return change(writing.to_toml(loading.preset("ktv")))


def entries(path: str = SOURCES) -> list[dict[str, str]]:
    found = next(one for one in lists(rules_on()) if one.path == path)
    return [{"key": one.key, "zh": one.zh, "en": one.en} for one in found.items]


def published(cast, draft: Version) -> Version:
    drafts.change_draft(actor=cast.administrator, effective_on=JANUARY, reason="新年调整")
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def test_a_file_becomes_the_draft_and_is_in_force_once_published(cast):
    text = as_file(lambda text: text.replace('value = "24 hours"', 'value = "36 hours"'))
    draft = content.upload_draft(actor=cast.administrator, text=text)
    paths = {row.path for row in changed_rows(draft)}
    assert "sla.visit_feedback" in paths
    assert str(rules_on().sla.visit_feedback.value) == "24 hours"
    published(cast, draft)
    assert str(rules_on(JANUARY).sla.visit_feedback.value) == "36 hours"
    entry = Entry.objects.filter(verb="rulebook.draft.uploaded").get()
    assert entry.actor == cast.administrator and "sla.visit_feedback" in entry.changes


def test_what_a_file_adds_stands_in_the_department_once_it_is_published(cast):
    team = '[[teams]]\nkey = "events"\nzh = "活动小组"\nen = "Events"\nkpi_set = "client"\n'
    team += 'head = { source = "unset" }\n\n[delegation]'
    text = as_file(lambda text: text.replace("[delegation]", team, 1))
    draft = content.upload_draft(actor=cast.administrator, text=text)
    assert "teams.events" in {one.path for one in restructured(draft)}
    assert not Unit.objects.filter(key="events").exists()
    Post.objects.filter(key="member").update(title="专员")
    published(cast, draft)
    assert Unit.objects.get(key="events").name == "活动小组"
    clock.set_clock(datetime(2027, 1, 1, 0, 2))
    follow_versions()
    assert Unit.objects.get(key="events").name == "活动小组"
    # What stands there already keeps the words that an administrator gave it.
    assert Post.objects.get(key="member").title == "专员"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("weight = {value = 40,", "weight = {value = 41,"), "1%"),
        (lambda text: text + "\n[[", "TOML"),
        (lambda text: text.replace('key = "ktv"', 'key = "club"', 1), "club"),
        (lambda text: re.sub(r'.*key = "telephone".*\n', "", text), "telephone"),
    ],
    ids=["sum", "syntax", "other department", "entry left out"],
)
def test_a_file_that_does_not_hold_changes_nothing(cast, change, words):
    with pytest.raises(Invalid) as refused:
        content.upload_draft(actor=cast.administrator, text=as_file(change))
    assert words in " ".join(sum(refused.value.fields.values(), [refused.value.message]))
    assert open_draft() is None


CHAIN = "approvals.external_statement.chain"
CHAIR = f"meetings.{loading.preset('ktv').meetings[0].key}.chair"


def deciding(*words: str, chair: str = "manager") -> str:
    """The regulation as a file in which these decide external statements."""
    data = loading.to_data(rules_on())
    rule = next(one for one in data["approvals"] if one["key"] == "external_statement")
    rule["chain"] |= {"value": list(words)}
    data["meetings"][0]["chair"] = chair
    return writing.to_toml(loading.from_data(data))


def test_a_file_names_nobody_who_is_not_there(cast):
    text = deciding("person:nobody", "manager | department:nowhere", chair="person:nobody")
    with pytest.raises(Invalid) as refused:
        content.upload_draft(actor=cast.administrator, text=text)
    assert set(refused.value.fields) == {CHAIN, CHAIR}
    assert len(refused.value.fields[CHAIN]) == 2 and open_draft() is None


def test_a_file_may_name_who_is_there_and_who_left_before_it_is_published_stops_it(cast):
    name = cast.leader.username
    text = deciding(f"person:{name}", chair=f"person:{name}")
    draft = content.upload_draft(actor=cast.administrator, text=text)
    User.objects.filter(pk=cast.leader.pk).update(status="left")
    with pytest.raises(Invalid) as refused:
        published(cast, draft)
    assert set(refused.value.fields) == {CHAIN, CHAIR}
    User.objects.filter(pk=cast.leader.pk).update(status="active")
    published(cast, draft)
    # Whom the version in force names may stay when a later one changes something else.
    User.objects.filter(pk=cast.leader.pk).update(status="left")
    clock.set_clock(datetime(2027, 1, 1, 9))
    content.upload_draft(actor=cast.administrator, text=deciding(f"person:{name}", chair="deputy"))


@pytest.mark.parametrize("part", ["member", "leader", "hr", "leadership"])
def test_only_those_who_edit_the_rules_upload_or_change_a_list(cast, part):
    with pytest.raises(Forbidden):
        content.upload_draft(actor=getattr(cast, part), text=as_file())
    with pytest.raises(Forbidden):
        content.change_list(actor=getattr(cast, part), path=SOURCES, entries=[*entries(), FAIR])


def test_an_upload_over_a_draft_somebody_changed_meanwhile_is_stale(cast):
    draft = drafts.change_draft(actor=cast.manager, reason="先改")
    with pytest.raises(Stale):
        content.upload_draft(actor=cast.administrator, text=as_file(), draft=0)
    with pytest.raises(Stale):
        content.upload_draft(
            actor=cast.administrator, text=as_file(), draft=draft.pk, version=draft.version - 1
        )


def test_a_list_is_worded_ordered_and_extended(cast):
    first, *others = entries()
    wanted = [*others, {**first, "zh": "电话拓客"}, FAIR]
    draft = content.change_list(actor=cast.manager, path=SOURCES, entries=wanted)
    published(cast, draft)
    found = rules_on(JANUARY).crm.sources
    assert [one.key for one in found] == [one["key"] for one in wanted]
    assert [one.zh for one in found][-2:] == ["电话拓客", "行业展会"]
    assert Entry.objects.filter(verb="rulebook.list.changed").get().actor == cast.manager


def test_a_stage_keeps_what_it_requires_when_it_is_reworded(cast):
    path = "pipelines.client.stages"
    wanted = [{**one, "en": f"{one['en']}!"} for one in entries(path)]
    draft = content.change_list(actor=cast.manager, path=path, entries=wanted)
    published(cast, draft)
    stage = rules_on(JANUARY).pipeline("client").stage("signed")
    assert stage.en.endswith("!") and stage.requires.value == ("approved_contract",)


def test_values_of_the_draft_outlive_a_change_of_a_list(cast):
    drafts.change_draft(actor=cast.manager, changes={"sla.visit_feedback": "36 hours"})
    draft = content.change_list(actor=cast.manager, path=SOURCES, entries=[*entries(), FAIR])
    assert set(draft.changes) == {"sla.visit_feedback"}


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        (SOURCES, lambda all: all[1:], "telephone"),
        (SOURCES, lambda all: [*all, {**FAIR, "zh": " "}], "not empty"),
        (SOURCES, lambda all: [*all, {**all[0]}], "twice"),
        (SOURCES, lambda all: [*all, {**FAIR, "key": "Ä"}], "small letters"),
        ("crm.nothing", lambda all: all, "no list"),
        ("policy.zh", lambda all: all, "no list"),
        ("posts.chef.limit", lambda all: all, "no list"),
    ],
)
def test_a_list_that_does_not_hold_is_refused(cast, path, change, words):
    with pytest.raises(Invalid) as refused:
        content.change_list(actor=cast.administrator, path=path, entries=change(entries()))
    assert words in " ".join(sum(refused.value.fields.values(), [refused.value.message]))
    assert open_draft() is None


def test_a_submitted_draft_takes_no_list(cast):
    draft = drafts.change_draft(actor=cast.administrator, reason="x")
    Version.objects.filter(pk=draft.pk).update(status="submitted")
    with pytest.raises(NotNow):
        content.change_list(actor=cast.administrator, path=SOURCES, entries=[*entries(), FAIR])


def test_every_list_of_every_regulation_has_a_name_and_a_place():
    for key in loading.preset_keys():
        found = list(lists(loading.preset(key)))
        assert len({one.path for one in found}) == len(found) > 30
        assert all(one.label and one.section for one in found)


def test_new_entries_get_keys_of_their_english_words():
    assert new_key("Trade fair", []) == "trade_fair"
    assert new_key("Trade fair", ["trade_fair"]) == "trade_fair_2"
    assert new_key("展会", []) == "entry"
    sent = [
        {"key": "a", "zh": "甲", "en": "A", "place": 2},
        {"key": "", "zh": "乙", "en": "B b", "place": 1},
        {"key": "", "zh": "", "en": "", "place": 3},
    ]
    assert [one["key"] for one in in_order(sent)] == ["b_b", "a"]


class TestPages:
    def rows(self, browser, **changed):
        page = browser.get(reverse("rulebook:lists"), {"list": SOURCES})
        rows = page.context["rows"]
        fields = {
            f"{name}-{n}": str(row[name])
            for n, row in enumerate(rows, 1)
            for name in ("key", "zh", "en", "place")
        }
        form = page.context["form"]
        fields |= {"request_id": form["request_id"].value(), "draft": form["draft"].value() or 0}
        return {**fields, "version": form["version"].value() or "", **changed}

    def test_a_new_source_is_written_and_published(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        sent = self.rows(browser, **{"zh-4": "行业展会", "en-4": "Trade fair"})
        url = f"{reverse('rulebook:lists')}?list={SOURCES}"
        sent |= {"publish": "1", "reason": "新增渠道", "effective_on": "2027-01-01"}
        assert browser.post(url, sent).status_code == 302
        assert rules_on(JANUARY).crm.sources[-1].key == "trade_fair"

    def test_a_refused_list_keeps_what_was_typed(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        sent = self.rows(browser, **{"zh-4": "行业展会", "en-4": ""})
        answer = browser.post(f"{reverse('rulebook:lists')}?list={SOURCES}", sent)
        assert answer.status_code == 422
        assert "行业展会" in answer.content.decode()
        [said] = answer.context["form"].non_field_errors()
        assert "行业展会" in said and SOURCES not in said

    def test_a_file_is_read_into_the_draft(self, cast, sign_in):
        browser, url = sign_in(cast.administrator), reverse("rulebook:upload")
        key = browser.get(url).context["form"]["request_id"].value()
        text = as_file(lambda text: text.replace('value = "24 hours"', 'value = "36 hours"'))
        sent = {
            "request_id": key,
            "draft": "0",
            "file": SimpleUploadedFile("r.toml", text.encode("utf-8-sig")),
        }
        assert browser.post(url, sent).status_code == 302
        assert open_draft() is not None

    @pytest.mark.parametrize(
        "wrong", [b"\xff\xfe", b"a = ", b"x" * 1_100_000, b"a = " + b"[" * 3000]
    )
    def test_a_wrong_file_is_answered_with_a_sentence(self, cast, sign_in, wrong):
        browser, url = sign_in(cast.administrator), reverse("rulebook:upload")
        key = browser.get(url).context["form"]["request_id"].value()
        sent = {"request_id": key, "draft": "0", "file": SimpleUploadedFile("r.toml", wrong)}
        answer = browser.post(url, sent)
        assert answer.status_code == 422 and answer.context["form"].errors
        assert open_draft() is None

    def test_what_is_wrong_in_a_file_is_told_with_file_key_and_what_was_expected(
        self, cast, sign_in
    ):
        browser, url = sign_in(cast.administrator), reverse("rulebook:upload")
        key = browser.get(url).context["form"]["request_id"].value()
        text = as_file(lambda text: text.replace('value = "24 hours"', 'value = "soon"', 1))
        wrong = SimpleUploadedFile("broken.toml", text.encode())
        answer = browser.post(url, {"request_id": key, "draft": "0", "file": wrong})
        told = answer.context["form"].non_field_errors()
        assert answer.status_code == 422 and told
        assert all(one.startswith("broken.toml: ") for one in told)
        assert any("soon" in one and "数字加单位" in one for one in told)
        assert not any(".value" in one for one in told)

    def test_everybody_takes_the_regulation_away_as_a_file_that_loads(self, cast, sign_in):
        version = Version.objects.get()
        answer = sign_in(cast.member).get(reverse("rulebook:toml", args=[version.pk]))
        assert loading.from_toml(answer.content.decode()) == loading.preset("ktv")

    def test_the_regulation_prints_as_pdf(self, cast, sign_in):
        if missing := pdf_missing():
            pytest.skip(missing)
        version = Version.objects.get()
        answer = sign_in(cast.member).get(reverse("rulebook:pdf", args=[version.pk]))
        assert answer.content.startswith(b"%PDF")

    def test_a_draft_is_not_taken_away_by_who_does_not_draft(self, cast, sign_in):
        draft = drafts.change_draft(actor=cast.administrator, reason="x")
        for name in ("rulebook:toml", "rulebook:pdf"):
            url = reverse(name, args=[draft.pk])
            assert sign_in(cast.member).get(url).status_code == 404


class TestInterpretations:
    def note(self, actor, clause="A-3.2.4c") -> Interpretation:
        return interpretations.publish_interpretation(
            actor=actor, clause=clause, text="电话回访不算拜访。", rules=rules_on()
        )

    def test_whom_the_rulebook_names_publishes_a_note_that_all_read(self, cast, sign_in):
        note = self.note(cast.manager)
        page = sign_in(cast.member).get(reverse("rulebook:clauses")).content.decode()
        assert note.text in page
        assert Entry.objects.filter(verb="rulebook.interpretation.published").exists()

    @pytest.mark.parametrize("part", ["member", "deputy", "administrator", "leadership"])
    def test_nobody_else_interprets(self, cast, sign_in, part):
        person = getattr(cast, part)
        with pytest.raises(Forbidden):
            self.note(person)
        url = reverse("rulebook:interpretation-create", args=["A-3.2.4c"])
        assert sign_in(person).get(url).status_code == 403
        note = self.note(cast.manager)
        with pytest.raises(Forbidden):
            interpretations.withdraw_interpretation(actor=person, record=note)

    def test_the_rulebook_may_name_a_post(self, cast):
        draft = drafts.change_draft(
            actor=cast.administrator,
            changes={"policy.interpretation_by": "post:deputy"},
            effective_on=date(2026, 11, 18),
            reason="改由副经理解释",
        )
        drafts.publish_version(actor=cast.administrator, draft=draft)
        assert self.note(cast.deputy).by == cast.deputy
        with pytest.raises(Forbidden):
            self.note(cast.manager)

    def test_who_acts_for_the_manager_is_stamped_with_whose_mandate_it_is(self, cast, sign_in):
        research.deputised(cast)
        note = self.note(cast.again(cast.deputy))
        assert (note.by, note.for_person) == (cast.deputy, cast.manager)
        page = sign_in(cast.member).get(reverse("rulebook:clauses")).content.decode()
        assert 'class="stamp"' in page and cast.manager.name in page
        interpretations.withdraw_interpretation(actor=cast.again(cast.deputy), record=note)
        acts = Entry.objects.filter(verb__startswith="rulebook.interpretation.")
        assert [one.for_person for one in acts] == [cast.manager, cast.manager]
        assert self.note(cast.manager).for_person is None

    def test_a_clause_that_is_not_there_is_not_interpreted(self, cast, sign_in):
        with pytest.raises(Gone):
            self.note(cast.manager, "A-9.9")
        url = reverse("rulebook:interpretation-create", args=["A-9.9"])
        assert sign_in(cast.manager).get(url).status_code == 404

    def test_a_note_is_withdrawn_once_and_leaves_the_page(self, cast, sign_in):
        note = self.note(cast.manager)
        url = reverse("rulebook:interpretation-withdraw", args=[note.pk])
        assert sign_in(cast.manager).post(url).status_code == 302
        with pytest.raises(NotNow):
            interpretations.withdraw_interpretation(actor=cast.manager, record=note)
        assert (
            note.text not in sign_in(cast.member).get(reverse("rulebook:clauses")).content.decode()
        )

    def test_the_page_publishes_and_keeps_a_text_that_was_refused(self, cast, sign_in):
        browser = sign_in(cast.manager)
        url = reverse("rulebook:interpretation-create", args=["A-3.2.4c"])
        key = browser.get(url).context["form"]["request_id"].value()
        assert browser.post(url, {"request_id": key, "text": ""}).status_code == 422
        sent = browser.post(url, {"request_id": key, "text": "以送达时间为准。"})
        assert sent.status_code == 302 and sent.url.endswith("#A-3.2.4c")
        assert Interpretation.objects.get().text == "以送达时间为准。"
