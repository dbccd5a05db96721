"""The research of a small department: in each period a plan, findings under it, and a report."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from expansion import clock, worktime
from expansion.approvals.selectors import deciders, latest, open_step
from expansion.people.models import Unit, User
from research import preset_words as words
from research.models import Finding, QualityReview, ResearchPlan, ResearchReport
from research.services.distribution import distribute_report, mark_read
from research.services.findings import adopt_finding, log_finding, publish_finding, screen_finding
from research.services.plans import create_plan, finish_plan, submit_plan
from research.services.reports import cite_findings, create_report, save_report, submit_report
from research.services.reviews import approve_report
from research.wording import topics


def sow(demo: Any) -> None:
    """Both closed periods and the running one, as far as it has come."""
    diary = demo.diary()
    for period in (*demo.closed_quarters, demo.quarter):
        diary.tell(demo.moment(demo.workday(period.start, 4), 10), Study(demo, period).story())
    diary.play()


class Study:
    """What is found out in one period."""

    def __init__(self, demo: Any, period: worktime.Period):
        self.demo, self.rules, self.period = demo, demo.rules, period
        self.author = demo.who_may("create", ResearchPlan)[0]
        self.known = {"year": period.year, "quarter": period.number}

    @property
    def actor(self) -> User:
        return self.demo.fresh(self.author)

    def story(self) -> Iterator[int]:
        demo = self.demo
        plan = demo.keep("plans", self._plan())
        yield from demo.approve(plan)
        found = []
        for title, text in words.FINDINGS:
            yield 6
            found.append(self._find(plan, title, text))
            yield 1
            self._judge(found[-1])
        yield 2
        report = demo.keep("research_reports", self._report(plan, found))
        yield from self._approve(report)
        yield 1
        mark_read(actor=demo.people["leadership"], record=report)
        plan.refresh_from_db()
        finish_plan(actor=self.actor, record=plan)

    def _plan(self) -> ResearchPlan:
        fields = self.rules.research.plan_fields
        plan = create_plan(
            actor=self.actor,
            rules=self.rules,
            title=words.PLAN.format(**self.known),
            due_on=worktime.today() + timedelta(days=45),
            texts={one.key: words.PLANNED.format(label=one.zh) for one in fields},
        )
        return submit_plan(actor=self.actor, record=plan, rules=self.rules)

    def _find(self, plan: ResearchPlan, title: str, text: str) -> Finding:
        plan.refresh_from_db()
        today = clock.today()
        finding = log_finding(
            actor=self.actor,
            rules=self.rules,
            title=title,
            plan=plan,
            source=self.demo.one(self.rules.research.sources).key,
            origin=words.ORIGIN,
            category=self.demo.one(topics(self.rules))[0],
            collected_on=today,
            period=words.PERIOD.format(year=today.year, month=today.month),
            text=text,
        )
        return self.demo.keep("findings", finding)

    def _judge(self, finding: Finding) -> None:
        manager = self.demo.manager_of(self.author)
        screen_finding(actor=manager, record=finding, valid=True)
        publish_finding(actor=manager, record=finding)
        adopt_finding(actor=manager, record=finding, decision=words.DECISION)

    def _report(self, plan: ResearchPlan, found: list[Finding]) -> ResearchReport:
        """Written in the sections of the rules, resting on what was found, and submitted."""
        title, period = words.REPORT.format(**self.known), self.period.key
        report = create_report(
            actor=self.actor, rules=self.rules, title=title, period=period, plan=plan
        )
        sections = self.rules.research.report_sections
        report = save_report(
            actor=self.actor,
            record=report,
            title=title,
            period=period,
            plan=plan,
            texts={one.key: words.WRITTEN.format(label=one.zh) for one in sections},
        )
        ids = [one.pk for one in found]
        cite_findings(actor=self.actor, record=report, shown=ids, chosen=ids)
        teams = list(Unit.objects.filter(kind=Unit.Kind.TEAM))
        readers = [self.demo.people["leadership"]]
        distribute_report(actor=self.actor, record=report, units=teams, people=readers)
        return submit_report(actor=self.actor, record=report, rules=self.rules)

    def _approve(self, report: ResearchReport) -> Iterator[int]:
        """Whoever decides a step scores the report too."""
        while (step := open_step(latest(report))) is not None:
            yield 1
            approve_report(
                actor=self.demo.fresh(deciders(step)[0]),
                record=report,
                rules=self.rules,
                scores={one: self.demo.chance.randrange(78, 96) for one in QualityReview.RESPECTS},
                checklist=[one.key for one in self.rules.research.report_checklist],
                note=words.NOTE,
            )
