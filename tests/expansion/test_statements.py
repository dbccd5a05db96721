"""External statements: written, approved, frozen, released by nobody before that (E8-5.3)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from expansion import access, clock
from expansion.approvals.models import Step
from expansion.approvals.selectors import latest, open_step
from expansion.approvals.services import decide, withdraw
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.files.services import attach, remove
from expansion.office.confidence_offers import document
from expansion.office.models import Statement
from expansion.office.services import handovers, statements
from expansion.people.services.mandates import create_mandate
from expansion.rulebook.selectors import rules_on
from tests.cast import assemble
from tests.make import confidence as make
from tests.together import together

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def entries(verb) -> int:
    return Entry.objects.filter(verb=verb).count()


def a_file(name="课件.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n1")


def release(cast, record, day=TODAY, actor=None):
    return statements.release_statement(
        actor=actor or cast.member, record=record, released_on=day, released_where="沙龙现场"
    )


# Writing


def test_a_draft_belongs_to_its_writer_and_is_audited(cast):
    made = make.statement(cast)
    assert (made.status, made.owner) == ("draft", cast.member)
    assert entries("office.statement.created") == 1


@pytest.mark.parametrize("part", ["hr", "legal", "leadership", "administrator", "liaison"])
def test_who_is_not_of_the_department_writes_none(cast, part):
    with pytest.raises(Forbidden):
        make.statement(cast, actor=getattr(cast, part))


def test_who_sees_a_draft(cast):
    made = make.statement(cast)
    seen = {name for name, person in cast.everyone().items() if access.can(person, "view", made)}
    assert seen == {"member", "leader", "manager"}


@pytest.mark.parametrize("field", ["title", "audience"])
def test_what_is_missing_is_refused_with_its_field(cast, field):
    with pytest.raises(Invalid) as refused:
        make.statement(cast, **{field: " "})
    assert field in refused.value.fields


def test_a_draft_is_changed_once_per_version_and_the_trail_tells_the_length(cast):
    made = make.statement(cast)
    statements.change_statement(actor=cast.member, record=made, version=1, text="更短。")
    with pytest.raises(Stale):
        statements.change_statement(actor=cast.leader, record=made, version=1, title="别的")
    told = Entry.objects.get(verb="office.statement.changed").changes
    assert told == {"written": [13, 3]}


# Approval


def test_submitting_freezes_text_and_files(cast):
    made = make.statement(cast)
    kept = attach(actor=cast.member, record=made, upload=a_file())
    statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    made.refresh_from_db()
    request = latest(made)
    assert made.status == "submitted"
    assert [step.role for step in request.steps.all()] == ["manager", "leadership"]
    assert any(kept.digest in fact[1] for fact in request.snapshot["facts"])
    with pytest.raises(NotNow):
        statements.change_statement(actor=cast.member, record=made, text="换一段")
    with pytest.raises(Forbidden):
        attach(actor=cast.member, record=made, upload=a_file("别的.pdf"))
    with pytest.raises(Forbidden):
        remove(actor=cast.member, attachment=kept)
    with pytest.raises(NotNow):
        statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    assert entries("office.statement.submitted") == 1


def test_nobody_decides_over_nothing(cast):
    made = make.statement(cast, text=" ")
    with pytest.raises(Invalid):
        statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    attach(actor=cast.member, record=made, upload=a_file())
    statements.submit_statement(actor=cast.member, record=made, rules=rules_on())


def test_the_chain_is_the_rulebooks(cast):
    rules = rules_on().with_changes({"approvals.external_statement.chain": ("legal",)})
    made = make.statement(cast)
    statements.submit_statement(actor=cast.member, record=made, rules=rules)
    assert [step.role for step in latest(made).steps.all()] == ["legal"]
    assert access.can(cast.legal, "view", made)
    decide(actor=cast.legal, request=latest(made), decision="approve")
    made.refresh_from_db()
    assert made.status == "approved"


def test_whoever_decides_sees_it_and_its_material(cast):
    made = make.statement(cast)
    kept = attach(actor=cast.member, record=made, upload=a_file())
    assert not access.can(cast.leadership, "view", made)
    statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    decide(actor=cast.manager, request=latest(made), decision="approve")
    assert access.can(cast.leadership, "view", made)
    assert access.can(cast.leadership, "view", kept)
    assert not access.can(cast.hr, "view", made)


def test_approved_it_keeps_the_checksum_of_what_was_approved(cast):
    made = make.approved(cast)
    assert made.status == "approved" and made.digest == latest(made).digest
    assert entries("office.statement.approved") == 1


def test_returned_it_is_written_anew_and_submitted_again(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="return", comment="去掉价格")
    made = Statement.objects.get()
    assert made.status == "returned"
    statements.change_statement(actor=cast.member, record=made, text="只讲做法。")
    statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    assert latest(made).round == 2


def test_rejected_it_stays_as_it_is(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="reject", comment="内部资料")
    made = Statement.objects.get()
    assert made.status == "rejected"
    with pytest.raises(NotNow):
        statements.change_statement(actor=cast.member, record=made, text="换一段")
    with pytest.raises(NotNow):
        release(cast, made)


def test_a_submission_taken_back_is_a_draft_again(cast):
    request = make.submitted(cast)
    withdraw(actor=cast.member, request=request)
    assert Statement.objects.get().status == "draft"


def test_a_second_decision_is_refused(cast):
    request = make.submitted(cast)
    decide(actor=cast.manager, request=request, decision="approve")
    with pytest.raises(NotNow):
        decide(actor=cast.manager, request=request, decision="approve")
    assert Statement.objects.get().status == "submitted"


def test_a_delegate_decides_for_the_absent_manager(cast):
    request = make.submitted(cast)
    create_mandate(
        actor=cast.administrator,
        principal=cast.manager,
        delegate=cast.deputy,
        starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1),
        reason="leave",
    )
    deputy = cast.again(cast.deputy)
    decide(actor=deputy, request=request, decision="approve")
    made = request.steps.get(role="manager").decisions.get()
    assert (made.by, made.for_person) == (cast.deputy, cast.manager)


def test_nobody_decides_over_the_own_statement(cast):
    request = make.submitted(cast, actor=cast.manager)
    assert cast.manager.pk in request.parties
    with pytest.raises(Forbidden):
        decide(actor=cast.manager, request=request, decision="approve")
    assert open_step(request).person == cast.leadership or open_step(request).role == "leadership"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_wins():
    cast = assemble()
    request = make.submitted(cast)
    acts = [
        lambda: decide(actor=cast.manager, request=request, decision="approve"),
        lambda: decide(actor=cast.manager, request=request, decision="reject", comment="不妥"),
    ]
    results = together(acts)
    assert sum(isinstance(one, NotNow) for one in results) == 1
    assert request.steps.exclude(status__in=[Step.Status.WAITING, Step.Status.OPEN]).count() == 1


# Release


@pytest.mark.parametrize("stage", ["draft", "submitted"])
def test_nobody_releases_what_is_not_approved(cast, stage):
    made = make.statement(cast)
    if stage == "submitted":
        statements.submit_statement(actor=cast.member, record=made, rules=rules_on())
    for person in (cast.member, cast.leader, cast.manager):
        with pytest.raises(NotNow):
            release(cast, made, actor=person)


def test_the_database_refuses_it_too(cast):
    made = make.statement(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=made.pk).update(status="released")


def test_a_release_says_who_when_and_where(cast):
    made = make.released(cast)
    assert (made.status, made.released_on, made.released_by) == ("released", TODAY, cast.member)
    told = Entry.objects.get(verb="office.statement.released").changes
    assert told["released_on"][1] == "2026-11-18" and told["released_where"][1] == "沙龙现场"
    with pytest.raises(NotNow):
        release(cast, made)
    assert entries("office.statement.released") == 1


@pytest.mark.parametrize("day", [date(2026, 11, 17), date(2026, 11, 19)])
def test_a_release_lies_between_approval_and_today(cast, day):
    made = make.approved(cast)
    with pytest.raises(Invalid) as refused:
        release(cast, made, day)
    assert "released_on" in refused.value.fields


def test_who_may_not_see_it_may_not_release_it(cast):
    made = make.approved(cast)
    for person in (cast.colleague, cast.leadership, cast.hr):
        with pytest.raises(Forbidden):
            release(cast, made, actor=person)


def test_what_will_not_be_said_is_withdrawn_with_its_reason(cast):
    made = make.approved(cast)
    statements.withdraw_statement(actor=cast.member, record=made, reason="活动取消")
    made.refresh_from_db()
    assert made.status == "withdrawn"
    assert Entry.objects.get(verb="office.statement.withdrawn").changes["reason"][1] == "活动取消"
    for act in (
        lambda: statements.withdraw_statement(actor=cast.member, record=made, reason="再来"),
        lambda: release(cast, made),
        lambda: statements.submit_statement(actor=cast.member, record=made, rules=rules_on()),
    ):
        with pytest.raises(NotNow):
            act()


def test_what_is_being_decided_or_is_out_is_not_withdrawn(cast):
    running = make.submitted(cast).about
    with pytest.raises(NotNow):
        statements.withdraw_statement(actor=cast.member, record=running, reason="算了")
    out = make.released(cast, title="另一场")
    with pytest.raises(NotNow):
        statements.withdraw_statement(actor=cast.member, record=out, reason="算了")


# What else the house reads of it


def test_the_document_names_form_audience_and_day(cast):
    facts = dict(map(tuple, document(make.statement(cast))["facts"]))
    assert facts["Audience"] == "人力资源协会沙龙" and facts["Medium"] == "talk"


def test_a_leaver_hands_over_what_is_underway(cast):
    going_on = make.statement(cast)
    make.released(cast, title="讲过的")
    record = handovers.open_handover(
        actor=cast.manager, person=cast.member, last_day=TODAY, reason="调动"
    )
    (item,) = record.items.filter(kind="office.statements")
    assert item.about_id == going_on.pk
    handovers.divide(
        actor=cast.manager, record=record, receiver=cast.colleague, kind="office.statements"
    )
    handovers.offer(actor=cast.manager, record=record)
    handovers.accept(actor=cast.again(cast.colleague), record=record)
    going_on.refresh_from_db()
    assert going_on.owner == cast.colleague
