"""Background work as rows: done once, twice without harm, late, lost, cancelled, retried."""

import json
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, InterfaceError, transaction
from kombu.exceptions import OperationalError

from expansion import clock
from expansion.audit.models import Entry
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.jobs import registry, services, tasks, timetable
from expansion.jobs.models import LEASE, Heartbeat, Job
from expansion.notices.models import Notice
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """`kind(run)` declares a job for this test and gives its name."""

    def declare(run, name="test.work", when=None) -> str:
        registry.kind("jobs.forget_old_runs")  # every app's own are loaded
        monkeypatch.setitem(registry._kinds, name, registry.Kind(name, "Work", run))
        if when:
            entry = registry.crontab.from_string(when)
            schedule = registry.Schedule(name, entry)
            monkeypatch.setattr(registry, "_schedules", {name: schedule})
        return name

    return declare


def later(**span):
    return clock.clock_at(NOW + timedelta(**span))


def test_a_job_is_done_and_keeps_its_result(kind, cast):
    job = services.enqueue(kind(lambda job: {"sum": job.arguments["a"] + 1}), a=2)
    job = services.run(job)
    assert (job.state, job.result, job.attempts) == ("done", {"sum": 3}, 1)
    assert job.finished_at == NOW


def test_a_job_that_no_app_declares_is_refused(cast):
    with pytest.raises(LookupError):
        services.enqueue("test.unheard_of")


def test_one_key_has_one_unfinished_job(kind, cast):
    name = kind(lambda job: None)
    first = services.enqueue(name, key="week")
    assert services.enqueue(name, key="week") == first
    services.run(first)
    assert services.enqueue(name, key="week") != first


@pytest.mark.both
def test_the_database_refuses_a_second_unfinished_job_of_one_key(kind, cast):
    name = kind(lambda job: None)
    first = services.enqueue(name, key="week")
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_a_finished_job_is_not_done_again(kind, cast):
    done = []
    job = services.enqueue(kind(lambda job: done.append(job.pk)))
    services.run(job)
    services.run(job)
    assert done == [job.pk]


def test_a_broker_that_is_away_drops_nothing(
    kind, cast, django_capture_on_commit_callbacks, monkeypatch
):
    def away(*args, **options):
        raise OperationalError("nobody listens")

    monkeypatch.setattr(services.current_app, "send_task", away)
    said = []
    monkeypatch.setattr(services.logger, "warning", lambda line, *words: said.append(line))
    with django_capture_on_commit_callbacks(execute=True):
        job = services.enqueue(kind(lambda job: None))
    assert "jobs wait in their rows" in said[0]
    assert run_waiting_alone() >= 1
    job.refresh_from_db()
    assert job.state == "done"


def run_waiting_alone() -> int:
    """The sweep without its keeper thread, which a test's transaction would block."""
    count = 0
    while job := Job.objects.ready(clock.now()).first():
        services.run(job)
        count += 1
    return count


def test_a_job_whose_worker_died_is_taken_up_again(kind, cast):
    job = services.enqueue(kind(lambda job: {"ok": True}))
    dead = services.claim(job)
    with later(seconds=LEASE.total_seconds() - 1):
        assert services.recover_lost() == 0
    with later(seconds=LEASE.total_seconds() + 1):
        assert services.recover_lost() == 1
        assert services.run(job).state == "done"
        assert not services._finish(dead, Job.State.FAILED)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"ok": True})


def test_a_run_taken_for_dead_stops_at_its_next_step(kind, cast):
    def slow(job):
        moment = clock.now() + LEASE * 2
        with clock.clock_at(moment):
            services.recover_lost()
            services.claim(job)
        job.progress(1, 2)
        raise AssertionError("goes on without its lease")

    job = services.run(services.enqueue(kind(slow)))
    assert (job.state, job.fence) == ("running", 2)


def test_progress_keeps_the_lease_and_shows(kind, cast):
    def work(job):
        with later(seconds=60):
            job.progress(3, 10)
        return {"leased": (Job.objects.get(pk=job.pk).leased_until - NOW).total_seconds()}

    job = services.run(services.enqueue(kind(work)))
    assert (job.done, job.total, job.percent) == (3, 10, 30)
    assert job.result["leased"] == 60 + LEASE.total_seconds()


def test_a_job_that_dies_again_and_again_has_failed(kind, cast):
    job = services.enqueue(kind(lambda job: None))
    moment = NOW
    for _attempt in range(services.MOST_ATTEMPTS):
        with clock.clock_at(moment):
            assert services.claim(job)
        moment += LEASE * 2
        with clock.clock_at(moment):
            services.recover_lost()
    job.refresh_from_db()
    assert job.state == "failed" and job.error


def test_a_fault_is_tried_again_later_and_then_stands_as_failed(kind, cast):
    def broken(job):
        raise RuntimeError("the disk is full of secrets")

    job = services.enqueue(kind(broken))
    moment = NOW
    for attempt in range(1, services.MOST_ATTEMPTS + 1):
        with clock.clock_at(moment):
            job = services.run(job)
        assert job.attempts == attempt
        moment = max(moment, job.ready_at)
    assert job.state == "failed"
    assert "secrets" not in job.error and "secrets" in job.fault


def test_a_refusal_is_shown_and_not_tried_again(kind, cast):
    def refuses(job):
        raise Invalid("Row 7 has no name.")

    job = services.run(services.enqueue(kind(refuses)))
    assert (job.state, job.error, job.attempts) == ("failed", "Row 7 has no name.", 1)


def test_a_job_speaks_its_actors_language(kind, cast):
    from django.utils.translation import get_language

    cast.member.language = "en"
    cast.member.save()
    name = kind(lambda job: {"language": get_language()})
    assert services.run(services.enqueue(name, actor=cast.member)).result == {"language": "en"}


def test_a_waiting_job_is_cancelled_at_once(kind, cast):
    job = services.enqueue(kind(lambda job: None), actor=cast.member)
    job = services.cancel_job(actor=cast.member, record=job)
    assert job.state == "cancelled"
    assert services.run(job).state == "cancelled"
    assert Entry.objects.filter(verb="jobs.job.cancelled", actor=cast.member).count() == 1
    with pytest.raises(NotNow):
        services.cancel_job(actor=cast.member, record=job)


def test_a_running_job_is_cancelled_at_its_next_step(kind, cast):
    def work(job):
        services.cancel_job(actor=cast.member, record=job)
        job.progress(1, 2)
        raise AssertionError("goes on after the cancel")

    assert services.run(services.enqueue(kind(work), actor=cast.member)).state == "cancelled"


def test_a_run_inside_a_transaction_is_heard_and_stopped_by_its_keeper(kind, cast):
    def work(job):
        job.tell(3, 10)
        assert Job.objects.get(pk=job.pk).done == 0
        assert tasks._keep(job) and Job.objects.get(pk=job.pk).percent == 30
        job.tell(4, 10)
        services.cancel_job(actor=cast.member, record=job)
        tasks._keep(job)
        job.tell(5, 10)
        raise AssertionError("goes on after the cancel")

    job = services.run(services.enqueue(kind(work), actor=cast.member))
    assert (job.state, job.done) == ("cancelled", 4)


def test_a_run_inside_a_transaction_stops_where_another_worker_has_its_job(kind, cast):
    def work(job):
        Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)
        assert tasks._keep(job)
        job.tell(1, 2)
        raise AssertionError("goes on without its lease")

    assert services.run(services.enqueue(kind(work))).state == "running"


def test_the_keeper_outlives_a_broken_connection(kind, cast, monkeypatch):
    def broken(job):
        raise InterfaceError("the connection is closed")

    closed = []
    monkeypatch.setattr(services, "renew_lease", broken)
    monkeypatch.setattr(tasks.connection, "close", lambda: closed.append(True))
    assert tasks._keep(services.enqueue(kind(lambda job: None))) is False and closed


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_keeper_works_beside_the_run(kind, cast, monkeypatch):
    monkeypatch.setattr(tasks, "LISTEN_AFTER", 0.05)

    def work(job):
        services.cancel_job(actor=cast.member, record=job)
        job.tell(1, 2)
        for _second in range(200):
            time.sleep(0.05)
            job.tell(1, 2)
        raise AssertionError("nobody has told it to stop")

    job = services.enqueue(kind(work), actor=cast.member)
    assert services.run(job, kept=tasks.keeper_of).state == "cancelled"


def test_a_failed_job_is_retried_from_its_beginning(kind, cast):
    answers = [Invalid("No."), None]

    def work(job):
        if error := answers.pop(0):
            raise error

    job = services.run(services.enqueue(kind(work), actor=cast.member))
    assert job.state == "failed"
    job = services.retry_job(actor=cast.member, record=job)
    assert (job.state, job.error) == ("waiting", "")
    assert services.run(job).state == "done"
    with pytest.raises(NotNow):
        services.retry_job(actor=cast.member, record=job)


def test_a_job_is_cancelled_and_retried_by_its_person_and_the_administrator_alone(kind, cast):
    job = services.enqueue(kind(lambda job: None), actor=cast.member)
    for person in (cast.colleague, cast.leader, cast.manager):
        with pytest.raises(Forbidden):
            services.cancel_job(actor=person, record=job)
    services.cancel_job(actor=cast.administrator, record=job)
    with pytest.raises(Forbidden):
        services.retry_job(actor=cast.leader, record=job)


def test_a_schedule_falls_due_in_the_departments_zone(kind, cast):
    registry.kind("jobs.forget_old_runs")
    schedule = next(one for one in registry.schedules() if one.name == "jobs.forget_old_runs")
    following = schedule.after(NOW)
    assert clock.local_date(following) == clock.local_date(NOW) + timedelta(days=1)
    assert following.astimezone(clock.zone()).strftime("%H:%M") == "04:17"


def test_a_missed_week_is_made_up_by_one_run(kind, cast):
    done = []
    kind(lambda job: done.append(clock.now()), when="0 * * * *")
    timetable.enqueue_due()
    run_waiting_alone()
    assert timetable.enqueue_due() == 0
    with later(days=7):
        assert timetable.enqueue_due() == 1
        assert timetable.enqueue_due() == 0
        run_waiting_alone()
    assert len(done) == 2
    assert Heartbeat.objects.get().beat_at == NOW + timedelta(days=7)


def test_a_silent_schedule_alarms_the_administrators_once(kind, cast):
    kind(lambda job: None, when="*/10 * * * *")
    timetable.enqueue_due()
    run_waiting_alone()
    with later(minutes=15):
        assert timetable.raise_alarms() == 0
    with later(minutes=25):
        assert [timetable.raise_alarms(), timetable.raise_alarms()] == [1, 0]
    notice = Notice.objects.get()
    assert (notice.person, notice.kind) == (cast.administrator, "jobs.silent")


def test_a_system_that_was_switched_off_raises_no_alarm_when_it_is_back(kind, cast):
    kind(lambda job: None, when="*/10 * * * *")
    timetable.enqueue_due()
    run_waiting_alone()
    with later(days=7):
        timetable.enqueue_due()
        assert timetable.raise_alarms() == 0
    with later(days=7, minutes=25):  # and yet nobody has done it
        assert timetable.raise_alarms() == 1


def test_a_silent_schedule_that_beats_again_can_alarm_again(kind, cast):
    kind(lambda job: None, when="*/10 * * * *")
    timetable.enqueue_due()
    with later(minutes=25):
        timetable.raise_alarms()
        run_waiting_alone()
        assert timetable.silent() == []
    with later(minutes=60):
        assert timetable.raise_alarms() == 1
    assert Notice.objects.filter(person=cast.administrator).count() == 2


def test_old_runs_of_the_timetable_are_forgotten_and_peoples_jobs_kept(kind, cast):
    name = kind(lambda job: None)
    services.run(services.enqueue(name, key=services.TIMETABLE))
    own = services.run(services.enqueue(name, actor=cast.member))
    with later(days=15):
        assert services.forget_old_runs() == 1
    assert list(Job.objects.all()) == [own]


def test_arguments_and_results_are_plain_data(kind, cast):
    job = services.enqueue(kind(lambda job: {"day": clock.today()}), day=clock.today())
    job = services.run(job)
    assert json.dumps(job.arguments) == '{"day": "2026-11-18"}'
    assert job.result == {"day": "2026-11-18"}
