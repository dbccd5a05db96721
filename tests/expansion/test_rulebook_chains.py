"""Who decides, chosen in the browser: roles, posts, heads, departments, one person (R-exp-05)."""

import io
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.forms import ValidationError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdfium2 import PdfDocument

from expansion.approvals.selectors import own_step
from expansion.errors import Invalid
from expansion.people.models import Status, Unit, User
from expansion.people.services.accounts import search_text
from expansion.rulebook.amendment import document
from expansion.rulebook.chain_fields import LEAST, MOST, ChainField
from expansion.rulebook.deciders import Deciders, names_in, word_for
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import drafted_rules, open_draft, rules_on
from expansion.rulebook.services import drafts, entries
from expansion.rulebook.templatetags.rules import value_words
from tests.expansion.test_approval_chains import submitted
from tests.make.rules import put_in_force

pytestmark = pytest.mark.django_db
CHAIN = "approvals.contract.chain"
SECTION = "/rulebook/parameters?section=approvals"
EIGHT = [
    "leader", "deputy + finance", "legal", "department:company",
    "person:liaison | hr", "leadership",
]  # fmt: skip
JANUARY = date(2027, 1, 1)
KEY = re.compile(r"\b(person|post|team|department):\w")  # a word of the rulebook, no name


def a_person(name: str, username: str, status: str = Status.ACTIVE) -> User:
    search = search_text(name, username)
    return User.objects.create(name=name, username=username, search=search, status=status)


class Sent(HTMLParser):
    """What a browser would send for the fields of a page as it stands."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.select = ""
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        name = held.get("name") or ""
        if tag == "select":
            self.select, self.first = name, True
        elif tag == "option" and self.select and (self.first or "selected" in held):
            self.fields[self.select], self.first = [held["value"]], False
        elif tag == "textarea":
            self.area = name
            self.fields[name] = [""]
        elif tag == "input" and name:
            if held.get("type") not in ("checkbox", "radio"):
                self.fields[name] = [held.get("value") or ""]
            elif "checked" in held:
                self.fields.setdefault(name, []).append(held.get("value") or "on")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] = [data.strip()]


def fields_of(page) -> dict[str, list[str]]:
    return Sent(page.content.decode()).fields


def chosen(fields: dict[str, list[str]], name: str = CHAIN) -> list[str]:
    """Who stands in the places of a chain: of a named person the name."""
    places = [n for n in range(99) if f"{name}_{n}" in fields]
    found = [(fields[f"{name}_{n}"][0], fields[f"{name}_person{n}"][0]) for n in places]
    return [person or who for who, person in found]


def save(browser, url: str = SECTION, **changed):
    """Sends the page as it stands, with some fields changed."""
    return browser.post(url, fields_of(browser.get(url)) | changed)


# Services


def test_a_chain_takes_active_people_and_departments_that_are_there(cast):
    chain = ["person:liaison", "department:company"]
    draft = drafts.change_draft(actor=cast.manager, changes={CHAIN: chain})
    assert draft.changes[CHAIN] == chain


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("person:nobody", "user name “nobody”"),
        ("person:deactivated", "赵一鸣 has no active account"),
        ("department:nowhere", "“nowhere” is not known"),
        ("legal + person:nobody", "user name “nobody”"),
    ],
)
def test_who_is_not_there_is_refused_with_a_sentence_and_opens_no_draft(cast, word, said):
    with pytest.raises(Invalid) as refused:
        drafts.change_draft(actor=cast.manager, changes={CHAIN: ["manager", word]})
    assert said in refused.value.fields[CHAIN][0]
    with pytest.raises(Invalid) as refused:
        entries.change_entry(
            actor=cast.manager, path="approvals", key="contract", values={"chain": [word]}
        )
    assert said in refused.value.message
    with pytest.raises(Invalid) as refused:
        entries.change_entry(
            actor=cast.manager, path="reports", key="weekly_summary", values={"to": [word]}
        )
    assert said in refused.value.fields["to"][0]
    with pytest.raises(Invalid):
        entries.add_entry(
            actor=cast.manager,
            path="approvals",
            values={"chain": [word], "key": "x", "zh": "新", "en": "New"},
            like="contract",
        )
    assert open_draft() is None


def test_who_stands_in_a_chain_and_leaves_stands_in_nobodys_way(cast):
    put_in_force({CHAIN: ["person:liaison"]})
    User.objects.filter(pk=cast.liaison.pk).update(status=Status.LEFT)
    chain = ["legal", "person:liaison"]
    draft = drafts.change_draft(actor=cast.manager, changes={CHAIN: chain})
    assert draft.changes[CHAIN] == chain
    entries.change_entry(
        actor=cast.manager, path="approvals", key="contract", values={"chain": chain}
    )
    entries.add_entry(
        actor=cast.manager,
        path="meetings",
        values={"zh": "例会", "en": "Round"},
        like=rules_on().meetings[0].key,
    )
    with pytest.raises(Invalid):
        drafts.change_draft(
            actor=cast.manager, changes={"approvals.research_report.chain": ["person:liaison"]}
        )


# A typed name


def test_a_person_is_meant_by_name_user_name_or_both(cast):
    for text in ("吴桐", "liaison", "LIAISON", "吴桐 (liaison)", "吴桐（liaison）"):
        assert word_for(text) == "person:liaison"


def test_of_two_with_one_name_one_is_meant_by_the_user_name_shown_behind_it(cast):
    a_person("吴桐", "wu.tong2")
    with pytest.raises(Invalid) as refused:
        word_for("吴桐")
    assert "liaison" in refused.value.message and "wu.tong2" in refused.value.message
    names = names_in([("person:wu.tong2",)], rules_on())
    assert names["person:wu.tong2"] == "吴桐 (wu.tong2)"
    assert word_for(names["person:wu.tong2"]) == "person:wu.tong2"


def test_a_namesake_who_has_left_is_not_meant(cast):
    a_person("吴桐", "wu.tong2", Status.LEFT)
    assert word_for("吴桐") == "person:liaison"


def test_nobody_of_that_name_asks_whether_somebody_who_sounds_alike_is_meant(cast):
    a_person("王伟", "wang.wei")
    with pytest.raises(Invalid) as refused:
        word_for("王炜")
    assert "王炜" in refused.value.message and "王伟" in refused.value.message
    with pytest.raises(Invalid) as refused:
        word_for("钱七七")
    assert "钱七七" in refused.value.message


def test_a_user_name_that_no_chain_can_hold_is_said_so(cast):
    a_person("黄蓉", "huang+rong")
    with pytest.raises(Invalid) as refused:
        word_for("黄蓉")
    assert "huang+rong" in refused.value.message


# The field


def a_field(held=()) -> ChainField:
    return ChainField(tuple(held), Deciders(rules_on(), [tuple(held)]))


def typed(*places: tuple[str, str, str]) -> list[str]:
    return [part for place in places for part in place]


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([("", "boss", "")], "decider 1 from the list"),
        ([("", "manager", ""), ("", "legal", "吴桐")], "Decider 2 is “legal” and “吴桐” at once"),
        ([("", "person", "")], "Write the name of decider 1"),
        ([("", "", "x" * 200)], "too long"),
        ([("", "manager", ""), ("all", "legal", ""), ("any", "hr", "")], "one step"),
        ([("", "person", "赵一鸣")], "no active account"),
    ],
)
def test_a_place_in_which_it_is_not_clear_who_decides_is_refused(cast, places, said):
    with pytest.raises(ValidationError) as refused:
        a_field().clean(typed(*places))
    assert said in " ".join(refused.value.messages)


def test_every_place_that_does_not_hold_is_said_at_once(cast):
    with pytest.raises(ValidationError) as refused:
        a_field().clean(typed(("", "person", "王炜"), ("", "person", "")))
    assert len(refused.value.messages) == 2


def test_a_name_beside_an_empty_choice_is_enough_and_gaps_close(cast):
    places = [("", "", "吴桐"), ("", "", ""), ("any", "hr", ""), ("", "post:deputy", "")]
    assert a_field().clean(typed(*places)) == ["person:liaison | hr", "post:deputy"]


def test_the_longest_chain_is_said_and_one_that_a_file_made_longer_may_stand(cast):
    people = [a_person(f"人{n}", f"p{n}") for n in range(MOST + 1)]
    chain = [f"person:{one.username}" for one in people]
    places = typed(*[("", "person", one.name) for one in people])
    with pytest.raises(ValidationError) as refused:
        a_field().clean(places)
    assert str(MOST) in refused.value.messages[0] and str(MOST + 1) in refused.value.messages[0]
    assert a_field(chain).clean(places) == chain
    assert a_field().clean(places[3:]) == chain[1:]


@pytest.mark.parametrize(
    ("length", "places"),
    [(0, LEAST), (1, LEAST), (2, 4), (3, 5), (8, 10), (19, 20), (20, 20), (25, 25)],
)
def test_a_form_has_two_places_more_than_the_chain_and_never_fewer_than_it(cast, length, places):
    chain = [f"person:p{n}" for n in range(length)]
    assert a_field(chain).widget.places == places


# Pages


def test_what_the_page_shows_and_sends_back_changes_nothing_in_any_section(cast, sign_in):
    """Read from the page itself, as a browser does."""
    put_in_force({CHAIN: EIGHT})
    browser = sign_in(cast.administrator)
    keys = [one["key"] for one in browser.get(SECTION).context["sections"]]
    for key in keys:
        answer = save(browser, f"/rulebook/parameters?section={key}")
        assert answer.status_code == 302, key
    assert open_draft().changes == {}


def test_an_entry_sent_back_as_it_stands_keeps_its_whole_chain(cast, sign_in):
    put_in_force({CHAIN: EIGHT})
    browser = sign_in(cast.administrator)
    for of, key in (("approvals", "contract"), ("reports", "weekly_summary")):
        answer = save(browser, reverse("rulebook:entry-edit", args=[of, key]))
        assert answer.status_code == 302
    assert open_draft().changes == {} and drafted_rules(open_draft()) == rules_on()


def test_a_chain_of_eight_stays_eight_and_has_two_places_left(cast, sign_in):
    put_in_force({CHAIN: EIGHT})
    browser = sign_in(cast.manager)
    shown = chosen(fields_of(browser.get(SECTION)))
    assert len(shown) == 10 and shown[8:] == ["", ""]
    assert shown[:8] == [
        "leader", "deputy", "finance", "legal", "department:company", "吴桐", "hr", "leadership",
    ]  # fmt: skip
    save(browser, **{f"{CHAIN}_8": "superior"})
    assert open_draft().changes[CHAIN] == [*EIGHT, "superior"]
    assert len(chosen(fields_of(browser.get(SECTION)))) == 11


def test_a_person_and_a_department_are_chosen_and_decide(cast, sign_in):
    browser = sign_in(cast.administrator)
    saved = save(
        browser,
        **{
            f"{CHAIN}_0": "department:company",
            f"{CHAIN}_1": "person",
            f"{CHAIN}_person1": "高洁",
            f"{CHAIN}_2": "",
            "reason": "分工调整",
            "effective_on": "2026-11-18",
        },
    )
    assert saved.status_code == 302
    draft = open_draft()
    assert draft.changes[CHAIN] == ["department:company", "person:consolidator"]
    drafts.publish_version(actor=cast.administrator, draft=draft)
    request = submitted(cast, rules_on())
    assert own_step(cast.liaison, request)[1] is not None
    deciders = [step.person for step in request.steps.order_by("order")]
    assert deciders == [None, cast.consolidator]


def test_an_entry_of_its_own_names_a_person_too(cast, sign_in):
    browser, url = (
        sign_in(cast.manager),
        reverse("rulebook:entry-edit", args=["approvals", "contract"]),
    )
    answer = save(browser, url, chain_0="person", chain_person0="吴桐")
    assert answer.status_code == 302
    assert open_draft().changes[CHAIN][0] == "person:liaison"
    url = reverse("rulebook:entry-edit", args=["reports", "weekly_summary"])
    assert save(browser, url, to_0="person", to_person0="高洁").status_code == 302
    assert drafted_rules(open_draft()).report("weekly_summary").to[0] == "person:consolidator"
    page = browser.get("/rulebook/weights").content.decode()
    assert "吴桐" in page and "高洁" in page and "person:" not in page


def test_a_name_that_nobody_has_is_refused_and_what_was_typed_stays(cast, sign_in):
    browser = sign_in(cast.administrator)
    typed_in = {
        f"{CHAIN}_0": "person",
        f"{CHAIN}_person0": "欧阳无名",
        f"{CHAIN}_3": "person",
        f"{CHAIN}_person3": "吴桐",
        f"{CHAIN}_joint3": "all",
    }
    answer = save(browser, **typed_in)
    assert answer.status_code == 422 and open_draft() is None
    assert "欧阳无名" in str(answer.context["fields"].errors[CHAIN])
    again = fields_of(answer)
    assert {name: again[name] for name in typed_in} == {n: [v] for n, v in typed_in.items()}
    assert again[f"{CHAIN}_1"] == ["legal"] and again[f"{CHAIN}_5"] == [""]
    wrong = re.findall(r"<(?:input|select)[^>]*aria-invalid[^>]*>", answer.content.decode())
    names = [re.search(r'name="([^"]*)"', one)[1] for one in wrong]
    assert names == [f"{CHAIN}_0", f"{CHAIN}_person0"], "the place that does not hold is marked"


def test_more_places_than_the_page_showed_are_kept_where_something_is_refused(cast, sign_in):
    """Somebody else may have shortened the chain meanwhile."""
    browser = sign_in(cast.administrator)
    long = {f"{CHAIN}_{n}": "legal" for n in range(9)}
    answer = save(browser, **long, **{f"{CHAIN}_person8": "欧阳无名"})
    assert answer.status_code == 422
    shown = chosen(fields_of(answer))
    assert shown[:9] == ["legal"] * 8 + ["欧阳无名"] and shown[9:] == ["", ""]


def test_a_refused_entry_keeps_the_typed_name_too(cast, sign_in):
    url = reverse("rulebook:entry-edit", args=["approvals", "contract"])
    answer = save(sign_in(cast.manager), url, chain_0="person", chain_person0="欧阳无名")
    assert answer.status_code == 422 and answer.context["form"].errors["chain"]
    assert fields_of(answer)["chain_person0"] == ["欧阳无名"]


def test_a_sign_that_no_database_takes_is_left_out(cast, sign_in):
    answer = save(sign_in(cast.manager), **{f"{CHAIN}_0": "", f"{CHAIN}_person0": "吴\x00桐"})
    assert answer.status_code == 302
    assert open_draft().changes[CHAIN][0] == "person:liaison"


def test_who_has_left_may_stay_where_the_section_is_saved(cast, sign_in):
    put_in_force({CHAIN: ["person:liaison"]})
    User.objects.filter(pk=cast.liaison.pk).update(status=Status.LEFT)
    browser = sign_in(cast.administrator)
    assert save(browser, **{f"{CHAIN}_1": "legal"}).status_code == 302
    assert open_draft().changes[CHAIN] == ["person:liaison", "legal"]
    moved = save(browser, **{"approvals.research_report.chain_person0": "吴桐"})
    assert moved.status_code == 422


def test_the_page_holds_no_list_of_people(cast, sign_in):
    for number in range(30):
        a_person(f"同事{number}", f"people{number}")
    page = sign_in(cast.administrator).get(SECTION).content.decode()
    assert "同事" not in page and "people7" not in page
    assert reverse("rulebook:person-pick") in page


def test_names_are_read_together_however_many_chains_name_people(cast, sign_in):
    browser = sign_in(cast.administrator)
    chains = [f"approvals.{one.key}.chain" for one in rules_on().approvals]
    counts = []
    for named in (chains[:1], chains[:6]):
        put_in_force({path: [f"person:{cast.liaison.username}"] for path in named})
        browser.get(SECTION)
        with CaptureQueriesContext(connection) as asked:
            browser.get(SECTION)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# Names


def test_everywhere_the_rules_are_read_a_person_stands_by_name(cast, sign_in):
    chain = ["person:liaison + post:deputy", "team:client", "department:company"]
    drafts.change_draft(
        actor=cast.administrator, changes={CHAIN: chain}, effective_on=JANUARY, reason="调整"
    )
    draft, browser = open_draft(), sign_in(cast.administrator)
    pages = [
        browser.get(SECTION),
        browser.get("/rulebook/weights"),
        browser.get(draft.get_absolute_url()),
    ]
    sections = document(draft)["sections"]
    told = " ".join(one["text"] for one in sections)
    paper = printed(browser.get(f"{draft.get_absolute_url()}/pdf"))
    drafts.publish_version(actor=cast.administrator, draft=draft)
    pages.append(browser.get(Version.objects.get(pk=draft.pk).get_absolute_url()))
    for text in (told, paper, *(without_fields(page) for page in pages)):
        assert "吴桐" in text and not KEY.search(text)
    put_in_force({CHAIN: chain})
    text = without_fields(sign_in(cast.member).get("/rulebook/"))
    assert "吴桐" in text and Unit.objects.get(key="company").name in text
    assert not KEY.search(text)


def test_a_conflict_tells_both_chains_by_name(cast, sign_in):
    browser = sign_in(cast.administrator)
    page = fields_of(browser.get(SECTION))
    drafts.change_draft(actor=cast.manager, changes={CHAIN: ["person:liaison"]})
    answer = browser.post(SECTION, page | {f"{CHAIN}_0": "person", f"{CHAIN}_person0": "高洁"})
    assert answer.status_code == 409
    [one] = [one for one in answer.context["differences"] if one["name"] == CHAIN]
    assert one["theirs"] == "吴桐" and "高洁" in one["yours"]


def test_who_is_not_in_the_books_stands_by_the_user_name(cast):
    names = names_in([("person:ghost",)], rules_on())
    assert value_words(("person:ghost",), names) == "ghost"


def printed(answer) -> str:
    document = PdfDocument(io.BytesIO(b"".join(answer)))
    return "".join(page.get_textpage().get_text_range() for page in document)


def without_fields(page) -> str:
    """The text of a page without what its fields hold."""
    found = Words()
    found.feed(page.content.decode())
    return " ".join(found.words)


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data):
        self.words.append(data)


# Finding people


def test_the_name_finds_active_people_by_pinyin_and_tells_namesakes_apart(cast, sign_in):
    a_person("吴桐", "wu.tong2")
    a_person("吴桐", "wu.tong3", Status.LEFT)
    User.objects.filter(pk=cast.liaison.pk).update(search=search_text("吴桐", "liaison"))
    browser, url = sign_in(cast.manager), reverse("rulebook:person-pick")
    found = browser.get(url, {"q": "wutong"}).content.decode()
    assert 'data-label="吴桐 (liaison)"' in found and 'data-label="吴桐 (wu.tong2)"' in found
    assert "wu.tong3" not in found
    assert browser.get(url, {"q": "高"}).content.decode().count("data-label") == 1


@pytest.mark.parametrize("part", ["member", "leader", "hr", "leadership"])
def test_only_who_edits_the_rules_is_offered_people_here(cast, sign_in, part):
    browser = sign_in(getattr(cast, part))
    assert browser.get(reverse("rulebook:person-pick"), {"q": "吴"}).status_code == 403
