"""Pages of projects: list, one project with its phases, forms and verbs."""

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.selectors_authority import open_matters
from expansion import access, clock
from expansion.approvals.selectors import latest
from expansion.approvals.templatetags.approvals import submittable
from expansion.rulebook.selectors import rules_on, version_on
from expansion.ui import deadlines, formats
from expansion.ui.drawing import Page
from expansion.ui.forms import ReasonForm, ServiceForm
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage
from partnerships import forms, tables
from partnerships.models import Milestone, Partner, Project, ProjectCheck
from partnerships.requirements import missing, pipeline_of, stage_keys
from partnerships.selectors import check_due_on, most_urgent, with_state
from partnerships.services import milestones, projects, schemes
from partnerships.timeline import project_entries
from partnerships.views.partners import segments

OFFERED = 20
Scheme = Project.SchemeStatus
TABS = (("plan", lazy("Plan")), ("papers", lazy("Papers")), ("timeline", lazy("Timeline")))


class ProjectList(ListPage):
    listing = tables.PROJECTS
    template = "partnerships/list.html"
    create_route = "partnerships:project-create"
    create_label = lazy("New project")
    export_route = "transfer:export-create"
    empty = {
        "icon": "heart-handshake",
        "title": lazy("No projects yet"),
        "text": lazy("Open the first one with a partner."),
    }

    def records(self):
        return Project.objects.live()

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {"segments": segments("projects")}


class ProjectDetail(DetailPage):
    model = Project
    template = "partnerships/project.html"

    def records(self):
        found = Project.objects.live().select_related(
            "partner__client", "owner", "team", "rules_version"
        )
        return access.with_visible(self.request.user, with_state(found), "contract")

    def context(self, record: Project) -> dict[str, Any]:
        tab = self.request.GET.get("tab", "plan")
        tab = tab if tab in dict(TABS) else "plan"
        return {
            "tab": tab,
            "tabs": [
                {"label": label, "url": f"?tab={key}", "active": key == tab, "count": 0}
                for key, label in TABS
            ],
            "badge": tables.status_badge(record),
            "light": tables.light_badge(record),
            "matters": open_matters(self.request.user, record),
            "shows_approval": record.scheme_status != Scheme.DRAFT or self._may_submit(record),
            "may_submit_again": self._may_submit_again(record),
            "facts": facts(record),
            "stage": tables.stage_label(record),
            "steps": steps(record),
            "gate": next_gate(record),
            **self._tab(tab, record),
            **self._acts(record),
        }

    def _tab(self, tab: str, record: Project) -> dict[str, Any]:
        if tab == "timeline":
            return {"entries": [line(entry) for entry in project_entries(record)]}
        if tab == "papers":
            return {"papers": papers(record), "may_add": self._may("edit", record)}
        person = self.request.user
        return {
            "phases": [phase(person, one) for one in most_urgent(record.milestones.all())],
            "checks": list(record.checks.select_related("by")[:OFFERED]),
        }

    def _may_submit(self, record: Project) -> bool:
        """Whether there is a scheme to be handed in."""
        draft = record.scheme_status in (Scheme.DRAFT, Scheme.RETURNED)
        written = bool(record.scheme.strip()) and record.is_open and draft
        return written and self._may("submit", record)

    def _may_submit_again(self, record: Project) -> bool:
        """Whether an earlier round ended for good, and the scheme has changed since."""
        last = latest(record) if self._may_submit(record) else None
        return last is not None and not submittable(last)

    def _may(self, action: str, record: Project) -> bool:
        return access.can(self.request.user, action, record)

    def _acts(self, record: Project) -> dict[str, bool]:
        edit = self._may("edit", record)
        running = record.status == Project.Status.RUNNING
        return {
            "may_edit": edit,
            "may_plan": edit and record.is_open,
            "may_start": edit and record.status == Project.Status.PLANNED,
            "may_finish": edit and running,
            "may_check": running and self._may("check", record),
            "may_delete": self._may("delete", record),
        }


def facts(project: Project) -> list[dict[str, Any]]:
    due = check_due_on(project, rules_on())
    late = due is not None and due < clock.today()
    progress = formats.NOTHING if project.progress is None else f"{project.progress}%"
    return [
        {"label": _("Project lead"), "value": project.owner.name},
        {"label": _("Planned"), "value": term(project.planned_start, project.planned_end)},
        {
            "label": _("Scheme"),
            "value": project.get_scheme_status_display() if project.scheme else formats.NOTHING,
        },
        {"label": _("Progress"), "value": progress},
        {
            "label": _("Next check"),
            "value": deadlines.day(due),
            "tone": "late" if late else "",
            "word": _("overdue") if late else "",
        },
        {
            "label": _("Expected amount"),
            "value": formats.money(project.amount, project.currency),
        },
    ]


def term(first: Any, last: Any) -> str:
    return f"{formats.day_as('full', first)} – {formats.day_as('full', last)}"


def steps(project: Project) -> list[dict[str, Any]]:
    """The pipeline as a chain; the stage where it stands is `now`."""
    keys = stage_keys(project)
    place = keys.index(project.stage) if project.stage in keys else -1
    states = ["done" if number < place else "next" for number in range(len(keys))]
    if place >= 0:
        states[place] = "now" if project.is_open else "done"
    stages = pipeline_of(project).open_stages
    return [
        {"label": stage.label(), "state": state}
        for stage, state in zip(stages, states, strict=True)
    ]


def next_gate(project: Project) -> list[dict[str, Any]]:
    """What the next stage still asks for."""
    keys = stage_keys(project)
    if not project.is_open or project.stage not in keys[:-1]:
        return []
    lacking = missing(project, keys[keys.index(project.stage) + 1])
    return [{"text": text, "met": False} for text in lacking]


def papers(project: Project) -> list[tuple[Any, str]]:
    names = ("scheme", "resources", "evaluation")
    return [(Project._meta.get_field(name).verbose_name, getattr(project, name)) for name in names]


def phase(person: Any, one: Milestone) -> dict[str, Any]:
    return {
        "phase": one,
        "late": one.is_overdue(clock.today()),
        "done_late": one.done_on is not None and one.done_on > one.due_on,
        "may_complete": access.rule_of(Milestone).may(person, "complete", one),
    }


def line(entry: Any) -> dict[str, Any]:
    return {
        "at": formats.moment(entry.at),
        "month": formats.day_as("month", entry.at),
        "icon": entry.icon,
        "title": entry.title,
        "meta": entry.who,
        "text": entry.text,
    }


class ProjectForm(FormPage):
    model = Project
    form = forms.ProjectForm
    done = lazy("Project saved")

    def records(self):
        return Project.objects.live()


class ProjectCreate(ProjectForm):
    """Asks for the partner first; then for the plan."""

    title = lazy("New project")

    def service(self, **values: Any) -> Project:
        return projects.create_project(rules_version=version_on(), **values)

    def get(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("partner", "").isdigit():
            return self.choose()
        partner = self.find(Partner.objects.active(), request.GET["partner"])
        access.require(request.user, "edit", partner)
        return super().get(request, pk, **kwargs)

    def choose(self) -> HttpResponse:
        """Among the partners that this person works; some may only be read."""
        text = self.request.GET.get("q", "").strip()[:100]
        partners = access.visible_to(self.request.user, Partner.objects.active())
        if text:
            partners = tables.PARTNERS.found(partners, text, self.request.user)
        works = access.can_each(self.request.user, "edit", Partner)
        ordered = partners.select_related("client").order_by("-pk")
        found = list(islice(filter(works, ordered.iterator()), OFFERED))
        self.template = "partnerships/choose_partner.html"
        return self.draw({"partners": found, "text": text, "title": self.title})

    def context(self, form: Any) -> dict[str, Any]:
        wanted = str(form["partner"].value() or "")
        known = form.fields["partner"].queryset
        chosen = known.filter(pk=wanted).first() if wanted.isdigit() else None
        back = chosen.get_absolute_url() if chosen else "/partnerships/projects/"
        return super().context(form) | {"record": chosen, "cancel_url": back}


class ProjectEdit(ProjectForm):
    action = "edit"
    title = lazy("Edit project")

    def service(self, **values: Any) -> Project:
        return projects.update_project(**values)


class ProjectAct(ActPage):
    model = Project

    def records(self):
        return Project.objects.live().select_related("partner", "rules_version")


class ProjectMove(ProjectAct):
    form = forms.MoveForm
    title = lazy("Move project")
    verb = lazy("Move")
    done = lazy("Project moved")

    def make_form(self, **given: Any) -> ServiceForm:
        may = access.can(self.request.user, "override", self.record)
        return self.form(person=self.request.user, record=self.record, may_override=may, **given)

    def initial(self) -> dict[str, Any]:
        return {"stage": self.record.stage} | super().initial()

    def service(self, **values: Any) -> Project:
        return projects.move_project(**values)


class SchemeSubmit(ProjectAct):
    action = "submit"
    form = forms.SubmitForm
    title = lazy("Submit the scheme for approval")
    verb = lazy("Submit")
    done = lazy("Submitted for approval")

    def service(self, **values: Any) -> Project:
        return schemes.submit_scheme(rules=rules_on(), **values)


class ProjectContract(ProjectAct):
    form = forms.ContractLinkForm
    title = lazy("Name the contract")
    verb = lazy("Save")
    done = lazy("Contract named")

    def make_form(self, **given: Any) -> ServiceForm:
        return self.form(person=self.request.user, record=self.record, **given)

    def service(self, **values: Any) -> Project:
        return projects.link_contract(**values)


class ProjectStart(ProjectAct):
    form = forms.StartForm
    title = lazy("Start project")
    verb = lazy("Start")
    done = lazy("Project started")

    def service(self, **values: Any) -> Project:
        return projects.start_project(**values)


class ProjectFinish(ProjectAct):
    form = forms.FinishForm
    title = lazy("Finish project")
    verb = lazy("Finish")
    done = lazy("Project finished")

    def service(self, **values: Any) -> Project:
        return projects.finish_project(**values)


class ProjectCancel(ProjectAct):
    form = ReasonForm
    danger = True
    title = lazy("Cancel project")
    verb = lazy("Cancel project")
    done = lazy("Project cancelled")

    def service(self, **values: Any) -> Project:
        return projects.cancel_project(**values)


class ProjectReopen(ProjectAct):
    form = ReasonForm
    title = lazy("Take project up again")
    verb = lazy("Take up again")
    done = lazy("Project taken up again")

    def service(self, **values: Any) -> Project:
        return projects.reopen_project(**values)


class ProjectDelete(ProjectAct):
    action = "delete"
    form = ReasonForm
    danger = True
    title = lazy("Delete project")
    verb = lazy("Delete")
    done = lazy("Project deleted")

    def service(self, **values: Any) -> Project:
        return projects.delete_project(**values)

    def success_url(self, record: Project) -> str:
        return "/partnerships/projects/"


class MilestoneAdd(ProjectAct):
    form = forms.MilestoneForm
    title = lazy("New milestone")
    verb = lazy("Save")
    done = lazy("Milestone saved")

    def service(self, **values: Any) -> Milestone:
        return milestones.add_milestone(**values)


class CheckAdd(ProjectAct):
    action = "check"
    form = forms.CheckForm
    title = lazy("Check project")
    verb = lazy("Save")
    done = lazy("Check saved")

    def service(self, **values: Any) -> ProjectCheck:
        return milestones.add_check(**values)


class MilestoneEdit(FormPage):
    model = Milestone
    form = forms.EditMilestoneForm
    action = "edit"
    title = lazy("Edit milestone")
    done = lazy("Milestone saved")

    def records(self):
        return Milestone.objects.live().select_related("project", "owner")

    def service(self, **values: Any) -> Milestone:
        return milestones.update_milestone(**values)


class MilestoneAct(ActPage):
    model = Milestone

    def records(self):
        return Milestone.objects.live().select_related("project", "owner")


class MilestoneDone(MilestoneAct):
    action = "complete"
    form = forms.CompleteForm
    title = lazy("Tick milestone off")
    verb = lazy("Tick off")
    done = lazy("Milestone ticked off")

    def service(self, **values: Any) -> Milestone:
        return milestones.complete_milestone(**values)


class MilestoneReopen(MilestoneAct):
    title = lazy("Open milestone again")
    verb = lazy("Open again")
    done = lazy("Milestone opened again")

    def service(self, **values: Any) -> Milestone:
        return milestones.reopen_milestone(**values)


class MilestoneRemove(MilestoneAct):
    danger = True
    title = lazy("Remove milestone")
    verb = lazy("Remove")
    done = lazy("Milestone removed")

    def service(self, **values: Any) -> Project:
        return milestones.remove_milestone(**values)
