"""The scheme of a project: handed in, decided, decided anew when it changes; what a start asks for
in each of the five regulations (R-par-03, R-par-08)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from expansion import clock
from expansion.approvals.models import Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide, withdraw
from expansion.approvals.signers import add_signer
from expansion.audit.models import Entry
from expansion.audit.wording import act_label
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.files.models import Attachment
from expansion.files.services import attach, remove
from expansion.notices.models import Notice
from expansion.rulebook import loading
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import forget_rules, rules_on
from partnerships import requirements
from partnerships.models import Partner, Project
from partnerships.services import projects, schemes
from tests.make import partnerships as make

pytestmark = pytest.mark.django_db


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "先在两家门店试行。".encode())


def change(cast, project: Project, **values) -> Project:
    return projects.update_project(actor=cast.partner_member, record=project, **values)


# Handed in


def test_a_written_scheme_goes_to_the_manager_as_a_frozen_copy(cast):
    project = make.submitted(cast.partner_member, amount=Decimal("50000"))
    request = latest(project)
    assert (project.scheme_status, request.kind) == ("in_approval", "cooperation_scheme")
    assert [step.role for step in request.steps.all()] == ["manager"]
    sections = {part["key"]: part["text"] for part in request.snapshot["sections"]}
    assert sections["scheme"] == make.SCHEME
    assert sections["checklist"] == "兼顾双方利益\n切实可行\n有吸引力"
    assert "50,000" in request.snapshot["amount"] and request.amount == Decimal("50000")
    told = Notice.objects.filter(about_id=request.pk, person=cast.manager)
    assert told.exists()
    assert Entry.objects.filter(verb="partnerships.scheme.in_approval").count() == 1


def test_who_decides_reads_the_files_of_the_copy_and_not_those_that_came_later(cast, sign_in):
    project = make.project(cast.partner_member, scheme=make.SCHEME)
    named = attach(actor=cast.partner_member, record=project, upload=paper("方案.txt"))
    request = latest(make.submitted(cast.partner_member, project))
    finance = sign_in(cast.finance)
    assert finance.get(f"/files/{named.pk}").status_code == 404
    add_signer(
        actor=cast.manager, request=request, person=cast.finance, place="before", reason="看预算。"
    )
    assert finance.get(f"/files/{named.pk}").status_code == 200
    assert finance.get(project.get_absolute_url()).status_code == 404
    decide(actor=cast.finance, request=latest(project), decision="approve")
    decide(actor=cast.manager, request=latest(project), decision="approve")
    clock.set_clock(clock.now() + timedelta(days=1))
    later = attach(actor=cast.partner_member, record=fresh(project), upload=paper("补充.txt"))
    assert finance.get(f"/files/{named.pk}").status_code == 200
    assert finance.get(f"/files/{later.pk}").status_code == 404


def test_what_is_not_written_is_not_handed_in(cast):
    project = make.project(cast.partner_member, scheme="  ")
    with pytest.raises(Invalid):
        make.submitted(cast.partner_member, project)
    assert not Request.objects.exists()


def test_it_is_handed_in_once_and_while_the_project_is_open(cast):
    project = make.submitted(cast.partner_member)
    with pytest.raises(NotNow):
        make.submitted(cast.partner_member, project)
    other = make.project(cast.partner_member, scheme=make.SCHEME)
    projects.cancel_project(actor=cast.partner_member, record=other, reason="对方停业。")
    with pytest.raises(NotNow):
        make.submitted(cast.partner_member, other)
    assert Request.objects.count() == 1


@pytest.mark.parametrize(("part", "kind"), [("outsider", Gone), ("leader", Forbidden)])
def test_who_does_not_work_the_project_hands_nothing_in(cast, part, kind):
    project = make.project(cast.manager, of=make.partner(cast.member), scheme=make.SCHEME)
    with pytest.raises(Forbidden):
        schemes.submit_scheme(actor=getattr(cast, part), record=project, rules=rules_on())


# Decided


@pytest.mark.parametrize(
    ("decision", "status", "act"),
    [
        ("approve", "approved", "合作方案"),
        ("return", "returned", "合作方案"),
        ("reject", "rejected", "合作方案"),
    ],
)
def test_the_decision_shows_on_the_project_and_in_the_trail(cast, decision, status, act):
    project = make.submitted(cast.partner_member)
    decide(actor=cast.manager, request=latest(project), decision=decision, comment="看过了。")
    found = fresh(project)
    assert found.scheme_status == status
    assert (found.scheme_approved_at == clock.now()) == (status == "approved")
    entry = Entry.objects.get(verb=f"partnerships.scheme.{status}")
    assert entry.changes["scheme_status"] == ["in_approval", status]
    assert act_label(entry)


def test_a_returned_one_and_a_withdrawn_one_are_handed_in_again(cast):
    project = make.submitted(cast.partner_member)
    decide(actor=cast.manager, request=latest(project), decision="return", comment="写清分成。")
    project = make.submitted(cast.partner_member, fresh(project))
    withdraw(actor=cast.partner_member, request=latest(project))
    assert fresh(project).scheme_status == "returned"
    assert make.approved(cast.partner_member, fresh(project)).scheme_status == "approved"
    assert latest(project).round == 3


def test_what_is_being_decided_is_locked_and_the_rest_is_not(cast):
    project = make.submitted(cast.partner_member)
    for values in (
        {"scheme": "另一个方案。"},
        {"amount": Decimal("1")},
        {"currency": "USD"},
        {"resources": "全部人员。"},
        {"title": "另一个题目"},
        {"planned_end": project.planned_end + timedelta(days=90)},
    ):
        with pytest.raises(NotNow):
            change(cast, project, **values)
    assert change(cast, project, evaluation="尚早。").evaluation == "尚早。"
    assert fresh(project).scheme_status == "in_approval"


def a_file(name: str = "方案.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n")


def test_the_files_that_are_decided_over_stay_and_later_ones_do_not(cast):
    """Whoever sent them could else put others in their place between the two looks."""
    project = make.project(cast.partner_member, scheme=make.SCHEME)
    theirs = {"actor": cast.partner_member}
    first = attach(record=project, upload=a_file(), **theirs)
    make.submitted(cast.partner_member, project)
    with pytest.raises(Forbidden):
        remove(attachment=first, **theirs)
    decide(actor=cast.manager, request=latest(project), decision="approve")
    with pytest.raises(Forbidden):
        remove(attachment=first, **theirs)
    clock.set_clock(clock.now() + timedelta(hours=1))
    later = attach(record=fresh(project), upload=a_file("照片.pdf"), **theirs)
    assert remove(attachment=later, **theirs).deleted_at
    change(cast, fresh(project), scheme="分成改为七三。")
    assert remove(attachment=Attachment.objects.get(pk=first.pk), **theirs).deleted_at


@pytest.mark.parametrize(
    "values",
    [{"scheme": "分成改为七三。"}, {"amount": Decimal("2")}, {"resources": "全部人员。"}],
)
def test_what_was_approved_and_changes_is_approved_anew(cast, values):
    project = make.approved(cast.partner_member, amount=Decimal("1"))
    with pytest.raises(NotNow):
        make.submitted(cast.partner_member, project)
    changed = change(cast, project, **values)
    assert changed.scheme_status == "draft"
    entry = Entry.objects.filter(verb="partnerships.project.changed").latest("pk")
    assert entry.changes["scheme_status"] == ["approved", "draft"]
    with pytest.raises(NotNow):
        projects.start_project(actor=cast.partner_member, record=changed)
    make.approved(cast.partner_member, fresh(project))
    assert projects.start_project(actor=cast.partner_member, record=fresh(project))


def test_what_leaves_the_scheme_as_it_is_leaves_it_approved(cast):
    project = make.approved(cast.partner_member)
    assert change(cast, project, title="新题目").scheme_status == "approved"


def test_a_rejected_one_is_written_anew_first(cast):
    project = make.submitted(cast.partner_member)
    decide(actor=cast.manager, request=latest(project), decision="reject", comment="不合算。")
    with pytest.raises(NotNow):
        make.submitted(cast.partner_member, fresh(project))
    change(cast, fresh(project), scheme="换一个方式。")
    assert make.submitted(cast.partner_member, fresh(project)).scheme_status == "in_approval"


@pytest.mark.parametrize("act", [projects.cancel_project, projects.delete_project])
def test_of_a_project_that_ends_nothing_is_decided_any_more(cast, act):
    project = make.submitted(cast.partner_member)
    act(actor=cast.manager, record=project, reason="不做了。")
    assert latest(project).status == "withdrawn"


# What a start asks for


@pytest.fixture
def under(cast):
    """The rules in force are those of another regulation."""

    def take(key: str) -> None:
        content = loading.to_data(loading.preset(key))
        Version.objects.update(content=content, preset=key)
        forget_rules()

    yield take
    forget_rules()


def planned(cast, key: str, **values) -> Project:
    kind = loading.preset(key).partnerships.partner_types[0].key
    return make.project(cast.partner_member, of=make.partner(cast.partner_member, kind=kind))


@pytest.mark.parametrize("key", ["ktv", "business", "market"])
def test_where_the_scheme_is_the_gate_the_start_asks_for_its_approval(cast, under, key):
    under(key)
    project = planned(cast, key)
    for written in ("", make.SCHEME):
        project = change(cast, project, scheme=written)
        with pytest.raises(NotNow) as refusal:
            projects.start_project(actor=cast.partner_member, record=project)
        assert "方案" in str(refusal.value.message) or "scheme" in str(refusal.value.message)
    make.approved(cast.partner_member, project)
    started = projects.start_project(actor=cast.partner_member, record=fresh(project))
    assert started.status == "running"


def test_in_club_nothing_is_stated_and_the_start_asks_for_nothing(cast, under):
    under("club")
    project = planned(cast, "club")
    assert projects.start_project(actor=cast.partner_member, record=project).status == "running"


def test_in_leasing_the_approved_contract_is_the_gate(cast, under):
    under("leasing")
    project = planned(cast, "leasing")
    with pytest.raises(NotNow):
        projects.start_project(actor=cast.partner_member, record=project)
    project.client.contracts.create(
        title="租赁合同",
        owner=cast.partner_member,
        team=project.team,
        status="approved",
        approved_at=clock.now() - timedelta(days=1),
    )
    assert projects.start_project(actor=cast.partner_member, record=project).status == "running"


@pytest.mark.parametrize("key", ["ktv", "club", "business", "leasing", "market"])
def test_the_gate_of_each_pipeline_asks_for_the_approval(cast, under, key):
    under(key)
    project = planned(cast, key)
    stages = requirements.pipeline_of(project).open_stages
    gate = next(one.key for one in stages if "scheme" in one.requires.value)
    change(cast, project, scheme=make.SCHEME)
    with pytest.raises(Invalid):
        projects.move_project(actor=cast.partner_member, record=fresh(project), stage=gate)
    make.approved(cast.partner_member, fresh(project))
    moved = projects.move_project(actor=cast.partner_member, record=fresh(project), stage=gate)
    assert moved.stage == gate


def test_what_the_start_asks_for_is_the_rulebooks_to_say(cast, under):
    rules = rules_on().with_changes({"partnerships.start_requires": []})
    Version.objects.update(content=loading.to_data(rules))
    forget_rules()
    project = make.project(cast.partner_member)
    assert projects.start_project(actor=cast.partner_member, record=project).status == "running"


def test_a_rulebook_without_that_chain_asks_for_a_written_scheme_alone(cast):
    data = loading.to_data(rules_on())
    data["approvals"] = [one for one in data["approvals"] if one["key"] != "cooperation_scheme"]
    data["delegation"]["passed_on"]["value"].remove("cooperation_scheme")
    Version.objects.update(content=data)
    forget_rules()
    project = make.project(cast.partner_member, scheme=make.SCHEME)
    with pytest.raises(NotNow):
        make.submitted(cast.partner_member, project)
    assert projects.start_project(actor=cast.partner_member, record=project).status == "running"


# Its page


def test_the_page_hands_it_in_and_shows_what_became_of_it(cast, sign_in):
    project = make.project(cast.partner_member, scheme=make.SCHEME)
    url, browser = f"/partnerships/projects/{project.pk}", sign_in(cast.partner_member)
    assert f'action="{url}/submit"' in browser.get(url).content.decode()
    answer = browser.post(f"{url}/submit", {"request_id": "a" * 32})
    assert answer.status_code == 302 and fresh(project).scheme_status == "in_approval"
    decide(actor=cast.manager, request=latest(project), decision="approve")
    page = browser.get(url).content.decode()
    assert f"{url}/submit" not in page
    change(cast, fresh(project), scheme="改过的方案。")
    page = browser.get(url).content.decode()
    assert f'href="{url}/submit"' in page
    assert browser.get(f"{url}/submit").status_code == 200


def test_without_a_scheme_the_page_offers_nothing(cast, sign_in):
    project = make.project(cast.partner_member)
    url = f"/partnerships/projects/{project.pk}"
    assert "/submit" not in sign_in(cast.partner_member).get(url).content.decode()
    assert Partner.objects.exists()
