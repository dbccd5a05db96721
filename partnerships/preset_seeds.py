"""The partners of a small department: projects through every stage, and one still in talks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from crm.models import Client, Contract
from expansion import clock
from expansion.people.models import User
from expansion.rulebook.selectors import version_on
from partnerships import preset_words as words
from partnerships.models import Partner, Project
from partnerships.services.milestones import add_check, add_milestone, complete_milestone
from partnerships.services.partners import create_partner
from partnerships.services.projects import (
    create_project,
    finish_project,
    link_contract,
    move_project,
    start_project,
    update_project,
)
from partnerships.services.schemes import submit_scheme


def sow(demo: Any) -> None:
    """Signed firms become partners with a project; with another one the talks have begun."""
    diary = demo.diary()
    signed = sorted(demo.made.get("signed", ()), key=lambda one: (one.signed_on, one.pk))
    for number, contract in enumerate(signed[:3]):
        day = demo.workday(contract.signed_on + timedelta(days=1))
        desk = Cooperation(demo, number, contract.client, contract)
        diary.tell(demo.moment(day, 10), desk.story())
    others = Client.objects.live().exclude(pk__in=[one.client_id for one in signed])
    talks = Cooperation(demo, len(signed), others.order_by("-pk")[0], None)
    diary.tell(demo.moment(demo.workday(demo.today - timedelta(days=20)), 10), talks.story())
    diary.play()


class Cooperation:
    """What is done with one partner."""

    def __init__(self, demo: Any, number: int, client: Client, contract: Contract | None):
        self.demo, self.rules, self.number = demo, demo.rules, number
        self.client, self.contract = client, contract

    @property
    def actor(self) -> User:
        return self.demo.fresh(self.client.owner)

    def story(self) -> Iterator[int]:
        """Through the stages in order; without a contract it stays before the first gate."""
        self._partner()
        yield 1
        project = self._project()
        if self.contract is not None:
            link_contract(actor=self.actor, record=project, contract=self.contract)
        for stage in self.rules.pipeline("partnership").stages[1:]:
            yield 2
            if "scheme" in stage.requires.value:
                submit_scheme(actor=self.actor, record=project, rules=self.rules)
            if stage.requires.value and self.contract is None:
                return  # a scheme waits with its first approver
            if "scheme" in stage.requires.value:
                yield from self.demo.approve(project)
                project.refresh_from_db()
            if "evaluation" in stage.requires.value:
                yield from self._carry_out(project)
            project = move_project(actor=self.actor, record=project, stage=stage.key)
        if project.status == Project.Status.PLANNED:
            yield from self._carry_out(project)
        yield 1
        project.refresh_from_db()
        finish_project(actor=self.actor, record=project)

    def _partner(self) -> None:
        kinds, sources = (
            self.rules.partnerships.partner_types,
            self.rules.partnerships.opportunity_sources,
        )
        status = Partner.Status.PARTNER if self.contract else Partner.Status.TALKS
        self.partner = create_partner(
            actor=self.actor,
            rules=self.rules,
            client=self.client,
            kind=kinds[self.number % len(kinds)].key,
            source=sources[self.number % len(sources)].key,
            status=status,
            capacity=words.CAPACITY,
            rating=4,
        )
        self.demo.keep("partners", self.partner)

    def _project(self) -> Project:
        project = create_project(
            actor=self.actor,
            partner=self.partner,
            title=words.TITLES[self.number % len(words.TITLES)],
            rules_version=version_on(),
            planned_start=clock.today(),
            planned_end=clock.today() + timedelta(days=60),
            amount=self.contract.amount if self.contract else None,
            scheme=words.SCHEME,
            resources=words.RESOURCES,
        )
        return self.demo.keep("projects", project)

    def _carry_out(self, project: Project) -> Iterator[int]:
        """Started, each phase done in time, checked once, and judged at the end."""
        project.refresh_from_db()
        start_project(actor=self.actor, record=project)
        phases = [
            add_milestone(
                actor=self.actor,
                record=project,
                title=title,
                due_on=clock.today() + timedelta(days=9 * place),
                owner=self.client.owner,
            )
            for place, title in enumerate(words.PHASES, start=1)
        ]
        for phase in phases:
            yield 4
            complete_milestone(actor=self.actor, record=phase, done_on=clock.today())
        add_check(actor=self.actor, record=project, progress=100, rating=4, findings=words.CHECK)
        project.refresh_from_db()
        update_project(actor=self.actor, record=project, evaluation=words.EVALUATION)
        project.refresh_from_db()
