"""Tying a project to what it rests on, as people meet it (seam 2 between neighbours)."""

import uuid

import pytest

from expansion.audit.models import Entry
from expansion.relations.models import Relation
from expansion.relations.services import link
from tests.make import partnerships as make
from tests.make import research

pytestmark = pytest.mark.django_db


def key() -> dict[str, str]:
    return {"request_id": uuid.uuid4().hex}


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def project(cast):
    return make.project(cast.partner_member)


@pytest.fixture
def finding(cast):
    return research.a_finding(cast, title="对面商场九月开业")


def address(record) -> str:
    return f"/relations/{record._meta.label_lower}/{record.pk}/add"


def test_a_project_is_tied_to_a_finding_and_both_pages_say_so(cast, sign_in, project, finding):
    manager = sign_in(cast.manager)
    page = body(manager.get(f"{address(project)}?q=商场"))
    assert f'value="research.finding:{finding.pk}"' in page
    sent = key() | {"kind": "cites", "target": f"research.finding:{finding.pk}"}
    answer = manager.post(address(project), sent)
    assert answer["Location"] == project.get_absolute_url()
    assert finding.title in body(manager.get(project.get_absolute_url()))
    assert project.title in body(manager.get(finding.get_absolute_url()))
    assert Entry.objects.filter(verb="relations.relation.linked").count() == 1


def test_a_second_click_ties_once(cast, sign_in, project, finding):
    sent = key() | {"kind": "cites", "target": f"research.finding:{finding.pk}"}
    for _twice in range(2):
        assert sign_in(cast.manager).post(address(project), sent).status_code == 302
    assert Relation.objects.count() == 1


def test_what_one_does_not_see_is_neither_offered_nor_tied_nor_named(
    cast, sign_in, project, finding
):
    member = sign_in(cast.partner_member)
    assert finding.title not in body(member.get(f"{address(project)}?q=商场"))
    sent = key() | {"kind": "cites", "target": f"research.finding:{finding.pk}"}
    assert member.post(address(project), sent).status_code == 404
    link(actor=cast.manager, source=project, target=finding, kind="cites")
    assert finding.title not in body(member.get(project.get_absolute_url()))


@pytest.mark.parametrize("target", ["", "x", "research.finding:", "research.finding:x", "9"])
def test_a_target_that_is_none_is_refused_and_the_page_stays(cast, sign_in, project, target):
    answer = sign_in(cast.manager).post(
        address(project), key() | {"kind": "cites", "target": target}
    )
    assert answer.status_code == 422 and not Relation.objects.exists()


def test_a_kind_of_record_that_is_tied_to_nothing_has_no_page(cast, sign_in, project):
    assert (
        sign_in(cast.manager).get(f"/relations/people.user/{cast.member.pk}/add").status_code == 404
    )
    sent = key() | {"kind": "cites", "target": f"people.user:{cast.member.pk}"}
    assert sign_in(cast.manager).post(address(project), sent).status_code == 404


def test_only_who_may_change_the_record_ties_and_unties_it(cast, sign_in, project, finding):
    for person in (cast.member, cast.outsider, cast.hr):
        assert sign_in(person).get(address(project)).status_code == 404
    relation = link(actor=cast.manager, source=project, target=finding, kind="cites")
    assert sign_in(cast.partner_member).post(f"/relations/{relation.pk}/remove").status_code == 404
    assert sign_in(cast.manager).post(f"/relations/{relation.pk}/remove").status_code == 302
    assert sign_in(cast.manager).post(f"/relations/{relation.pk}/remove").status_code == 404
    assert not Relation.objects.exists()
