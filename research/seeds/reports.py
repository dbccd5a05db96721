"""The demo's research plans and reports, one in every state."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from expansion import clock, worktime
from expansion.approvals.selectors import latest
from expansion.approvals.services import decide
from expansion.people.models import Unit
from expansion.rulebook.selectors import rules_on
from research.models import ResearchPlan, ResearchReport
from research.seeds import words
from research.seeds.log import particulars
from research.selectors import citable
from research.services.distribution import distribute_report, mark_read
from research.services.plans import create_plan, finish_plan, submit_plan
from research.services.reports import cite_findings, create_report, save_report, submit_report
from research.services.reviews import approve_report

AUTHORS = ("member.research", "zeng.li", "qiu.hao")
# Days before today on which each plan is written, and the last state it comes to.
PLANS = (
    (210, "finished"),
    (185, "finished"),
    (130, "finished"),
    (100, "finished"),
    (62, "running"),
    (34, "running"),
    (20, "approved"),
    (9, "rejected"),
    (6, "returned"),
    (3, "in_approval"),
    (1, "draft"),
)
# The same of the reports; the first ones rest on the finished plans.
REPORTS = (
    (158, "distributed"),
    (135, "distributed"),
    (108, "distributed"),
    (84, "distributed"),
    (58, "distributed"),
    (41, "approved"),
    (24, "rejected"),
    (4, "distributed"),
    (5, "returned"),
    (4, "in_approval"),
    (2, "in_approval"),
    (1, "draft"),
)
RESPECTS = ("accuracy", "completeness", "depth", "usefulness")


class Plans:
    """Writes the plans and takes each as far as it is to come."""

    def __init__(self, demo: Any):
        self.demo, self.rules = demo, rules_on()
        self.plans: list[ResearchPlan] = []
        self.diary = demo.diary()

    def sow(self) -> None:
        for number, (days, state) in enumerate(PLANS):
            day = days_ago(self.demo, days)
            moment = min(self.demo.moment(day, 10), self.demo.now - timedelta(hours=3))
            self.diary.enter(moment, partial(self._write, number, state))
        self.diary.play()

    def _write(self, number: int, state: str) -> None:
        demo = self.demo
        title, purpose, content = words.PLANS[number % len(words.PLANS)]
        author = demo.people[AUTHORS[number % len(AUTHORS)]]
        year = clock.today().year
        plan = create_plan(
            actor=author,
            rules=self.rules,
            title=f"{year}年{title}" if number < len(words.PLANS) else f"{title}（第二期）",
            due_on=worktime.today() + timedelta(days=35),
            texts={
                "purpose": purpose,
                "content": content,
                "method": demo.one(words.METHODS),
                "schedule": demo.one(words.SCHEDULES),
            },
        )
        self.plans.append(demo.keep("plans", plan))
        if state != "draft":
            submit_plan(actor=author, record=plan, rules=self.rules)
        if state not in ("draft", "in_approval"):
            self.diary.enter(clock.now() + timedelta(hours=26), partial(self._decide, plan, state))

    def _decide(self, plan: ResearchPlan, state: str) -> None:
        demo = self.demo
        kinds = {
            "returned": ("return", words.PLAN_RETURNED),
            "rejected": ("reject", words.PLAN_REJECTED),
        }
        kind, comments = kinds.get(state, ("approve", ("",)))
        actor = demo.manager_on(clock.now())
        decide(actor=actor, request=latest(plan), decision=kind, comment=demo.one(comments))
        if state == "finished":
            self.diary.enter(
                clock.now() + timedelta(days=36),
                partial(finish_plan, actor=plan.owner, record=plan),
            )


@dataclass
class Draft:
    """A report on its way."""

    number: int
    state: str
    plan: ResearchPlan | None
    report: ResearchReport | None = None


class Reports:
    """Writes the reports, has them approved, scored, distributed and read."""

    def __init__(self, demo: Any, plans: Plans):
        self.demo, self.plans, self.rules = demo, plans.plans, rules_on()
        self.diary = demo.diary()

    def sow(self) -> None:
        for number, (days, state) in enumerate(REPORTS):
            day = days_ago(self.demo, days)
            moment = min(self.demo.moment(day, 9), self.demo.now - timedelta(hours=2))
            self.diary.enter(moment, partial(self._write, Draft(number, state, self._plan(number))))
        self.diary.play()

    def _plan(self, number: int) -> ResearchPlan | None:
        return self.plans[number // 2] if number < 10 else None

    def _write(self, draft: Draft) -> None:
        author = self.demo.people[AUTHORS[draft.number % len(AUTHORS)]]
        period = worktime.Period.containing("quarter", clock.today())
        month = clock.today().month
        title = words.PLANS[draft.number % len(words.PLANS)][0].removesuffix("调研")
        draft.report = create_report(
            actor=author,
            rules=self.rules,
            title=f"{title}调研报告（{month}月）",
            period=period.key,
            plan=draft.plan,
        )
        self.demo.keep("reports", draft.report)
        self._fill(draft)
        self._cite(draft)
        if draft.state != "draft":
            self.diary.enter(clock.now() + timedelta(minutes=80), partial(self._submit, draft))

    def _fill(self, draft: Draft) -> None:
        known = particulars(self.demo) | {
            "plan": draft.plan.title if draft.plan else draft.report.title,
            "method": self.demo.one(words.METHODS),
        }
        texts = {key: text.format(**known) for key, text in words.REPORT.items()}
        if draft.state == "draft":  # somebody is in the midst of writing it
            texts |= {"conclusions": "", "recommendations": ""}
        draft.report = save_report(
            actor=draft.report.owner,
            record=draft.report,
            title=draft.report.title,
            period=draft.report.period,
            plan=draft.plan,
            texts=texts,
        )

    def _cite(self, draft: Draft) -> None:
        author = draft.report.owner
        known = citable(author, draft.report).filter(logged_at__lt=clock.now(), validity="valid")
        found = list(known.values_list("pk", flat=True)[:6])
        cite_findings(actor=author, record=draft.report, shown=found, chosen=found)

    def _submit(self, draft: Draft) -> None:
        demo, author = self.demo, draft.report.owner
        if draft.state == "distributed":
            units = list(Unit.objects.filter(key__in=("client", "partnership")))
            people = [demo.people[name] for name in ("leadership", "liaison")]
            distribute_report(actor=author, record=draft.report, units=units, people=people)
        submit_report(actor=author, record=draft.report, rules=self.rules)
        if draft.state != "in_approval":
            self.diary.enter(clock.now() + timedelta(hours=25), partial(self._decide, draft))

    def _decide(self, draft: Draft) -> None:
        demo, actor = self.demo, self.demo.manager_on(clock.now())
        kinds = {"returned": ("return", words.RETURNED), "rejected": ("reject", words.REJECTED)}
        if draft.state in kinds:
            kind, comments = kinds[draft.state]
            decide(
                actor=actor, request=latest(draft.report), decision=kind, comment=demo.one(comments)
            )
            return
        approve_report(
            actor=actor,
            record=draft.report,
            rules=self.rules,
            scores={respect: demo.chance.randrange(72, 98) for respect in RESPECTS},
            checklist=("concise", "logical", "accurate")[: demo.chance.randrange(2, 4)],
            note=demo.one(words.REVIEW_NOTES),
        )
        for name in ("leader.client", "member.client", "leadership", "leader.partnership"):
            if draft.state == "distributed" and demo.often(65):
                read = partial(mark_read, actor=demo.people[name], record=draft.report)
                self.diary.enter(clock.now() + timedelta(hours=demo.chance.randrange(2, 60)), read)


def days_ago(demo: Any, days: int) -> date:
    """So many days ago in a story of 236 days; a shorter one is told faster, but for its end."""
    scale = (demo.today - demo.begins).days / 236 if days > 10 else 1
    return demo.workday(demo.today - timedelta(days=round(days * scale)))
