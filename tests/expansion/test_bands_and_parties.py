"""Values that say where they come from: bands of a bonus, the cycles of a party, listed powers."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid
from expansion.rulebook import printed
from expansion.rulebook.loading import from_data, from_toml, preset, to_data
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import drafted_rules, open_draft
from expansion.rulebook.services import drafts, entries
from expansion.rulebook.writing import to_toml
from tests.expansion.test_rulebook_chains import fields_of, save

pytestmark = pytest.mark.django_db
BANDS = "bonus.bands"
LOWEST = {"key": "low", "zh": "其余", "en": "Rest", "starts_at": Decimal(0), "ratio": Decimal(0)}
BEST = {"zh": "90 分起", "en": "From 90", "starts_at": Decimal(90), "ratio": Decimal("1.2")}


def drafted():
    """The rules as the draft would have them."""
    draft = open_draft()
    return drafted_rules(draft).with_changes(draft.changes, unfinished=True)


def test_the_table_of_the_leasing_department_says_that_it_is_proposed():
    rules = preset("leasing")
    listed = {one.path: one for one in rules.parameters() if one.path.startswith(BANDS)}
    assert len(listed) == 10
    assert {(str(one.source), one.clause) for one in listed.values()} == {("proposal", "D-2.3.4a")}
    table = [(one.starts_at.value, one.ratio.value) for one in rules.bonus.bands]
    assert table[0] == (90, Decimal("1.2")) and table[-1] == (0, 0)
    assert from_toml(to_toml(rules)) == rules
    lines = {one.path: one for one in printed.lines(rules)}
    line = lines[f"{BANDS}.from_90.ratio"]
    assert (line.value, str(line.source), line.clause) == (Decimal("1.2"), "proposal", "D-2.3.4a")


def test_bands_that_leave_scores_out_are_not_published_and_may_stand_while_they_are_written(cast):
    draft = entries.add_entry(actor=cast.manager, path=BANDS, values=BEST)
    drafts.change_draft(actor=cast.administrator, effective_on=date(2027, 1, 1), reason="奖金")
    with pytest.raises(Invalid) as refused:
        drafts.publish_version(actor=cast.administrator, draft=draft)
    assert BANDS in refused.value.fields
    draft = entries.add_entry(actor=cast.manager, path=BANDS, values=LOWEST)
    drafts.publish_version(actor=cast.administrator, draft=draft)
    made = drafted_rules(Version.objects.get(pk=draft.pk)).bonus.bands
    assert [(one.key, one.ratio.value, str(one.ratio.source)) for one in made] == [
        ("from_90", Decimal("1.2"), "admin"),
        ("low", 0, "admin"),
    ]
    assert Entry.objects.filter(verb="rulebook.entry.added", actor=cast.manager).count() == 2
    with pytest.raises(Forbidden):
        entries.add_entry(actor=cast.member, path=BANDS, values=BEST)


def test_a_band_is_added_and_changed_on_its_pages(cast, sign_in):
    browser = sign_in(cast.manager)
    url = reverse("rulebook:entry-add", args=[BANDS])
    given = {"key": "low", "zh": "其余", "en": "Rest", "starts_at": "0", "ratio": "0.5"}
    assert save(browser, url, **given).status_code == 302
    url = reverse("rulebook:entry-edit", args=[BANDS, "low"])
    assert fields_of(browser.get(url))["ratio"] == ["0.5"]
    assert save(browser, url, ratio="0.25").status_code == 302
    assert drafted().bonus.bands[0].ratio.value == Decimal("0.25")


def test_who_scores_in_which_cycle_is_a_value_of_the_regulation(cast, sign_in):
    rules = preset("business")
    assert [one.key for one in rules.parties("month")] == ["superior", "self"]
    path = "appraisal.parties.peer.cycles"
    listed = next(one for one in rules.parameters() if one.path == path)
    assert (listed.kind, str(listed.source), listed.clause) == ("choices", "proposal", "C-6.2.3")
    monthly = rules.with_changes({path: ["month", "quarter"]})
    assert [one.key for one in monthly.parties("month")] == ["superior", "peer", "self"]
    assert "peer" not in [one.key for one in monthly.parties("year")]
    with pytest.raises(Invalid):
        rules.with_changes({path: ["week"]})
    kept = preset("market", "e8").appraisal.parties[0].cycles
    assert (kept.value, str(kept.source)) == (("month", "quarter"), "proposal")


def test_the_cycles_of_a_party_and_the_listed_powers_are_chosen_in_the_browser(cast, sign_in):
    browser = sign_in(cast.manager)
    path = "appraisal.parties.self.cycles"
    address = "/rulebook/parameters?section=appraisal"
    page = browser.get(address).text
    assert f'name="{path}"' in page and "每季" in page
    assert save(browser, address, **{path: ["year"]}).status_code == 302
    address = "/rulebook/parameters?section=delegation"
    label = preset("ktv").approval("research_plan").zh
    assert label in browser.get(address).text
    chosen = {"delegation.powers": "listed", "delegation.passed_on": ["contract"]}
    assert save(browser, address, **chosen).status_code == 302
    rules = drafted()
    assert [one.key for one in rules.parties("quarter")] == ["superior"]
    assert rules.delegation.kinds == ("contract",)


def test_versions_from_before_are_read_with_their_bands_and_parties(cast):
    """The step of the migration: each value gets its origin, none gets lost."""
    data = to_data(preset("leasing"))
    wanted = from_data(data)
    data["bonus"]["bands"] = [
        {"starts_at": one["starts_at"]["value"], "ratio": one["ratio"]["value"]}
        for one in data["bonus"]["bands"]
    ]
    for one in data["appraisal"]["parties"]:
        one["cycles"] = one["cycles"]["value"]
    Version.objects.filter(pk=cast.version.pk).update(content=data)
    step = import_module("expansion.rulebook.migrations.0004_bands_and_parties")
    for _run in range(2):
        step.give_origins(apps, None)
    rules = from_data(Version.objects.get(pk=cast.version.pk).content)
    assert [(one.starts_at.value, one.ratio.value) for one in rules.bonus.bands] == [
        (one.starts_at.value, one.ratio.value) for one in wanted.bonus.bands
    ]
    assert rules.parties("quarter") and rules.bonus.bands[0].key == "from_90"
    assert {str(one.cycles.source) for one in rules.appraisal.parties} == {"proposal"}
