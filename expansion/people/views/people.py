"""Pages of people: staff list, organisation, a person's page and what is done to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock
from expansion.people.factors import factors_of
from expansion.people.forms import (
    LastDayForm,
    PasswordForm,
    PersonForm,
    SeatForm,
)
from expansion.people.models import Mandate, Membership, Role, Status, Unit, User
from expansion.people.selectors import branches, filled_posts, unseated
from expansion.people.services import accounts, passwords, posts
from expansion.people.services.accounts import TRANSITIONS
from expansion.people.services.links import OPENS_FOR
from expansion.people.tables import PEOPLE, TONES, by_unit, mandate_badge
from expansion.ui import formats
from expansion.ui.forms import ReasonForm
from expansion.ui.gates import May
from expansion.ui.pages import ActPage, DetailPage, FormPage, ListPage, Screen

# How the acts on an account are called, by the status they lead to.
STATUS_ACTS = {
    Status.ACTIVE: ("person-activate", lazy("Activate"), "lock-open"),
    Status.LOCKED: ("person-lock", lazy("Lock"), "lock"),
    Status.LEFT: ("person-leave", lazy("Deactivate"), "user-off"),
}
# Whose colleagues' numbers are shown in full; everybody else sees them masked.
SEES_NUMBERS = (Role.ADMINISTRATOR, Role.MANAGER, Role.HR)


class PersonList(ListPage):
    """The staff in the order of the tree."""

    listing = PEOPLE
    export_route = "transfer:export-create"
    template = "people/person_list.html"
    create_route = "people:person-create"
    create_label = lazy("New person")

    def records(self):
        return by_unit(User.objects.all())

    def subline(self, page) -> str:
        return _("%(count)s people") % {"count": page.total_label}


class Organisation(Screen):
    """The tree with everybody in it, the posts with their headcount, and who has no post."""

    gate = May("view", User)
    template = "people/organisation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        return self.draw(
            {
                "branches": branches(today),
                "posts": filled_posts(today),
                "unseated": unseated(today),
                "may_edit": access.can(request.user, "edit", Unit),
            }
        )


class PersonDetail(DetailPage):
    model = User
    template = "people/person.html"

    def context(self, record: User) -> dict[str, Any]:
        person, today = self.request.user, clock.today()
        may_edit = access.can(person, "edit", record)
        held = record.memberships.select_related("unit", "post").order_by("-since", "-pk")
        return {
            "tone": TONES[Status(record.status)],
            "facts": facts(person, record),
            "seats": [(seat, seat.until is None or seat.until >= today) for seat in held],
            "mandates": self.mandates(record),
            "may_edit": may_edit,
            "may_seat": access.can(person, "create", Membership),
            "acts": self.acts(record) if may_edit and person.pk != record.pk else [],
        }

    def mandates(self, record: User) -> list[dict[str, Any]]:
        """The mandates that this reader may see, given by the person or held."""
        visible = access.visible_to(self.request.user, Mandate.objects.all())
        concerned = visible.filter(principal=record) | visible.filter(delegate=record)
        found = concerned.select_related("principal", "delegate").order_by("-starts_at")[:10]
        return [{"mandate": one, "badge": mandate_badge(one)} for one in found]

    def acts(self, record: User) -> list[dict[str, Any]]:
        acts = [
            *self.link_act(record),
            *self.factor_act(record),
            {
                "label": _("Set a password"),
                "icon": "key",
                "url": reverse("people:person-password", args=[record.pk]),
            },
            {
                "label": _("End all sessions"),
                "icon": "logout",
                "danger": True,
                "url": reverse("people:person-sessions-end", args=[record.pk]),
            },
        ]
        if record.is_active:
            acts.append(
                {
                    "label": _("Look as this person does"),
                    "icon": "eye",
                    "url": reverse("people:rehearsal-begin", args=[record.pk]),
                }
            )
        for status in TRANSITIONS[Status(record.status)]:
            route, label, icon = STATUS_ACTS[status]
            acts.append(
                {
                    "label": label,
                    "icon": icon,
                    "danger": status != Status.ACTIVE,
                    "url": reverse(f"people:{route}", args=[record.pk]),
                }
            )
        return acts

    def link_act(self, record: User) -> list[dict[str, Any]]:
        if record.status not in OPENS_FOR:
            return []
        url = reverse("people:person-link", args=[record.pk])
        label = _("Link for a new password") if record.is_active else _("Invitation link")
        return [{"label": label, "icon": "link", "url": url}]

    def factor_act(self, record: User) -> list[dict[str, Any]]:
        if not factors_of(record).exists():
            return []
        url = reverse("people:person-factors-remove", args=[record.pk])
        label = _("Take the second factor away")
        return [{"label": label, "icon": "shield-lock", "danger": True, "url": url}]


def facts(person: User, record: User) -> list[dict[str, Any]]:
    """How to reach a colleague; in full for oneself and for those who manage people.

    When an account was last used concerns its person and who keeps the accounts.
    """
    own = person.pk == record.pk
    full = own or person.holds(*SEES_NUMBERS)
    phone = record.phone if full else formats.masked_phone(record.phone)
    email = record.email if full else formats.masked_email(record.email)
    found = [
        {"label": _("User name"), "value": record.username},
        {"label": _("Phone"), "value": phone or formats.NOTHING},
        {"label": _("E-mail"), "value": email or formats.NOTHING},
    ]
    if own or access.can(person, "edit", record):
        found.append({"label": _("Last login"), "value": formats.moment(record.last_login)})
    return found


class PersonEdit(FormPage):
    model = User
    form = PersonForm
    action = "edit"
    title = lazy("Edit account")
    done = lazy("Account saved")

    def service(self, **values: Any) -> User:
        return accounts.update_person(**values)


class PersonPassword(ActPage):
    model = User
    form = PasswordForm
    title = lazy("Set a password")
    verb = lazy("Set the password")
    done = lazy("The password is set; every session of this person has ended.")

    def service(self, **values: Any) -> User:
        return passwords.set_password(**values)


class PersonStatus(ActPage):
    """Locks, activates or deactivates; each has its own address."""

    model = User
    form = ReasonForm
    status = Status.ACTIVE

    @property
    def title(self) -> str:
        return _("%(act)s: %(name)s") % {"act": self.verb, "name": self.record.name}

    @property
    def verb(self) -> Any:
        return STATUS_ACTS[self.status][1]

    @property
    def done(self) -> Any:
        words = {"name": self.record.name, "status": Status(self.status).label}
        return _("%(name)s is now: %(status)s") % words

    def service(self, **values: Any) -> User:
        return accounts.change_status(status=self.status, **values)


class SeatOpen(ActPage):
    """Gives a person a post."""

    gate = May("create", Membership)
    model = User
    form = SeatForm
    title = lazy("Give a post")
    verb = lazy("Save")
    done = lazy("Post given")

    def load(self, pk: int | None) -> None:
        """The manager seats people without editing accounts: the gate has asked for that."""
        self.record = self.find(User, pk)

    def service(self, *, record: User, **values: Any) -> User:
        posts.open_membership(user=record, **values)
        return record


class SeatEnd(ActPage):
    model = Membership
    form = LastDayForm
    title = lazy("End a post")
    verb = lazy("Save")
    done = lazy("Post ended")

    def records(self):
        return Membership.objects.select_related("user", "unit", "post")

    def service(self, *, record: Membership, **values: Any) -> Membership:
        return posts.end_membership(membership=record, **values)

    def context(self, form: Any) -> dict[str, Any]:
        return {**super().context(form), "cancel_url": self.record.user.get_absolute_url()}

    def success_url(self, record: Membership) -> str:
        return record.user.get_absolute_url()
