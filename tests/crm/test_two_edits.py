"""Two people on one record: the second sees both values of each field in words."""

import pytest

from crm.services.visits import update_visit
from tests.make import crm as make


@pytest.fixture
def visit(cast):
    client = make.client(cast.member)
    return make.visit(cast.member, client, outcomes=["interested"], needs="舞台")


def test_what_was_ticked_is_shown_in_words_and_sent_as_keys(cast, visit, sign_in):
    stale = visit.version
    update_visit(
        actor=cast.member, record=visit, outcomes=["met_decider", "wants_proposal"], needs="舞台"
    )
    given = {"request_id": "a", "version": stale, "said": visit.said, "needs": "舞台"}
    answer = sign_in(cast.member).post(
        f"/crm/visits/{visit.pk}/edit", given | {"outcomes": ["interested", "no_need"]}
    )
    assert answer.status_code == 409
    fields = {one["name"]: one for one in answer.context["differences"]}
    assert list(fields) == ["outcomes"]  # what is the same on both sides is no question
    assert fields["outcomes"]["theirs"] == "已见负责人、要方案"
    assert fields["outcomes"]["yours"] == "有意向、暂无需求"
    assert fields["outcomes"]["theirs_value"] == "met_decider wants_proposal"
    assert 'data-value="interested no_need"' in answer.text
