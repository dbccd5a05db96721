"""Every page of the system, in light and dark, before a desk and on a phone.

The pages are those of the URL registry: a new route is looked at by itself. What only answers a
form, hands out a file or leads elsewhere is none, and that shows in its answer.
"""

import pytest

from tests.architecture import grid
from tests.architecture.doors import Door, doors, knock
from tests.browser.looking import SIZES

pytestmark = [pytest.mark.django_db, pytest.mark.a11y, pytest.mark.browser]
# A page that many may open is seen by one who leads before a desk, by one who works on a phone.
FIRST = {
    "desk": ("manager", "administrator", "hr", "leader"),
    "phone": ("member", "partner_member", "outsider", "leader", "manager"),
}
PAGES = [
    door
    for name, door in sorted(doors().items())
    if "GET" in door.methods and (not name.startswith("api-") or name == "api-docs")
]
FORMS = [door for door in PAGES if "POST" in door.methods]
WHAT_IS_WRONG = ".error-summary, .field-error, .is-invalid, [role=alert]"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("door", PAGES, ids=lambda door: door.name)
def test_every_page_is_there_for_everybody(door: Door, size, department, visitors, screens):
    address = door.address(department, grid.kind_of(door))
    part = whom_it_opens_for(address, visitors, FIRST[size])
    assert screens(part, size).faults_of(address) == [], f"{address} as {part}"


@pytest.mark.parametrize("door", FORMS, ids=lambda door: door.name)
def test_every_form_sent_back_says_so_as_well(door: Door, department, visitors, screens):
    """Sent empty. What needs no words is no case; what was written is undone."""
    address = door.address(department, grid.kind_of(door))
    part = whom_it_opens_for(address, visitors, FIRST["phone"])
    answer = knock(visitors[part], "POST", address, {})
    assert answer.status_code < 500, f"{address} breaks as {part}"
    if answer.status_code != 422 or b"<html" not in answer.body:
        pytest.skip("needs no words")
    screen = screens(part, "phone")
    assert screen.faults_of_refusal(address, answer) == [], f"{address} as {part}"
    assert screen.page.locator(WHAT_IS_WRONG).count(), f"{address} does not say what is wrong"


def whom_it_opens_for(address: str, visitors, first: tuple[str, ...]) -> str:
    """The first person who gets the page. A route without a page is skipped; a closed one fails."""
    statuses, is_html = {}, False
    for part in (*first, *(one for one in visitors if one not in first)):
        answer = visitors[part].get(address)
        statuses[part] = answer.status_code
        is_html |= answer.headers.get("Content-Type", "").startswith("text/html")
        if answer.status_code == 200:
            is_page = not answer.streaming and b"<html" in answer.content
            return part if is_page else pytest.skip("hands out something else than a page")
    if {302, 405} & set(statuses.values()) or not is_html:
        pytest.skip("leads elsewhere, or speaks to machines")
    return pytest.fail(f"{address} opens for nobody: {statuses}")
