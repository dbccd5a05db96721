"""What the rulebook proves of itself: who is bound, what is in force, who decides on it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion import clock, compliance
from expansion.compliance import Fact, Screen
from expansion.people.models import Membership, Status, Unit
from expansion.people.selectors import unseated
from expansion.rulebook.deciders import names_in, titles_of
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import LONG
from expansion.rulebook.templatetags.rules import value_words
from expansion.ui import formats


def bound(rules: Rules) -> Iterator[str]:
    """Whom the regulation binds: everybody with a post in the department."""
    inside = Membership.objects.on(clock.today()).exclude(unit__kind=Unit.Kind.OUTSIDE)
    people = inside.filter(user__status=Status.ACTIVE).values("user_id").distinct().count()
    words = {"scope": rules.policy.scope, "count": people}
    yield _("In force for: %(scope)s (%(count)s people hold a post there)") % words
    left_out = unseated(clock.today()).count()
    if left_out:
        yield _("%(count)s accounts are active without any post") % {"count": left_out}


def in_force(rules: Rules) -> Iterator[str]:
    """The versions that were published, the latest first; their days say since when each holds."""
    for version in Version.objects.published().defer(*LONG)[:5]:
        day = formats.day_as("full", version.effective_on)
        words = {"version": version, "day": day, "moment": formats.moment(version.published_at)}
        yield _("%(version)s: published %(moment)s, in force from %(day)s") % words


def amending(rules: Rules) -> Iterator[str]:
    """Who approves a new version (E1-22b)."""
    yield _decided(_("New versions are approved by"), rules.policy.amendment_chain.value, rules)


def interpreting(rules: Rules) -> Iterator[str]:
    """Who interprets the clauses (E1-3)."""
    yield _decided(_("Clauses are interpreted by"), rules.policy.interpretation_by.value, rules)


def authority(rules: Rules) -> Iterator[str]:
    """Whose the major matters are, from which amount, and how many chains the manager decides in
    (A-2.2.1d)."""
    ours = rules.authority
    yield _decided(_("Major clients belong to"), ours.major_client_owner.value, rules)
    yield _decided(_("Major cooperation belongs to"), ours.major_cooperation_owner.value, rules)
    yield _setting(_("Major from this amount"), ours.major_amount.value)
    asked = sum("manager" in rule.chain.value for rule in rules.approvals)
    words = {"count": asked, "all": len(rules.approvals)}
    yield _("The manager decides in %(count)s of %(all)s approval chains") % words


def delegation(rules: Rules) -> Iterator[str]:
    """How somebody comes to act for the manager (A-2.2.2a)."""
    ours = rules.delegation
    post = next((one for one in rules.posts if one.key == ours.delegate.value), None)
    yield _setting(_("Acts for the manager"), post)
    yield _setting(_("Acts by itself from an approved absence"), ours.auto_on_leave.value)
    yield _setting(_("Powers while acting"), ours.powers.value)
    if ours.kinds is not None:
        passed = [one for one in rules.approvals if one.key in ours.kinds]
        yield _setting(_("Listed powers: approvals passed on"), passed)


def meetings(rules: Rules) -> Iterator[str]:
    """Who chairs what (A-4.2.2)."""
    names = titles_of(rules)
    for meeting in rules.meetings:
        words = {"meeting": meeting.label(), "chair": value_words(meeting.chair, names)}
        yield _("%(meeting)s is chaired by: %(chair)s") % words


def division(rules: Rules) -> Iterator[str]:
    """The teams and the stages in which their work runs (E2-6, E2-8)."""
    yield _setting(_("Teams"), rules.teams)
    for pipeline in rules.pipelines:
        yield _setting(pipeline.label(), pipeline.stages)


def _setting(name: str, value: object) -> str:
    return f"{name}{_(': ')}{value_words(value)}"


def _decided(name: str, value: object, rules: Rules) -> str:
    """The same of a value that says who decides."""
    return f"{name}{_(': ')}{value_words(value, names_in([value], rules))}"


BINDING = ("A-1.2", "B-1.2", "C-1.2", "D-1.2", "E1-2a", "E2-2", "E4-5", "E7-1.2", "E9-1.2")
CHANGING = ("E1-22a", "E8-6", "E11-3")

compliance.add(
    Fact("rulebook.bound", bound, BINDING),
    Fact("rulebook.in_force", in_force, (*CHANGING, "E1-22b")),
    Fact("rulebook.amending", amending, (*CHANGING, "E1-22b")),
    Fact("rulebook.interpreting", interpreting, ("E1-3",)),
    Fact("rulebook.authority", authority, ("A-2.2.1d",)),
    Fact("rulebook.delegation", delegation, ("A-2.2.2a",)),
    Fact("rulebook.meetings", meetings, ("A-4.2.2",)),
    Fact("rulebook.division", division, ("E2-6", "E2-8")),
    Screen(
        "rulebook:regulation",
        lazy("Regulation"),
        (*BINDING, *CHANGING, "E1-22b", "E1-3", "E2-6", "E2-8"),
    ),
)
