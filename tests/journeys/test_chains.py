"""A chain made in a browser: the next place comes by itself, a person is found by typing."""

import pytest

from expansion.rulebook.selectors import open_draft

pytestmark = pytest.mark.browser
CHAIN = "approvals.contract.chain"
SECTION = "/rulebook/parameters?section=approvals"


def part(page, name: str):
    return page.locator(f'[name="{CHAIN}_{name}"]')


@pytest.mark.parametrize("phone", [False, True])
def test_an_administrator_names_one_person_found_by_pinyin(house, walk, phone):
    house.liaison.search = "吴桐 wutong wt liaison"
    house.liaison.save()
    page = walk(house.administrator, phone=phone, at=SECTION).page
    standing = page.locator(f'[name^="{CHAIN}_"] >> visible=true')
    before = standing.count()
    place = next(n for n in range(9) if part(page, str(n)).input_value() == "")
    part(page, str(place)).select_option("person")
    assert part(page, str(place + 1)).is_visible(), "the next place does not come"
    assert standing.count() == before + 3
    name = part(page, f"person{place}")
    name.press_sequentially("wutong")
    page.locator("[role=option]", has_text="吴桐").click()
    assert name.input_value() == "吴桐"
    with page.expect_navigation():
        page.locator("form#draft").evaluate("form => form.requestSubmit()")
    assert "吴桐" in page.locator(".side").inner_text(), "what differs does not say the name"
    assert open_draft().changes[CHAIN][-1] == "person:liaison"
    assert part(page, f"person{place}").is_visible()


def test_a_name_that_was_typed_stays_in_sight_whatever_is_chosen_beside_it(house, walk):
    page = walk(house.administrator, at=SECTION).page
    assert not part(page, "person0").is_visible()
    part(page, "0").select_option("person")
    part(page, "person0").fill("吴桐")
    part(page, "0").select_option("legal")
    assert part(page, "person0").is_visible()
