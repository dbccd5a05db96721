"""The weights page in a browser: sums and points follow the typing as the server would count."""

from expansion.rulebook.services import drafts
from expansion.rulebook.weights import MODE

URL = "/rulebook/weights"


def holds(badge) -> bool:
    return "badge-done" in badge.get_attribute("class")


def test_where_all_weights_are_scaled_any_common_sum_will_do(house, walk):
    drafts.change_draft(actor=house.administrator, changes={MODE: "normalise"}, reason="试行")
    page = walk(house.administrator, at=URL).page
    common, client = page.locator("tbody[data-set=common]"), page.locator("tbody[data-set=client]")
    common.locator("[data-weight]").first.fill("30")  # beside 20
    badge = common.locator("[data-sum] .badge")
    assert holds(badge) and "50%" in badge.inner_text()
    assert common.locator(".is-wrong").count() == 0
    assert client.locator("[data-points]").first.inner_text() == "33.3"  # 50 of 150
    assert common.locator("[data-points]").first.inner_text() == "20.0"


def test_the_overall_rating_takes_its_share_from_the_common_weights(house, walk):
    page = walk(house.administrator, at=URL).page
    badge = page.locator("tbody[data-set=common] [data-sum] .badge")
    assert holds(badge)
    page.locator("[data-share=overall]").fill("10")
    assert not holds(badge)
    page.locator("[data-share=team]").fill("50")
    assert holds(badge)
    points = page.locator("tbody[data-set=client] [data-points]").first
    assert points.inner_text() == "25.0"  # 50 of 100, and half of the whole
    whole = page.locator("tbody[data-set=management] [data-points]").first
    assert whole.inner_text() == "54.0"  # 60 of what the overall rating leaves


def test_on_the_phone_clause_and_source_stand_under_each_name(house, walk):
    page = walk(house.administrator, phone=True, at=URL).page
    origin = page.locator("tbody[data-set=client] .origin").first
    assert origin.locator(".clause").is_visible() and origin.locator(".source").is_visible()
