"""Background work of this app: thin, idempotent, by name."""

from django.utils.translation import gettext_lazy as _

from crm.services import major_reminders, obligations, visit_reminders
from crm.services.check_in import forget_positions
from crm.services.leads import judge_open_leads
from crm.services.visits import mark_missed_visits
from expansion import clock
from expansion.jobs import registry
from expansion.jobs.models import Job
from expansion.rulebook.selectors import rules_on


@registry.every("crm.mark_missed_visits", "5 0 * * *", label=_("Mark missed visits"))
def mark_missed(job: Job) -> dict:
    rules, now = rules_on(), clock.now()
    missed = mark_missed_visits(rules=rules, now=now)
    return {"missed": len(missed), "told_above": visit_reminders.tell_above(rules=rules, now=now)}


@registry.every("crm.remind_of_records", "25 8-18 * * *", label=_("Remind of visits' records"))
def remind_of_records(job: Job) -> dict:
    return visit_reminders.remind_of_records(rules=rules_on(), now=clock.now())


@registry.every("crm.judge_leads", "10 0 * * *", label=_("Judge open leads"))
def judge_leads(job: Job) -> dict:
    return {"changed": judge_open_leads(rules=rules_on())}


@registry.every("crm.forget_positions", "20 3 * * *", label=_("Forget old positions"))
def forget_old_positions(job: Job) -> dict:
    return {"forgotten": forget_positions(rules=rules_on(), now=clock.now())}


@registry.every("crm.remind_of_contracts", "30 8 * * *", label=_("Remind of contracts' due dates"))
def remind_of_contracts(job: Job) -> dict:
    return obligations.remind(now=clock.now(), rules=rules_on())


@registry.every(
    "crm.remind_of_matters", "45 8-18 * * *", label=_("Remind of major matters to be decided")
)
def remind_of_matters(job: Job) -> dict:
    return major_reminders.remind(now=clock.now(), rules=rules_on())
