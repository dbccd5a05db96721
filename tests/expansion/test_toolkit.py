"""The screens' toolkit: what every form and list promises, shown on the client noun."""

import pytest
from django import forms
from django.template.loader import get_template
from django.utils import translation

from crm.models import Client
from crm.services import clients
from expansion.audit.models import Entry
from expansion.ui.forms import ServiceForm
from expansion.ui.pages import Screen


def fields(**more):
    return {"request_id": "one-form", "kind": "firm", "name": "南京海纳酒店管理有限公司"} | more


def test_a_second_click_makes_no_second_record_and_gets_the_first_answer(cast, sign_in):
    browser = sign_in(cast.member)
    first = browser.post("/crm/clients/new", fields())
    second = browser.post("/crm/clients/new", fields())
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Client.objects.count() == 1


def test_a_key_answers_at_its_own_address_alone(cast, sign_in):
    """Elsewhere the gate of the record there answers, and nothing is taken for done."""
    browser = sign_in(cast.member)
    browser.post("/crm/clients/new", fields())
    own, other = Client.objects.get(), clients.create_client(actor=cast.colleague, name="无锡远航")
    refused = [
        (f"/crm/clients/{other.pk}/edit", 404),
        (f"/crm/clients/{own.pk}/delete", 403),
        (f"/people/{cast.leader.pk}/edit", 403),
        ("/approvals/1/comment", 404),
    ]
    for url, status in refused:
        assert browser.post(url, fields()).status_code == status, url
    changed = browser.post(f"/crm/clients/{own.pk}/edit", fields(region="无锡", version=1))
    assert changed.status_code == 302
    assert Client.objects.get(pk=own.pk).region == "无锡"


def test_a_refused_form_may_be_sent_again_under_the_same_key(cast, sign_in):
    browser = sign_in(cast.member)
    assert browser.post("/crm/clients/new", fields(name="")).status_code == 422
    assert browser.post("/crm/clients/new", fields()).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "长" * 121},
        {"phones": "12345"},
        {"credit_code": "91320100MA1XXXXXXX"},
        {"next_contact_on": "2026-02-31"},
        {"kind": "planet"},
    ],
)
def test_what_does_not_hold_answers_422_and_keeps_what_was_typed(cast, sign_in, wrong):
    page = sign_in(cast.member).post("/crm/clients/new", fields(note="谈了<b>年会</b>😀", **wrong))
    assert page.status_code == 422
    assert "谈了&lt;b&gt;年会&lt;/b&gt;😀" in page.content.decode()
    assert not Client.objects.exists()


def test_the_second_of_two_editors_sees_both_values(cast, sign_in):
    client = clients.create_client(actor=cast.member, name="无锡远航旅行社有限公司", region="无锡")
    clients.update_client(actor=cast.leader, record=client, version=1, region="苏州")
    page = sign_in(cast.member).post(
        f"/crm/clients/{client.pk}/edit",
        fields(name=client.name, region="常州", version=1),
    )
    assert page.status_code == 409
    text = page.content.decode()
    assert "苏州" in text and "常州" in text
    assert Client.objects.get().region == "苏州"


def test_a_screen_without_a_gate_does_not_start():
    class Bare(Screen):
        pass

    with pytest.raises(Exception, match="declares no gate"):
        Bare.as_view()


@pytest.mark.parametrize(
    "query", ["q=%00", "sort=nothing", "page=0", "page=x", "stage=%27", "q=%25"]
)
def test_a_list_answers_whatever_stands_in_its_address(cast, sign_in, query):
    clients.create_client(actor=cast.member, name="苏州博雅餐饮管理有限公司")
    assert sign_in(cast.member).get(f"/crm/clients/?{query}").status_code == 200


@pytest.mark.parametrize("text", ["海", "海纳", "海纳酒店", "hnjd", "hainajiudian", "6217", "hn"])
@pytest.mark.both
def test_a_client_is_found_by_name_pinyin_initials_and_phone_tail(cast, sign_in, text):
    clients.create_client(
        actor=cast.member, name="海纳酒店有限公司", contact={"phones": "13812346217"}
    )
    clients.create_client(actor=cast.member, name="苏州博雅餐饮管理有限公司")
    page = sign_in(cast.member).get("/crm/clients/", {"q": text})
    assert [record.name for record in page.context["page"].records] == ["海纳酒店有限公司"]


def test_every_page_write_is_named_as_a_page_in_the_trail(cast, sign_in):
    sign_in(cast.member).post("/crm/clients/new", fields())
    entry = Entry.objects.get(verb="crm.client.created")
    assert (entry.source, entry.actor) == ("page", cast.member)


def test_a_row_is_drawn_once_and_says_where_its_cells_stand_on_a_phone(cast, sign_in):
    client = clients.create_client(actor=cast.member, name="海纳<b>酒店")
    page = sign_in(cast.member).get("/crm/clients/").text
    assert page.count("海纳&lt;b&gt;酒店</a>") == 1 and "海纳<b>" not in page
    row = page[page.index(f'<tr data-href="/crm/clients/{client.pk}">') :]
    row = row[: row.index("</tr>")]
    assert row.count('class="line') == 4 and row.count("line begins") == 1
    assert f'href="/crm/communications/new?client={client.pk}"' in row


def test_choices_that_grow_with_the_department_come_when_the_chip_opens(cast, sign_in):
    browser, choice = sign_in(cast.leader), f"owner={cast.member.pk}"
    assert choice not in browser.get("/crm/clients/").text
    assert choice in browser.get("/crm/clients/?choices=owner").text
    part = browser.get("/crm/clients/?q=x&choices=owner", headers={"HX-Request": "true"}).text
    assert f"?q=x&amp;{choice}" in part and "<table" not in part
    assert "choices" not in part


def test_the_page_of_our_own_mistake_says_its_language():
    """It is drawn without any context."""
    with translation.override("zh-hans"):
        page = get_template("500.html").render()
    assert '<html lang="zh-hans" data-theme="auto">' in page


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/crm/opportunities/", "/crm/opportunities/board"),
        ("/training/courses/", "/training/sessions/"),
        ("/research/findings/", "/research/findings/"),
        ("/crm/clients/", "/crm/clients/"),
        ("/rulebook/parameters", "/rulebook/weights"),
        ("/rulebook/clauses", "/rulebook/"),
    ],
)
def test_the_menu_marks_where_a_page_belongs(cast, sign_in, address, entry):
    page = sign_in(cast.manager).get(address).text
    sidebar = page[page.index('class="sidebar"') : page.index('class="stage"')]
    (marked,) = [part for part in sidebar.split("<li>") if "aria-current" in part]
    assert f'href="{entry}"' in marked


class Sized(ServiceForm):
    text = forms.CharField(max_length=5)
    amount = forms.DecimalField(max_digits=4, decimal_places=1)


@pytest.mark.parametrize(
    ("sent", "name", "sentence"),
    [
        ({"text": "六个字的句子"}, "text", "At most 5 characters; here are 6."),
        ({"amount": "1.25"}, "amount", "At most 1 digits behind the point."),
        ({"amount": "12345"}, "amount", "At most 4 digits."),
    ],
)
def test_what_does_not_fit_is_refused_in_words_of_the_house_and_nothing_is_cut(
    sent, name, sentence
):
    with translation.override("en"):
        form = Sized(data={"request_id": "a", "text": "短", "amount": "1"} | sent)
        assert sentence in form.errors[name]
        assert "maxlength" not in str(form) and sent[name] in str(form)


class Grown(Sized):
    """Fields that a form adds by itself, before and after it puts them in order."""

    field_order = ["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["word"] = forms.CharField(max_length=5, widget=forms.Textarea)
        self.order_fields(["word"])
        self.fields["share"] = forms.DecimalField(max_value=100, decimal_places=2)
        self.fields["day"] = forms.DateField()


@pytest.mark.parametrize(
    ("sent", "name", "sentence"),
    [
        ({"text": "六个字的句子"}, "text", "At most 5 characters; here are 6."),
        ({"word": "六个字的句子"}, "word", "At most 5 characters; here are 6."),
        ({"share": "101"}, "share", "At most 100."),
        ({"share": "1.255"}, "share", "At most 2 digits behind the point."),
        ({"day": "1066-10-14"}, "day", "This year cannot be meant."),
        ({"word": "a\x00b"}, "word", "A character that cannot be kept stands in it. Type it anew."),
    ],
)
def test_a_field_that_a_form_adds_by_itself_is_one_of_the_house_too(sent, name, sentence):
    usual = {"request_id": "a", "text": "短", "amount": "1", "word": "短", "share": "1"}
    form = Grown(data=usual | {"day": "2026-11-20"} | sent)
    assert form.errors == {name: [sentence]}
    drawn = str(form)
    assert "maxlength" not in drawn and 'type="date"' in drawn
    assert list(form.fields)[0] == "word"


def test_a_form_without_its_key_says_what_to_do(cast, sign_in):
    cast.member.language = "en"
    cast.member.save()
    answer = sign_in(cast.member).post("/crm/clients/new", fields(request_id=""))
    assert answer.status_code == 422
    said = ">This form</a>: it did not arrive whole. Open the page anew, please.</li>"
    assert said in answer.content.decode()
