"""The pages of background jobs."""

import pytest

from expansion.jobs import registry, services
from expansion.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(monkeypatch, cast) -> Job:
    registry.kind("jobs.forget_old_runs")
    kind = registry.Kind("test.work", "Draw the moon", lambda job: {"url": "/", "label": "Look"})
    monkeypatch.setitem(registry._kinds, "test.work", kind)
    return services.enqueue("test.work", actor=cast.member)


def test_a_person_sees_the_own_jobs_and_the_administrator_all(job, cast, sign_in):
    for person, status in ((cast.member, 200), (cast.administrator, 200), (cast.leader, 404)):
        assert sign_in(person).get(job.get_absolute_url()).status_code == status
    assert "Draw the moon" in sign_in(cast.member).get("/jobs/").content.decode()
    assert "Draw the moon" not in sign_in(cast.leader).get("/jobs/").content.decode()


def test_a_running_job_is_polled_and_a_finished_one_is_not(job, cast, sign_in):
    browser = sign_in(cast.member)
    page = browser.get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in page and "<html" not in page
    services.run(job)
    page = browser.get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in page and "Look" in page


def test_an_unfinished_job_stands_in_the_top_bar_of_its_person(job, cast, sign_in):
    assert "topbar-job" in sign_in(cast.member).get("/jobs/").content.decode()
    assert "topbar-job" not in sign_in(cast.administrator).get("/jobs/").content.decode()


def test_cancel_and_retry_by_form(job, cast, sign_in):
    browser = sign_in(cast.member)
    sent = browser.post(f"/jobs/{job.pk}/cancel", {"request_id": "a"})
    assert sent.status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    browser.post(f"/jobs/{job.pk}/retry", {"request_id": "b"})
    job.refresh_from_db()
    assert job.state == "waiting"


def test_the_timetable_is_the_administrators(cast, sign_in):
    assert sign_in(cast.administrator).get("/jobs/timetable/").status_code == 200
    assert sign_in(cast.manager).get("/jobs/timetable/").status_code == 403
