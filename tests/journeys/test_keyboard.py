"""Everything by keyboard: V, J and K, Enter, E, Esc and ?, and none of them while one types."""

import pytest

from tests.make import crm

pytestmark = pytest.mark.browser


def keys(one, *pressed: str) -> None:
    for key in pressed:
        one.page.keyboard.press(key)


def test_v_opens_the_form_for_a_visit_from_any_page(house, walk):
    one = walk(house.member, at="/crm/clients/")
    one.page.wait_for_load_state()
    keys(one, "v")
    one.page.wait_for_url("**/crm/visits/new")


def test_j_and_k_walk_the_rows_enter_opens_one_e_edits_it(house, walk):
    first = crm.client(house.member, "南京金陵票务有限公司")
    second = crm.client(house.member, "南京海纳酒店管理有限公司")
    one = walk(house.member, at="/crm/clients/?sort=name")
    one.page.wait_for_load_state()
    names = one.page.locator("tr[data-href] .name").all_inner_texts()
    keys(one, "j", "j", "k", "j")
    assert names[1] in one.page.locator("tr.at").inner_text()
    keys(one, "Enter")
    chosen = second if second.name in names[1] else first
    one.page.wait_for_url(f"**{chosen.get_absolute_url()}")
    one.page.wait_for_load_state()
    keys(one, "e")
    one.page.wait_for_url(f"**{chosen.get_absolute_url()}/edit")


def test_the_question_mark_lists_the_keys_and_esc_closes_the_list(house, walk):
    one = walk(house.member)
    one.page.wait_for_load_state()
    keys(one, "?")
    one.page.locator("dialog#keys[open]").wait_for()
    keys(one, "v")  # not while a dialog asks for attention
    keys(one, "Escape")
    one.page.locator("dialog#keys:not([open])").wait_for(state="attached")
    assert one.page.url.endswith("/")


def test_esc_lets_selected_rows_go_and_closes_a_menu(house, walk):
    crm.client(house.member)
    one = walk(house.leader, at="/crm/clients/")
    one.page.wait_for_load_state()
    box = one.page.locator("input[data-select]").first
    box.check()
    one.page.locator(".list-foot.has-selection").wait_for()
    keys(one, "Escape")
    assert not box.is_checked()
    one.page.locator(".topbar details.menu summary").last.click()
    keys(one, "Escape")
    assert one.page.locator("details.menu[open]").count() == 0


def test_the_acts_of_a_row_come_to_the_pointer_and_to_the_focus(house, walk):
    first = crm.client(house.member, "南京金陵票务有限公司")
    second = crm.client(house.member, "南京海纳酒店管理有限公司")
    one = walk(house.member, at="/crm/clients/")
    one.page.wait_for_load_state()
    row = one.page.locator("tr[data-href]").filter(has_text=first.name)
    row.hover()
    assert row.get_by_role("link").all_inner_texts()[1:] == ["电话", "记拜访", "下次联系", "编辑"]
    one.page.locator("tr[data-href] a").filter(has_text=second.name).focus()
    assert row.get_by_role("link").count() == 1
    keys(one, "Tab", "Tab", "Enter")
    one.page.wait_for_url(f"**/crm/visits/new?client={second.pk}")
    assert one.page.locator("[name=client_text]").input_value() == second.name


def test_no_key_acts_while_one_types(house, walk):
    one = walk(house.member, at="/crm/visits/new")
    one.page.wait_for_load_state()
    said = one.page.locator("[name=said]")
    said.press_sequentially("v j k e ?")
    assert said.input_value() == "v j k e ?"
    assert one.page.locator("dialog[open]").count() == 0
    assert one.page.url.endswith("/crm/visits/new")
