"""Who sees which section at which stage: the table of `appraisal.access`, tried out in full."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from appraisal.access import EVALUATION, FIGURES, FINAL, RESULT, SELF_REVIEW, parts, sections
from appraisal.models import Evidence, Line, Participant, Rating, Result, Review, Stage
from expansion import access, clock
from expansion.errors import Forbidden
from expansion.files.services import attach
from expansion.people.models import Mandate, Membership, Unit, User
from tests.make import appraisal as make

NOTHING = frozenset()
ALL = frozenset({FIGURES, SELF_REVIEW, EVALUATION, RESULT})

# stage → person → the sections of 许晴's appraisal shown to that person.
EXPECTED = {
    Stage.COLLECTING: {"member": {SELF_REVIEW}, "leader": {EVALUATION}},
    Stage.SELF_REVIEW: {
        "member": {SELF_REVIEW, FIGURES},
        "leader": {EVALUATION, FIGURES},
        "manager": {FIGURES},
    },
    Stage.EVALUATION: {
        "member": {SELF_REVIEW, FIGURES},
        "leader": {EVALUATION, FIGURES, SELF_REVIEW},
        "manager": {FIGURES, SELF_REVIEW},
    },
    Stage.REVIEW: {
        "member": {SELF_REVIEW, FIGURES},
        "leader": {EVALUATION, FIGURES, SELF_REVIEW},
        "manager": ALL,
    },
    Stage.FEEDBACK: {
        "member": ALL,
        "leader": ALL,
        "manager": ALL,
        "hr": {FIGURES, EVALUATION, RESULT},
    },
}
PEOPLE = (
    "member", "colleague", "outsider", "partner_member", "leader", "deputy", "manager",
    "consolidator", "hr", "finance", "legal", "leadership", "administrator", "liaison",
)  # fmt: skip
ROWS_SEEN_BY = {"member", "leader", "manager", "hr"}


@pytest.mark.parametrize("stage", list(EXPECTED))
def test_each_stage_shows_each_person_exactly_the_sections_of_the_table(cast, stage):
    one = make.of(make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE}), cast.member)
    Participant.objects.filter(pk=one.pk).update(stage=stage)
    one = Participant.objects.complete().get(pk=one.pk)
    shown = {name: sections(getattr(cast, name), one) for name in PEOPLE}
    expected = {name: frozenset(EXPECTED[stage].get(name, NOTHING)) for name in PEOPLE}
    assert shown == expected


@pytest.mark.parametrize("stage", list(EXPECTED))
def test_the_rows_below_follow_the_same_table(cast, stage):
    one = make.of(make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE}), cast.member)
    Participant.objects.filter(pk=one.pk).update(stage=stage)
    one = Participant.objects.complete().get(pk=one.pk)
    for name in PEOPLE:
        person, shown = getattr(cast, name), sections(getattr(cast, name), one)

        def sees(records) -> bool:
            return access.visible_to(person, records).exists()  # noqa: B023

        lines, forms = Line.objects.filter(participant=one), one.reviews
        assert sees(lines.filter(rated=False)) == (FIGURES in shown), name
        assert sees(lines.filter(rated=True)) == (EVALUATION in shown), name
        assert sees(Result.objects.filter(participant=one)) == (RESULT in shown), name
        assert sees(forms.filter(party="superior")) == (EVALUATION in shown), name
        assert sees(forms.filter(party="self")) == (SELF_REVIEW in shown), name


def test_files_are_added_to_nothing_that_services_alone_write(cast):
    """Else whoever reads a result could give it papers that nobody has asked for."""
    one = make.of(make.whole_quarter(cast, {cast.member.pk: make.EXAMPLE}), cast.member)
    seen = [
        access.visible_to(cast.member, model.objects.all()).first()
        for model in (Line, Evidence, Result)
    ]
    for record in filter(None, [*seen, one]):
        upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n")
        with pytest.raises(Forbidden):
            attach(actor=cast.member, record=record, upload=upload)
    assert any(seen)


def test_the_row_itself_is_seen_by_four_only(cast):
    one = make.of(make.opened(cast.version), cast.member)
    rows = Participant.objects.filter(pk=one.pk)
    seen = {name for name in PEOPLE if access.visible_to(getattr(cast, name), rows).exists()}
    assert seen == ROWS_SEEN_BY


def test_the_managers_own_appraisal_is_the_leaderships_to_judge(cast):
    one = make.of(make.whole_quarter(cast), cast.manager)
    Participant.objects.filter(pk=one.pk).update(stage=Stage.REVIEW)
    one = Participant.objects.complete().get(pk=one.pk)
    assert RESULT not in sections(cast.manager, one)
    assert RESULT in sections(cast.leadership, one)
    assert sections(cast.deputy, one) == NOTHING


def test_the_deputy_sees_the_managers_view_only_while_acting_and_never_the_managers_row(cast):
    cycle = make.reviewed(make.frozen(make.opened(cast.version), {}))
    member, manager = make.of(cycle, cast.member), make.of(cycle, cast.manager)
    assert sections(cast.deputy, member) == NOTHING
    Mandate.objects.create(
        principal=cast.manager, delegate=cast.deputy, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(days=1), reason="leave", created_by=cast.manager,
    )  # fmt: skip
    acting = cast.again(cast.deputy)
    assert sections(acting, member) == ALL
    assert sections(acting, manager) == NOTHING


def test_a_draft_is_its_writers_alone(cast):
    from appraisal.services.reviews import save_self_review

    one = make.of(make.frozen(make.opened(cast.version), {}), cast.member)
    save_self_review(
        actor=cast.member, record=one,
        ratings={"attitude": {"score": None, "comment": "还没写完"}},
    )  # fmt: skip
    Participant.objects.filter(pk=one.pk).update(stage=Stage.EVALUATION)
    for person in (cast.leader, cast.manager, cast.hr):
        assert not access.visible_to(person, Review.objects.all()).exists()
        assert not access.visible_to(person, Rating.objects.all()).exists()
    assert access.visible_to(cast.member, Rating.objects.all()).exists()


def test_of_two_managers_each_fixes_the_scores_of_the_own_side(cast):
    """`leasing` has one over each unit; their role is the same (reading 37)."""
    quarter = make.frozen(make.opened(cast.version), {cast.member.pk: make.EXAMPLE})
    one = make.of(quarter, cast.member)
    post = Membership.objects.get(user=cast.manager).post
    other = User.objects.create(username="other", name="另一位经理")
    side = Unit.objects.get(key="research")
    Membership.objects.create(user=other, unit=side, post=post, since=date(2024, 1, 1))
    assert FINAL in parts(cast.again(cast.manager), one)
    assert FINAL not in parts(other, one)
    seen = access.visible_to(other, Participant.objects.all())
    assert one not in seen
    assert make.of(quarter, cast.outsider) in seen
