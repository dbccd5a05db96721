"""Entries that are retired: readable where they were chosen, offered no more (R-exp-01)."""

from datetime import date

import pytest
from django.urls import reverse

from crm.forms import ClientForm
from crm.models import Opportunity
from crm.services import clients, communications, leads, opportunities
from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Invalid
from expansion.rulebook import loading, writing
from expansion.rulebook.lists import lists
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import open_draft, restructured, rules_on, version_on
from expansion.rulebook.services import content, drafts
from expansion.rulebook.values import choices_of, offered
from tests.expansion.test_api import JSON
from tests.make import crm as make
from tests.make import research, training

SOURCES, CHANNELS = "crm.sources", "crm.contact_channels"
STAGES = "pipelines.client.stages"


def entries(path: str = SOURCES) -> list[dict]:
    found = next(one for one in lists(rules_on()) if one.path == path)
    return [{"key": one.key, "zh": one.zh, "en": one.en} for one in found.items]


def retire(cast, path: str, *keys: str, back: bool = False) -> Version:
    """Puts a version in force today in which these entries are retired."""
    wanted = [{**one, "retired": not back} if one["key"] in keys else one for one in entries(path)]
    draft = content.change_list(actor=cast.administrator, path=path, entries=wanted)
    drafts.change_draft(actor=cast.administrator, effective_on=clock.today(), reason="不再使用")
    return drafts.publish_version(actor=cast.administrator, draft=draft)


def keys_of(form, name: str) -> list[str]:
    return [key for key, _label in form.fields[name].choices]


def test_a_retired_entry_is_offered_to_nothing_new(cast):
    retire(cast, SOURCES, "telephone")
    sources = rules_on().crm.sources
    assert "telephone" in [one.key for one in sources]
    assert "telephone" not in [one.key for one in offered(sources)]
    assert "telephone" not in keys_of(ClientForm(person=cast.member), "source")
    with pytest.raises(Invalid) as refused:
        clients.create_client(
            actor=cast.member, name="南京金陵票务有限公司", source="telephone", rules=rules_on()
        )
    assert "source" in refused.value.fields


def test_a_record_that_has_it_is_saved_with_it_and_shows_its_label(cast, sign_in):
    record = make.client(cast.member, source="telephone")
    retire(cast, SOURCES, "telephone")
    form = ClientForm(person=cast.member, instance=record)
    assert dict(form.fields["source"].choices)["telephone"] == "Telephone"
    saved = clients.update_client(
        actor=cast.member, record=record, source="telephone", region="鼓楼区", rules=rules_on()
    )
    assert (saved.source, saved.region) == ("telephone", "鼓楼区")
    saved = clients.update_client(
        actor=cast.member, record=saved, source="online", rules=rules_on()
    )
    with pytest.raises(Invalid):
        clients.update_client(actor=cast.member, record=saved, source="telephone", rules=rules_on())


def test_the_api_takes_a_retired_entry_for_nothing_new(cast, sign_in):
    retire(cast, SOURCES, "telephone")
    browser, url = sign_in(cast.member), "/api/v1/crm/clients/"
    sent = {"name": "南京金陵票务有限公司", "source": "telephone"}
    assert browser.post(url, sent, **JSON).status_code == 422
    assert browser.post(url, {**sent, "source": "online"}, **JSON).status_code == 201


def test_a_lead_keeps_its_source_and_takes_no_retired_one(cast):
    client = make.client(cast.member)
    lead = leads.create_lead(
        actor=cast.member, client=client, title="年会", source="telephone", rules=rules_on()
    )
    retire(cast, SOURCES, "telephone")
    saved = leads.update_lead(actor=cast.member, record=lead, title="年会场地", rules=rules_on())
    assert saved.source == "telephone"
    with pytest.raises(Invalid):
        leads.create_lead(
            actor=cast.member, client=client, title="团建", source="telephone", rules=rules_on()
        )


def test_a_retired_channel_takes_no_new_talk(cast):
    client = make.client(cast.member)
    talk = make.call(cast.member, client)
    retire(cast, CHANNELS, "phone")
    assert talk.channel == "phone"
    with pytest.raises(Invalid):
        communications.log_communication(
            actor=cast.member, rules=rules_on(), client=client, channel="phone", said="再约。"
        )


def test_a_finding_keeps_its_source_and_a_course_its_category(cast):
    finding = research.a_finding(cast)
    course = training.course(cast.manager)
    retire(cast, "research.sources", finding.source)
    retire(cast, "training.categories", course.category)
    from research.services import findings
    from training import services

    kept = findings.update_finding(
        actor=finding.owner, record=finding, rules=rules_on(), title="午后场客源"
    )
    assert kept.source == finding.source
    with pytest.raises(Invalid) as refused:
        research.a_finding(cast)
    assert "source" in refused.value.fields
    kept = services.update_course(
        actor=cast.manager, record=course, rules=rules_on(), title="商务谈判"
    )
    assert kept.category == course.category
    with pytest.raises(Invalid) as refused:
        training.course(cast.manager)
    assert "category" in refused.value.fields


def test_a_retired_stage_is_passed_by_and_keeps_its_name(cast):
    retire(cast, STAGES, "strategy")
    pipeline = rules_on().pipeline("client")
    assert "strategy" in [one.key for one in pipeline.stages]
    assert "strategy" not in [one.key for one in pipeline.open_stages]
    client = make.client(cast.member, contact={"name": "刘雯", "phones": "13812346217"})
    one = make.opportunity(cast.member, client)
    with pytest.raises(Invalid):
        opportunities.move_opportunity(actor=cast.member, record=one, stage="strategy")
    moved = opportunities.move_opportunity(actor=cast.member, record=one, stage="first_contact")
    assert moved.stage == "first_contact"


def test_what_stands_in_a_stage_of_an_earlier_version_goes_on(cast):
    client = make.client(cast.member, contact={"name": "刘雯", "phones": "13812346217"})
    one = make.opportunity(cast.member, client)
    retire(cast, STAGES, "strategy")
    moved = opportunities.move_opportunity(actor=cast.member, record=one, stage="strategy")
    assert Opportunity.objects.get(pk=moved.pk).stage == "strategy"
    assert moved.rules_version != version_on()


@pytest.mark.parametrize(
    ("path", "keys", "words"),
    [
        (SOURCES, None, "stays offered"),
        (STAGES, ("information",), "first and the last"),
        (STAGES, ("signed",), "first and the last"),
    ],
)
def test_what_nothing_could_go_on_without_is_not_retired(cast, path, keys, words):
    gone = keys or [one["key"] for one in entries(path)]
    wanted = [{**one, "retired": one["key"] in gone} for one in entries(path)]
    with pytest.raises(Invalid) as refused:
        content.change_list(actor=cast.administrator, path=path, entries=wanted)
    assert words in " ".join(sum(refused.value.fields.values(), []))
    assert open_draft() is None


def test_it_is_taken_up_again(cast):
    retire(cast, SOURCES, "telephone")
    retire(cast, SOURCES, "telephone", back=True)
    assert "telephone" in dict(choices_of(rules_on().crm.sources))


def test_the_draft_says_so_and_the_trail_keeps_it(cast):
    wanted = [{**one, "retired": one["key"] == "telephone"} for one in entries()]
    draft = content.change_list(actor=cast.manager, path=SOURCES, entries=wanted)
    [row] = restructured(draft)
    assert (row.path, row.before, row.after) == (f"{SOURCES}.telephone.retired", False, True)
    assert "Retired" in row.label and "telephone" not in row.label.lower().split(" · ")[0]
    entry = Entry.objects.get(verb="rulebook.list.changed")
    assert entry.changes == {f"{SOURCES}.telephone.retired": [None, True]}


def test_it_stands_in_the_file_and_on_the_page_of_the_regulation(cast, sign_in):
    retire(cast, SOURCES, "telephone")
    text = writing.to_toml(rules_on())
    again = loading.from_toml(text)
    assert again == rules_on() and "retired = true" in text
    assert "retired" not in writing.to_toml(loading.preset("ktv"))
    page = sign_in(cast.member).get(reverse("rulebook:regulation")).content.decode()
    label = next(one.zh for one in rules_on().crm.sources if one.key == "telephone")
    assert f"<s>{label}</s>" in page


class TestPage:
    def sent(self, browser) -> dict[str, str]:
        page = browser.get(reverse("rulebook:lists"), {"list": SOURCES})
        form = page.context["form"]
        fields = {
            f"{name}-{n}": str(row[name])
            for n, row in enumerate(page.context["rows"], 1)
            for name in ("key", "zh", "en", "place")
        }
        hidden = {name: form[name].value() or "" for name in ("request_id", "version")}
        return {**fields, **hidden, "draft": form["draft"].value() or 0}

    def test_a_box_retires_and_its_absence_brings_back(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        url = f"{reverse('rulebook:lists')}?list={SOURCES}"
        sent = {**self.sent(browser), "retired-1": "1", "reason": "不再使用"}
        assert browser.post(url, sent).status_code == 302
        first = loading.from_data(open_draft().content).crm.sources[0]
        assert first.retired
        assert 'name="retired-1" value="1" aria-label' in browser.get(url).content.decode()
        assert browser.post(url, {**self.sent(browser), "reason": "仍用"}).status_code == 302
        assert not loading.from_data(open_draft().content).crm.sources[0].retired

    def test_a_line_of_the_draft_that_was_never_in_force_is_emptied(self, cast, sign_in):
        browser = sign_in(cast.administrator)
        url = f"{reverse('rulebook:lists')}?list={SOURCES}"
        count = len(entries())
        sent = self.sent(browser) | {f"zh-{count + 1}": "行业展会", f"en-{count + 1}": "Trade fair"}
        assert browser.post(url, sent).status_code == 302
        sent = self.sent(browser) | {f"zh-{count + 1}": "", f"en-{count + 1}": ""}
        assert browser.post(url, sent).status_code == 302
        assert len(loading.from_data(open_draft().content).crm.sources) == count
        sent = self.sent(browser) | {"zh-1": "", "en-1": ""}
        answer = browser.post(url, sent)
        assert answer.status_code == 422 and "telephone" in answer.content.decode()


def test_a_pipeline_without_a_stage_is_refused_in_a_sentence(cast):
    with pytest.raises(Invalid):
        content.change_list(actor=cast.administrator, path="pipelines.client.stages", entries=[])
    assert open_draft() is None


def test_a_day_before_the_version_begins_it_is_offered(cast):
    wanted = [{**one, "retired": one["key"] == "telephone"} for one in entries()]
    draft = content.change_list(actor=cast.administrator, path=SOURCES, entries=wanted)
    drafts.change_draft(actor=cast.administrator, effective_on=date(2027, 1, 1), reason="新年调整")
    drafts.publish_version(actor=cast.administrator, draft=draft)
    assert "telephone" in dict(choices_of(rules_on(date(2026, 12, 31)).crm.sources))
    assert "telephone" not in dict(choices_of(rules_on(date(2027, 1, 1)).crm.sources))
