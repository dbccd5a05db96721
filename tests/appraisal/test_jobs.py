"""The scheduled jobs: exactly once, late or twice without harm."""

from datetime import datetime, timedelta

from appraisal.models import Cycle, Stage
from appraisal.services import reminders
from expansion import clock
from expansion.jobs import services as jobs
from expansion.jobs.models import Job
from expansion.notices.models import Notice
from tests.make import appraisal as make


def run(name: str, **arguments) -> Job:
    return jobs.run(jobs.enqueue(name, **arguments))


def test_the_nightly_job_opens_the_quarter_and_its_roll_up_collects_the_figures(cast):
    clock.set_clock(datetime(2026, 10, 8, 0, 10))
    job = run("appraisal.open_due_cycles")
    assert job.state == Job.State.DONE
    cycle = Cycle.objects.get(start=make.QUARTER.start)
    with make.metrics_saying({cast.member.pk: make.EXAMPLE}):
        done = jobs.run(Job.objects.get(name="appraisal.roll_up", key=f"cycle-{cycle.pk}"))
    assert done.state == Job.State.DONE
    assert done.result["people"] == 7
    assert Cycle.objects.get(pk=cycle.pk).stage == Stage.SELF_REVIEW


def test_a_roll_up_that_runs_again_changes_nothing(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    frozen_at = cycle.frozen_at
    clock.set_clock(frozen_at + timedelta(hours=5))
    with make.metrics_saying({}):
        run("appraisal.roll_up", cycle=cycle.pk)
    assert Cycle.objects.get(pk=cycle.pk).frozen_at == frozen_at


def notices(kind: str, person) -> int:
    return Notice.objects.filter(kind=kind, person=person).count()


def test_self_reviews_are_asked_for_once_before_and_once_after_the_limit(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    make.self_reviewed(make.of(cycle, cast.colleague))
    for day in (9, 12, 13, 14, 14):
        clock.set_clock(datetime(2026, 10, day, 18, 0))
        run("appraisal.remind")
    assert notices("appraisal.self_review.ahead", cast.member) == 1
    assert notices("appraisal.self_review.ahead", cast.colleague) == 0
    for day in (15, 16):
        clock.set_clock(datetime(2026, 10, day, 9, 0))
        run("appraisal.remind")
    assert notices("appraisal.self_review.late", cast.member) == 1
    assert make.of(cycle, cast.member).stage == Stage.EVALUATION


def test_superiors_are_asked_for_their_evaluations_once(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    make.self_reviewed(make.of(cycle, cast.member))
    for hour in (9, 17):
        clock.set_clock(datetime(2026, 10, 22, hour, 0))
        run("appraisal.remind")
    assert notices("appraisal.evaluation.late", cast.leader) == 1


def test_an_evaluation_that_stays_late_goes_up_once(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    make.self_reviewed(make.of(cycle, cast.member))
    clock.set_clock(datetime(2026, 10, 22, 9, 0))
    run("appraisal.remind")
    assert notices("appraisal.evaluation.overdue", cast.manager) == 0
    for day in (27, 28):
        clock.set_clock(datetime(2026, 10, day, 9, 0))
        run("appraisal.remind")
    heard = Notice.objects.filter(kind="appraisal.evaluation.overdue", within=None)
    assert {one.person for one in heard} == {cast.manager}
    assert notices("appraisal.evaluation.overdue", cast.leader) == 0


def test_a_nudge_reaches_who_is_waited_for_and_once_a_day(cast):
    cycle = make.frozen(make.opened(cast.version), {})
    for _repeat in range(2):
        reminders.nudge(actor=cast.hr, record=cycle)
    assert notices("appraisal.nudge.self_review", cast.member) == 1
    clock.set_clock(clock.now() + timedelta(days=1))
    one = make.of(cycle, cast.member)
    reminders.nudge(actor=cast.hr, record=cycle, participant=one)
    assert notices("appraisal.nudge.self_review", cast.member) == 2
    assert notices("appraisal.nudge.self_review", cast.colleague) == 1
