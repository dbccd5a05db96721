"""What posts, teams, mandates and the matrix of rights prove, as they stand at this moment."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import access, clock, compliance
from expansion.access import AS_DEFAULT, Rule, Scope, Seat
from expansion.compliance import Fact, Screen
from expansion.people.models import Mandate, Membership, Role, Status, Unit
from expansion.people.rights import ACTIONS, SCOPES, regrants_by_role
from expansion.people.selectors import filled_posts
from expansion.ui import formats

HEADING = (Role.LEADER, Role.MANAGER)
WORKING = (Role.MANAGER, Role.DEPUTY, Role.LEADER, Role.MEMBER)


def unit_of(person: str) -> Subquery:
    """The unit in which the person of this column works, or worked last, as its id."""
    held = Membership.objects.filter(user=OuterRef(person)).order_by("-since", "-pk")
    return Subquery(held.values("unit_id")[:1])


def posts(rules: Any) -> Iterator[str]:
    """How many hold each post of the regulation, and how many may."""
    keys = {post.key for post in rules.posts}
    for post in filled_posts(clock.today()):
        if post.key in keys:
            words = {"post": post, "held": post.held, "limit": post.headcount}
            limited, free = _("%(post)s: %(held)s of %(limit)s"), _("%(post)s: %(held)s, no limit")
            yield (limited if post.headcount else free) % words


def teams(rules: Any) -> Iterator[str]:
    """The teams with their number of people and who leads them."""
    units = Unit.objects.filter(kind=Unit.Kind.TEAM)
    seats = Membership.objects.on(clock.today()).filter(user__status=Status.ACTIVE)
    held = list(seats.select_related("user", "post"))
    for unit in units:
        people = {seat.user_id for seat in held if seat.unit_id == unit.pk}
        leads = dict.fromkeys(seat.user.name for seat in held if _leads(seat, unit))
        words = {"team": unit, "count": len(people), "leads": _(", ").join(leads)}
        led = _("%(team)s: %(count)s people, led by %(leads)s")
        unled = _("%(team)s: %(count)s people, nobody leads it")
        yield (led if leads else unled) % words


def _leads(seat: Membership, unit: Unit) -> bool:
    return seat.post_id == unit.led_by_post_id or (
        seat.unit_id == unit.pk and seat.post.role in HEADING
    )


def led_by_post(rules: Any) -> Iterator[str]:
    """The teams that a post leads by the regulation, and who holds it (A-2.2.2b)."""
    held = Membership.objects.on(clock.today()).filter(user__status=Status.ACTIVE)
    names: dict[int, list[str]] = {}
    for seat in held.select_related("user"):
        names.setdefault(seat.post_id, []).append(seat.user.name)
    for unit in Unit.objects.exclude(led_by_post=None).select_related("led_by_post"):
        holders = _(", ").join(names.get(unit.led_by_post_id, [])) or _("nobody")
        words = {"team": unit, "post": unit.led_by_post, "names": holders}
        yield _("%(team)s is led by: %(post)s (%(names)s)") % words


def acting(rules: Any) -> Iterator[str]:
    """Who stands in for whom now (A-2.2.2a)."""
    running = Mandate.objects.active(clock.now()).select_related("principal", "delegate")
    for one in running:
        words = {
            "name": one.delegate.name,
            "principal": one.principal.name,
            "moment": formats.moment(one.ends_at),
        }
        yield _("%(name)s acts for %(principal)s until %(moment)s") % words
    if not running:
        yield _("Nobody acts for anybody at this moment.")


def oversight(rules: Any) -> Iterator[str]:
    """How far the working posts see the records that are worked in teams."""
    worked = [one for one in access.rules().values() if one.adjustable and one.team]
    seats = _seats()
    for role in WORKING:
        scopes = Counter(rule.scope(seats[role], "view") for rule in worked)
        words = {
            "role": role.label,
            "all": scopes[Scope.DEPARTMENT],
            "team": scopes[Scope.TEAM],
            "own": scopes[Scope.OWN],
            "none": scopes[Scope.NONE],
        }
        sentence = _(
            "%(role)s: sees %(all)s kinds of record in the whole department,"
            " %(team)s in the team, %(own)s as far as own, %(none)s not at all"
        )
        yield sentence % words


def rights(*cells: tuple[str, str]) -> Callable[[Any], Iterator[str]]:
    """The lines of a fact: for each kind of record and act, which roles may and how far."""

    def lines(rules: Any) -> Iterator[str]:
        known = {rule.kind: rule for rule in access.rules().values()}
        seats = _seats()
        for kind, action in cells:
            if kind in known:
                yield _right(known[kind], action, seats)

    return lines


def _right(rule: Rule, action: str, seats: dict[Role, Seat]) -> str:
    held = {role: rule.scope(seat, action) for role, seat in seats.items()}
    who = (f"{role.label} {SCOPES[scope]}" for role, scope in held.items() if scope)
    words = {
        "kind": capfirst(str(rule.model._meta.verbose_name)),
        "act": ACTIONS[action],
        "who": _(", ").join(who) or _("nobody"),
    }
    return _("%(kind)s, %(act)s: %(who)s") % words


def _seats() -> dict[Role, Seat]:
    """A seat of each role with the rights as they are granted now, in no unit."""
    changed = regrants_by_role()
    return {
        role: Seat(role, 0, frozenset(), regrants=changed.get(role, AS_DEFAULT)) for role in Role
    }


def _all_of(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for group in groups for one in group))


POSTS = ("A-2.1a", "B-2.1", "C-2.4.1", "E1-6", "E7-1.2", "E10-1a", "E11-2.1", "E11-2.2")
TEAMS = (
    "A-2.1b",
    "C-1.2",
    "E3-1a",
    "E3-1b",
    "E5-11",
    "E5-13",
    "E8-1.1",
    "E8-1.2",
    "E11-2.1",
    "E11-2.2",
)
OVERSIGHT = (
    "A-2.2.1a",
    "A-2.2.1c",
    "B-2.2.1a",
    "D-2.2.2a",
    "D-3.2.1d",
    "E1-2b",
    "E1-7",
    "E5-12",
    "E8-1.3",
    "E10-1b",
)
STAFF = ("B-2.2.1c", "C-2.4.2", "D-3.2.1d", "E6-3.3", "E7-4.1")
HIRING = ("E5-18", "E6-3.3", "E7-4.1")
SECRETS = ("A-4.4.1", "B-7.3.1", "E4-9.3")
PAPERS = ("A-4.3.4",)
ACTING = ("A-2.2.2a",)

compliance.add(
    Fact("people.posts", posts, POSTS),
    Fact("people.teams", teams, TEAMS),
    Fact("people.led_by_post", led_by_post, ("A-2.2.2b",)),
    Fact("people.acting", acting, ACTING),
    Fact("people.oversight", oversight, OVERSIGHT),
    Fact(
        "people.guidance",
        rights(
            ("training.session", "create"),
            ("training.session", "mark"),
            ("appraisal.cycle", "open"),
            ("appraisal.target", "edit"),
        ),
        STAFF,
    ),
    Fact(
        "people.hiring",
        rights(("office.opening", "create"), ("office.personnelchange", "create")),
        HIRING,
    ),
    Fact(
        "people.reading_reports",
        rights(("office.workreport", "oversee"), ("office.workreport", "comment")),
        ("A-2.2.1c",),
    ),
    Fact(
        "people.secrets",
        rights(("crm.client", "view"), ("crm.client", "reveal"), ("crm.client", "export")),
        SECRETS,
    ),
    Fact(
        "people.papers",
        rights(
            ("crm.contract", "secret"),
            ("crm.contract", "download"),
            ("crm.contract", "delete"),
            ("research.researchreport", "secret"),
            ("research.researchreport", "download"),
            ("research.researchreport", "delete"),
        ),
        PAPERS,
    ),
    Screen("people:organisation", lazy("Organisation"), _all_of(POSTS, TEAMS, ("A-2.2.2b",))),
    Screen("people:rights", lazy("Rights"), _all_of(OVERSIGHT, STAFF, HIRING, SECRETS, PAPERS)),
    Screen("people:mandate-list", lazy("Mandates"), ACTING),
)
