"""What `tests/rules_read.py` spares is the reading alone: what a row says is what a test gets."""

import pytest

from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules, rules_of

pytestmark = pytest.mark.django_db


def test_a_row_that_says_something_else_gives_other_rules_and_the_first_again_the_first(cast):
    first, content = rules_of(cast.version), cast.version.content
    renamed = {**content, "policy": {**content["policy"], "edition": 9}}
    Version.objects.filter(pk=cast.version.pk).update(content=renamed)
    forget_rules()
    assert rules_of(cast.version).policy.edition == 9
    assert first.policy.edition != 9
    Version.objects.filter(pk=cast.version.pk).update(content=content)
    forget_rules()
    assert rules_of(cast.version) is first


def test_a_copied_house_says_what_the_services_stored(cast):
    assert cast.version.content == Version.objects.get().content
    assert {one.username for one in cast.everyone().values() if one.pk} >= {"member", "leader"}
    assert cast.leader.seats and not cast.anonymous.is_authenticated
