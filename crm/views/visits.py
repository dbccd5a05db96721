"""Pages of visits: plan, check in, record in three touches, feedback."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import forms_visits, own_fields, tables_visits
from crm.models import Communication, PositionConsent, Visit
from crm.selectors import rules_of_visit
from crm.services import check_in, communications, feedback, visit_undo, visits
from crm.services.photos import keep_photo
from crm.tables_visits import visit_badges
from expansion import access, clock
from expansion.errors import Invalid, NotNow
from expansion.files.selectors import attachments
from expansion.files.services import drafts
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.ui.forms import ServiceForm
from expansion.ui.gates import SIGNED_IN, May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen, sent_key
from expansion.worktime import Period


def segments(current: str) -> list[dict[str, Any]]:
    return [
        {
            "label": _("List"),
            "url": reverse("crm:visit-list"),
            "icon": "table",
            "active": current == "list",
        },
        {
            "label": _("Week"),
            "url": reverse("crm:visit-week"),
            "icon": "calendar-event",
            "active": current == "week",
        },
    ]


class VisitList(ListPage):
    listing = tables_visits.VISITS
    export_route = "transfer:export-create"
    template = "crm/visit_list.html"
    create_route = "crm:visit-create"
    create_label = lazy("Log visit")
    empty = {
        "icon": "map-pin",
        "title": lazy("No visits yet"),
        "text": lazy("Log the last one, or plan the next."),
    }

    def records(self):
        return Visit.objects.live()

    def context(self, page) -> dict[str, Any]:
        may_plan = access.can(self.request.user, "create", Visit)
        return {**super().context(page), "segments": segments("list"), "may_plan": may_plan}


class VisitWeek(Screen):
    """The planned and recorded visits of one week, day by day."""

    gate = May("view", Visit)
    template = "crm/visit_week.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        week = self._week()
        mine = request.GET.get("who") != "all"
        return self.draw(
            {
                "week": week,
                "days": self._days(week, mine),
                "previous_url": self._url(week.previous(), mine),
                "next_url": self._url(week.next(), mine),
                "who": [
                    {"label": _("Mine"), "url": self._url(week, True), "active": mine},
                    {"label": _("All"), "url": self._url(week, False), "active": not mine},
                ],
                "segments": segments("week"),
                "may_plan": access.can(request.user, "create", Visit),
            }
        )

    def _week(self) -> Period:
        try:
            return Period.parse(self.request.GET.get("week", ""))
        except ValueError:
            return Period.containing("week")

    @staticmethod
    def _url(week: Period, mine: bool) -> str:
        return f"?week={week.key}&who={'mine' if mine else 'all'}"

    def _days(self, week: Period, mine: bool) -> list[dict[str, Any]]:
        visible = access.visible_to(self.request.user, Visit.objects.live())
        within = visible.filter(planned_at__gte=week.begins_at, planned_at__lt=week.ends_at)
        found = within.filter(visitor=self.request.user) if mine else within
        days: dict[Any, list] = {week.start + timedelta(days=n): [] for n in range(7)}
        for visit in found.select_related("client", "visitor").order_by("planned_at")[:500]:
            row = {"visit": visit, "badges": visit_badges(visit)}
            days[clock.local_date(visit.planned_at)].append(row)
        return [
            {"day": day, "today": day == clock.today(), "rows": rows}
            for day, rows in days.items()
            if rows or day.weekday() < 5
        ]


class VisitDetail(DetailPage):
    model = Visit
    template = "crm/visit.html"

    def records(self):
        return Visit.objects.live().select_related("client__owner", "client__team", "visitor")

    def context(self, record: Visit) -> dict[str, Any]:
        person = self.request.user
        readings = list(record.readings.select_related("person"))
        may_record = access.can(person, "record", record)
        return {
            "badges": visit_badges(record),
            "contacts": list(record.contacts.all()),
            "photos": attachments(record, kind="photo"),
            "comments": record.comments.select_related("by"),
            "readings": readings,
            "has_read": any(one.person_id == person.pk for one in readings),
            "facts": visit_facts(record),
            "noted": own_fields.written(
                own_fields.of_visit(rules_of_visit(record), record), record
            ),
            "waits": record.status in (Visit.Status.PLANNED, Visit.Status.MISSED),
            "may_record": may_record,
            "may_arrange": access.can(person, "edit", record),
            "may_comment": access.can(person, "comment", record),
            "comment_form": forms_visits.CommentForm(person=person),
        }


def visit_facts(visit: Visit) -> list[dict[str, Any]]:
    facts = [
        {"label": _("Visitor"), "value": visit.visitor.name},
        {"label": _("Planned for"), "value": formats.moment(visit.planned_at)},
        {"label": _("Took place"), "value": formats.moment(visit.took_place_at)},
        {"label": _("Recorded"), "value": formats.moment(visit.recorded_at)},
    ]
    if visit.arrived_at:
        facts.insert(3, {"label": _("Check-in"), "value": arrival(visit)})
    if visit.next_contact_on:
        facts.append({"label": _("Next contact"), "value": formats.day(visit.next_contact_on)})
    return facts


def arrival(visit: Visit) -> str:
    """When and how the visitor arrived: the distance, never the place."""
    parts = [formats.moment(visit.arrived_at)]
    if visit.manual_reason:
        parts.append(_("by hand: %(reason)s") % {"reason": visit.manual_reason})
    if visit.accuracy is not None:
        parts.append(_("within %(metres)d m") % {"metres": visit.accuracy})
    if visit.distance is not None:
        parts.append(_("%(metres)d m from the client") % {"metres": visit.distance})
    return " · ".join(parts)


class KeepsPhotos(FormPage):
    """A form with pictures. Each is kept under the form's key before anything else, so that a
    refused form, or one bad file among them, loses none of the others."""

    photo_problem = ""

    def post(self, request: HttpRequest, pk: int | None = None, **kwargs: Any) -> HttpResponse:
        self.load(pk)
        key = sent_key(request)
        problems = [self._keep(one, key) for one in request.FILES.getlist("photos") if key]
        self.photo_problem = " ".join(dict.fromkeys(filter(None, problems)))
        return super().post(request, pk, **kwargs)

    def _keep(self, upload: Any, key: str) -> str:
        """Keeps one picture; the sentence where it cannot be kept."""
        try:
            keep_photo(actor=self.request.user, key=key, photo=upload)
        except Invalid as refusal:
            name, why = upload.name, refusal.message
            known = {"name": name[:60], "why": why}
            return why if name in why else _("%(name)s: %(why)s") % known
        return ""

    def make_form(self, **given: Any) -> ServiceForm:
        form = self.form(person=self.request.user, **given)
        form.photo_problem = self.photo_problem
        return form

    def context(self, form: ServiceForm) -> dict[str, Any]:
        kept = drafts(self.request.user, sent_key(self.request))
        return {
            **super().context(form),
            "photos": [
                {"url": f"/files/{one.pk}/picture", "thumb": f"/files/{one.pk}/picture"}
                | {"name": one.name}
                for one in kept
            ],
            "most": visits.MOST_PHOTOS,
        }


class LogVisit(KeepsPhotos):
    """Who, what was said, when next."""

    model = Visit
    form = forms_visits.LogVisitForm
    template = "crm/visit_form.html"
    title = lazy("Log visit")
    verb = lazy("Save visit")
    done = lazy("Visit saved")

    def records(self):
        return Visit.objects.live().select_related("client", "visitor")

    def make_form(self, **given: Any) -> ServiceForm:
        return super().make_form(planned=self.record, **given)

    def write(self, form: ServiceForm) -> Visit:
        values = own_fields.packed(form.values())
        return visits.log_visit(
            actor=self.request.user, rules=rules_on(), record=self.record, **values
        )

    def announce(self, record: Visit) -> None:
        """With 撤销, and with the form's key, by which the device lets its own copy go."""
        undo = reverse("crm:visit-undo", args=[record.pk])
        tags = f"undo:{undo} {kept_tag(self.request)}"
        messages.success(self.request, self.done, extra_tags=tags)

    def success_url(self, record: Visit) -> str:
        return record.client.get_absolute_url()


def kept_tag(request: HttpRequest) -> str:
    """Names the form that went through, for the device that keeps a copy until then."""
    key = sent_key(request)
    return f"sent:{key}" if key.replace("-", "").isalnum() and len(key) <= 64 else ""


class VisitCreate(LogVisit):
    pass


class VisitRecord(LogVisit):
    """Records a planned visit; only its visitor does."""

    action = "record"


class VisitPlan(FormPage):
    model = Visit
    form = forms_visits.PlanVisitForm
    title = lazy("Plan visit")
    verb = lazy("Plan")
    done = lazy("Visit planned")

    def service(self, **values: Any) -> Visit:
        return visits.plan_visit(**values)


class VisitEdit(FormPage):
    """Corrects the words of a recorded visit."""

    model = Visit
    form = forms_visits.EditVisitForm
    action = "record"
    title = lazy("Correct the record")
    done = lazy("Record corrected")

    def records(self):
        return Visit.objects.live().select_related("client", "visitor")

    def service(self, **values: Any) -> Visit:
        rules = rules_of_visit(self.record)
        return visits.update_visit(rules=rules, **own_fields.packed(values))


class VisitReschedule(FormPage):
    model = Visit
    form = forms_visits.MoveVisitForm
    action = "edit"
    title = lazy("Move visit")
    verb = lazy("Reschedule")
    done = lazy("Visit moved")

    def records(self):
        return Visit.objects.live().select_related("client", "visitor")

    def service(self, **values: Any) -> Visit:
        return visits.reschedule_visit(**values)


class VisitAct(ActPage):
    model = Visit

    def records(self):
        return Visit.objects.live().select_related("client", "visitor")


class VisitCancel(VisitAct):
    danger = True
    title = lazy("Call the visit off")
    verb = lazy("Call off")
    done = lazy("Visit called off")

    def service(self, **values: Any) -> Visit:
        return visits.cancel_visit(**values)


class VisitCheckIn(KeepsPhotos, VisitAct):
    action = "record"
    form = forms_visits.CheckInForm
    template = "crm/check_in.html"
    title = lazy("Check in")
    verb = lazy("Check in without a position")
    done = lazy("Checked in")

    def service(self, **values: Any) -> Visit:
        return check_in.check_in(rules=rules_on(), **values)

    def context(self, form: ServiceForm) -> dict[str, Any]:
        given = PositionConsent.objects.filter(person=self.request.user, withdrawn_at=None)
        kept = rules_on().retention.position.value.label
        return {**super().context(form), "consent": given.first(), "kept_for": kept}


class VisitComment(VisitAct):
    action = "comment"
    form = forms_visits.CommentForm
    title = lazy("Your feedback")
    verb = lazy("Send")
    done = lazy("Feedback sent")

    def service(self, **values: Any):
        return feedback.comment_visit(**values)

    def success_url(self, record: Any) -> str:
        return record.visit.get_absolute_url()


class VisitRead(Screen):
    gate = May("comment", Visit)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visit = self.find(Visit.objects.live().select_related("client"), pk)
        feedback.mark_visit_read(actor=request.user, record=visit)
        return HttpResponseRedirect(visit.get_absolute_url())


class VisitUndo(Screen):
    """Takes a record back that was saved a moment ago; the toast's 撤销."""

    gate = SIGNED_IN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visit = self.find(Visit.objects.live().select_related("client", "visitor"), pk)
        try:
            undone = visit_undo.undo_visit(actor=request.user, rules=rules_on(), record=visit)
        except NotNow as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(visit.get_absolute_url())
        messages.success(request, _("Visit taken back"))
        back = visit.client if undone.deleted_at else undone
        return HttpResponseRedirect(back.get_absolute_url())


class Consent(Screen):
    """Allows the position at check-in, or withdraws that."""

    gate = May("create", Visit)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "withdraw" in request.POST:
            check_in.withdraw_position_consent(actor=request.user)
            messages.success(request, _("Your position is not read any more."))
        else:
            check_in.give_position_consent(actor=request.user)
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if safe else reverse("crm:visit-list"))


class CommunicationCreate(FormPage):
    model = Communication
    form = forms_visits.CommunicationForm
    template = "crm/communication_form.html"
    title = lazy("Log a call or message")
    done = lazy("Saved")

    def announce(self, record: Communication) -> None:
        messages.success(self.request, self.done, extra_tags=kept_tag(self.request))

    def service(self, **values: Any) -> Communication:
        return communications.log_communication(rules=rules_on(), **values)
