"""When what is told may leave: quiet hours, days off, the hour of the digest, working hours."""

from datetime import date, datetime, time, timedelta

from expansion import clock
from expansion.notices.models import Preference
from expansion.worktime import Calendar, first_workday_on_or_after

A_DAY = timedelta(days=1)


def leaves_at(moment: datetime, wishes: Preference, calendar: Calendar) -> datetime:
    """The first moment from `moment` on that is not quiet for the person."""
    while (later := _end_of_quiet(moment, wishes, calendar)) > moment:
        moment = later
    return moment


def digest_at(moment: datetime, wishes: Preference, calendar: Calendar) -> datetime:
    """When the person's next digest leaves after `moment`; without an hour of the own, with the
    opening of the working day."""
    hour, day = wishes.digest_at or calendar.opens, clock.local_date(moment)
    while clock.moment_on(day, hour) <= moment or _is_off(day, wishes, calendar):
        day += A_DAY
    return leaves_at(clock.moment_on(day, hour), wishes, calendar)


def working_moment(moment: datetime, calendar: Calendar) -> datetime:
    """The first moment from `moment` on in which the department works."""
    day = clock.local_date(moment)
    if calendar.is_workday(day) and moment < clock.moment_on(day, calendar.closes):
        return max(moment, clock.moment_on(day, calendar.opens))
    return clock.moment_on(first_workday_on_or_after(day + A_DAY, calendar), calendar.opens)


def _is_off(day: date, wishes: Preference, calendar: Calendar) -> bool:
    return wishes.quiet_days and not calendar.is_workday(day)


def _end_of_quiet(moment: datetime, wishes: Preference, calendar: Calendar) -> datetime:
    """When the quiet ends in which `moment` lies; `moment` itself where it is not quiet."""
    day = clock.local_date(moment)
    if _is_off(day, wishes, calendar):
        return clock.moment_on(day + A_DAY, time())
    begins, ends = wishes.quiet_from, wishes.quiet_to
    if begins is None or ends is None or begins == ends:
        return moment
    now, over_midnight = moment.astimezone(clock.zone()).time(), begins > ends
    if over_midnight and now >= begins:
        return clock.moment_on(day + A_DAY, ends)
    within = now < ends if over_midnight else begins <= now < ends
    return clock.moment_on(day, ends) if within else moment
