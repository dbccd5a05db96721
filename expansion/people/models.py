"""People, units, posts, who holds which, and dated mandates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from expansion.access import Seat
from expansion.language import in_language
from expansion.people.logins import AccountLink, FailedLogin, LoginPolicy, LoginSession, Token
from expansion.records import Check, Recorded
from expansion.shares import Shares

if TYPE_CHECKING:
    from expansion.people.selectors import Standing


__all__ = [
    "AccountLink",
    "FailedLogin",
    "LoginPolicy",
    "LoginSession",
    "Mandate",
    "Membership",
    "Post",
    "Revision",
    "Rights",
    "Role",
    "Status",
    "Token",
    "Unit",
    "User",
]


class Role(models.TextChoices):
    """What a post lets its holder do; the words of a regulation for a post are its title."""

    MANAGER = "manager", _("manager")
    DEPUTY = "deputy", _("deputy manager")
    LEADER = "leader", _("team leader")
    MEMBER = "member", _("member")
    CONSOLIDATOR = "consolidator", _("consolidator")
    HR = "hr", _("human resources")
    FINANCE = "finance", _("finance")
    LEGAL = "legal", _("legal")
    LEADERSHIP = "leadership", _("leadership")
    LIAISON = "liaison", _("liaison of another department")
    ADMINISTRATOR = "administrator", _("administrator")


class Status(models.TextChoices):
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("active")
    LOCKED = "locked", _("locked")
    LEFT = "left", _("left")


class Revision(models.Model):
    """One row, whose word changes with every change of people, units, posts, mandates or rules.

    What a process keeps of them it keeps under that word; each request reads it with its person.
    """

    word = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.word


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(status=Status.ACTIVE)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser, Recorded):
    """A person who logs in. Deactivated, never deleted (law 8)."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    search = models.CharField(max_length=200, blank=True, editable=False)
    groups = models.ManyToManyField(Group, blank=True, editable=False, related_name="people")
    # Raised whenever every session of the person ends: it is part of what a session is signed with.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="user_email"),
            models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="user_phone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.status == Status.ACTIVE

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session has to match: the password, and that none was ended since."""
        stamp = f"{self.password}|{self.sessions_ended}"
        return salted_hmac(
            "expansion.people.session", stamp, secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """The roles held today, those of absent principals included; read once per request."""
        return self.standing.seats

    @property
    def shares(self) -> Shares:
        """The kinds of record of which some are shared with the person today."""
        return self.standing.shares

    @cached_property
    def standing(self) -> Standing:
        """Seats, running mandates and shares, read together."""
        from expansion.people.selectors import standing_of

        return standing_of(self)

    def holds(self, *roles: str) -> bool:
        """Whether one of these roles is held today, in person or for a principal."""
        return any(seat.role in roles for seat in self.seats)

    @property
    def administers(self) -> bool:
        """Whether the person keeps accounts and how people log in."""
        return self.holds(Role.ADMINISTRATOR)

    @property
    def initial(self) -> str:
        return self.name[:1]

    def get_absolute_url(self) -> str:
        return reverse("people:person", args=[self.pk])


class Unit(Recorded):
    """A department, team or outside body in the one tree below the department's head."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("department")
        TEAM = "team", _("team")
        OUTSIDE = "outside", _("other department of the company")

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # A post whose holder leads this unit besides the own one (A-2.2.2b: the deputy, research).
    led_by_post = models.ForeignKey("Post", models.PROTECT, null=True, related_name="led_units")
    order = models.PositiveSmallIntegerField(default=0)
    # Holds whoever sits in the unit today (people.groups), so that a share can name the team.
    group = models.OneToOneField(Group, models.PROTECT, null=True, editable=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Post(Recorded):
    """A post of the regulation: its title, its role, and how many may hold it at a time."""

    key = models.SlugField(max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("English title"), max_length=60, blank=True)
    role = models.CharField(max_length=14, choices=Role)
    headcount = models.PositiveSmallIntegerField(
        _("headcount"), default=0, help_text=_("0 means no limit.")
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day) -> MembershipQuerySet:
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


class Membership(Recorded):
    """One person in one post of one unit, from `since` to `until` (both included)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships")
    post = models.ForeignKey(Post, models.PROTECT, related_name="memberships")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            Check(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="membership_dates",
                field="until",
                sentence=_("The last day lies before the first one."),
            )
        ]

    def get_absolute_url(self) -> str:
        """A seat has no page of its own; it stands on its holder's."""
        return self.user.get_absolute_url()

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} · {self.post}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def active(self, moment) -> MandateQuerySet:
        return self.filter(revoked_at=None, starts_at__lte=moment, ends_at__gt=moment)


class Mandate(Recorded):
    """A dated delegation: the delegate acts for the absent principal (A-2.2.2a, R-exp-04).

    Never chained: a delegate's own mandates pass nothing on. `kinds` lists kinds of approval; an
    empty list means every duty of the principal.
    """

    class Reason(models.TextChoices):
        LEAVE = "leave", _("leave")
        OUTING = "outing", _("outing")
        OTHER = "other", _("other")

    principal = models.ForeignKey(User, models.PROTECT, related_name="mandates_given")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="mandates_held")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    kinds = models.JSONField(default=list, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)
    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            Check(
                condition=Q(ends_at__gt=F("starts_at")),
                name="mandate_dates",
                field="ends_at",
                sentence=_("The end lies before the start."),
            ),
            Check(
                condition=~Q(principal=F("delegate")),
                name="mandate_not_to_oneself",
                field="delegate",
                sentence=_("Nobody acts for themselves. Choose somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} → {self.principal}"

    def get_absolute_url(self) -> str:
        return reverse("people:mandate", args=[self.pk])

    @property
    def ended_at(self):
        """When it opens nothing any more."""
        return min(self.ends_at, self.revoked_at) if self.revoked_at else self.ends_at

    def status(self, moment) -> str:
        """`planned`, `active`, `ended` or `revoked` at that moment."""
        if self.revoked_at:
            return "revoked"
        if moment < self.starts_at:
            return "planned"
        return "active" if moment < self.ends_at else "ended"


class Rights(Recorded):
    """What an administrator has granted otherwise than by default for one kind of record.

    `cells` maps an action to {role: the name of a scope}; it holds what differs and nothing else.
    """

    kind = models.CharField(max_length=60, unique=True)  # "crm.client"
    cells = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("rights")

    def __str__(self) -> str:
        return str(apps.get_model(self.kind)._meta.verbose_name)

    def get_absolute_url(self) -> str:
        return reverse("people:rights-of", args=[self.kind])

    @staticmethod
    def change_words(name: str, before: str, after: str) -> dict[str, str]:
        """A changed cell in words, for the trail."""
        from expansion.people.rights import cell_words

        return cell_words(name, before, after)
