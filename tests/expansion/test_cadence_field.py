"""The form of a cadence: every part of it is set in a draft, published, and moves the deadline."""

from datetime import date, time

import pytest
from django.utils import translation

from expansion import worktime
from expansion.clock import moment_on
from expansion.rulebook.cadence_field import CadenceField
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on
from expansion.rulebook.templatetags.rules import cadence
from expansion.rulebook.values import Cadence
from expansion.worktime import Limit, Period
from tests.expansion.test_rulebook_drafts import posted

JANUARY = date(2027, 1, 1)
URL = "/rulebook/parameters?section=reports"
WEEKLY = "reports.weekly_summary.cadence"  # weekly, Friday 18:00
MONTHLY = "reports.attendance_return.cadence"  # monthly, day 5 of the next month
AFTER = "reports.project_evaluation.cadence"  # after each occasion, within 10 working days


@pytest.fixture
def send(cast, sign_in):
    """Everything the page shows, as a browser sends it, with some parts changed."""
    browser = sign_in(cast.administrator)

    def sent(path, button="publish", **parts):
        page = browser.get(URL).context
        form, data = page["form"], {button: "1", "reason": "按经营节奏", "effective_on": JANUARY}
        data |= {name: form[name].value() or "" for name in ("request_id", "draft", "version")}
        for bound in page["fields"]:
            data |= posted(bound)
        return browser.post(URL, data | {f"{path}_{name}": one for name, one in parts.items()})

    return sent


def published(path):
    return rules_on(JANUARY).report(path.split(".")[1]).cadence.value


@pytest.mark.parametrize(
    ("path", "parts", "period", "due"),
    [
        # October 2026 begins with seven days of holiday; the 31st is a Saturday.
        (WEEKLY, {"weekday": "thursday", "at": "12:30"}, "2026-W47", (2026, 11, 19)),
        (WEEKLY, {"weekday": "saturday"}, "2026-W47", (2026, 11, 20)),
        (WEEKLY, {"weekday": "saturday", "if_holiday": "next"}, "2026-W47", (2026, 11, 23)),
        (WEEKLY, {"weekday": "saturday", "if_holiday": "keep"}, "2026-W47", (2026, 11, 21)),
        (MONTHLY, {"day": "", "workday": "1"}, "2026-09", (2026, 10, 8)),
        (MONTHLY, {"day": "", "workday": "2", "of": "period"}, "2026-10", (2026, 10, 9)),
        (MONTHLY, {"of": "period", "day": "31"}, "2026-10", (2026, 10, 30)),
        (MONTHLY, {"every": "quarter"}, "2026-Q3", (2026, 9, 30)),
        (WEEKLY, {"every": "month", "day": "12"}, "2026-11", (2026, 11, 12)),
        (MONTHLY, {"every": "week", "weekday": "monday"}, "2026-W47", (2026, 11, 16)),
    ],
)
def test_what_is_published_moves_the_deadline(send, path, parts, period, due):
    at = time.fromisoformat(parts["at"]) if "at" in parts else published(path).at
    assert send(path, **parts).status_code == 302
    assert published(path).due_at(Period.parse(period)) == moment_on(date(*due), at)


def test_after_an_occasion_the_limit_counts(send, cast):
    assert send(AFTER, within="2", unit="days").status_code == 302
    limit = published(AFTER).within
    start = moment_on(date(2026, 11, 19), time(9))
    assert limit == Limit.parse("2 days")
    assert worktime.deadline(start, limit) == worktime.limits.end_of(date(2026, 11, 21))


def test_an_interval_becomes_an_occasion_and_back(send):
    send(MONTHLY, every="event", within="3", unit="working days")
    assert published(MONTHLY).model_dump(mode="json", exclude={"at", "if_holiday"}) == {
        "every": "event", "weekday": None, "day": None, "workday": None, "of": "period",
        "within": "3 working days",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "parts", "wrong"),
    [
        (MONTHLY, {"workday": "3"}, {"day", "workday"}),
        (MONTHLY, {"day": ""}, {"of"}),
        (MONTHLY, {"weekday": "friday"}, {"weekday"}),
        (MONTHLY, {"within": "3"}, {"within"}),
        (WEEKLY, {"day": "3"}, {"day"}),
        (WEEKLY, {"workday": "3"}, {"workday"}),
        (WEEKLY, {"of": "next_period"}, {"of"}),
        (AFTER, {"workday": "30"}, {"workday"}),
        (WEEKLY, {"within": "0"}, {"within"}),
    ],
)
def test_what_cannot_stand_together_is_refused_and_stays_as_it_was_typed(send, path, parts, wrong):
    page = send(path, **parts)
    assert page.status_code == 422
    field = page.context["fields"][path]
    assert field.field.widget.wrong == wrong
    assert len(field.errors) == 1
    shown = field.as_widget()
    for name, text in parts.items():
        assert f'name="{path}_{name}"' in shown
        assert f'value="{text}"' in shown
    assert shown.count('aria-invalid="true"') == len(wrong)
    assert shown.count("is-wrong") == len(wrong)
    assert not Version.objects.filter(status="draft").exists()


def test_an_odd_one_that_a_file_brought_stays_while_nobody_touches_it():
    odd = Cadence(every="month", of="next_period", weekday="friday", within=Limit.parse("2 days"))
    field = CadenceField(odd)
    sent = ["" if one is None else str(one) for one in field.widget.decompress(odd)]
    assert Cadence.model_validate(field.clean(sent)) == odd


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"every": "week", "weekday": "friday", "at": "15:00"},
         "weekly · Friday · 15:00 · moved to the workday before when it is a holiday"),
        ({"every": "month", "day": 5, "of": "next_period", "if_holiday": "next"},
         "monthly · day 5 of the next period · 18:00 "
         "· moved to the workday after when it is a holiday"),
        ({"every": "quarter", "workday": 1, "of": "next_period"},
         "quarterly · workday 1 of the next period · 18:00"),
        ({"every": "year", "if_holiday": "keep"}, "yearly · 18:00 · stays when it is a holiday"),
        ({"every": "event", "within": "2 days"}, "after each occasion · within 2 days"),
    ],
)  # fmt: skip
def test_a_cadence_is_said_in_words(given, words):
    with translation.override("en"):
        assert cadence(Cadence(**given)) == words


def test_the_form_says_its_cadence_in_words(cast, sign_in):
    page = sign_in(cast.administrator).get(URL)
    with translation.override(cast.administrator.language):
        assert cadence(published(WEEKLY)) in page.content.decode()
