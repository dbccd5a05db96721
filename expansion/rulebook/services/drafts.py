"""Writes over the one draft of the rulebook: changing, submitting, publishing, taking it back,
giving it up."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow, Stale
from expansion.offers import announce
from expansion.people.models import Post, Unit
from expansion.people.revision import renew
from expansion.records import differences, lock
from expansion.rulebook.deciders import require_all_there, require_there
from expansion.rulebook.loading import to_data
from expansion.rulebook.models import Version
from expansion.rulebook.parameters import UNCONFIRMED, Listed, find
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import (
    changed_rows,
    drafted_rules,
    open_draft,
    restructured,
    rules_of,
    unsettled,
    unsettled_lists,
    version_on,
    version_to_amend,
)
from expansion.rulebook.services.following import follow_versions, make_missing
from expansion.rulebook.values import Origin, Source

OPEN = (Version.Status.DRAFT, Version.Status.SUBMITTED)
# What the trail says of a version that nobody was asked to approve.
APPROVED_BY = "approved_by"
ALONE = gettext_lazy("no approver named; published by the administrator")


@transaction.atomic
def change_draft(
    *,
    actor: Any,
    changes: Mapping[str, Any] | None = None,
    confirmed: Collection[str] = (),
    effective_on: date | None = None,
    reason: str | None = None,
    draft: int | None = None,
    version: int | None = None,
) -> Version:
    """Writes into the one draft; the first change opens it from the last version published.

    `changes` maps a parameter's path to its new value; a value equal to the published one leaves
    the draft, unless its path is in `confirmed`: then a proposal becomes the administrator's own
    without moving (R-exp-01). Sums may still be off here: publishing refuses them (R-apr-01). Who
    has handed the draft over has to do it again, unless nothing was changed.

    `draft` is the id of the draft that the editor had open (0: there was none) and `version` its
    version then.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        NotNow: the draft has been submitted and is being decided.
        Stale: somebody has saved, published or replaced the draft meanwhile.
        Invalid: a value does not hold by itself, a path is not known, or a chain is given somebody
            who is not there.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    before = _held(written)
    written.changes = merged(written, changes or {}, confirmed)
    written.effective_on = effective_on or written.effective_on
    written.reason = written.reason if reason is None else reason
    changed = differences(before, _held(written))
    if changed:
        written.take_request_back()
    written.version += 1
    written.save()
    write(actor=actor, verb="rulebook.draft.changed", about=written, changes=changed)
    return written


def _held(draft: Version) -> dict[str, Any]:
    return {"changes": dict(draft.changes), "reason": draft.reason, "from": draft.effective_on}


def opened_draft(actor: Any, seen: int | None, version: int | None) -> Version:
    """The draft, locked, or a new one. The base's row is held: two editors open one and not two.

    Raises:
        NotNow: it is being decided.
        Stale: it is not the draft, or not the version of it, that the editor had seen.
    """
    base = lock(Version.objects.published(), version_to_amend().pk)
    found = open_draft()
    if found is not None and found.status == Version.Status.SUBMITTED:
        raise NotNow(_("%(version)s is being decided. Withdraw it first.") % {"version": found})
    if seen is not None and seen != (found.pk if found else 0):
        raise Stale(_("The draft was published, given up or replaced meanwhile."))
    if found is not None:
        drafts = Version.objects.filter(status=Version.Status.DRAFT)
        return lock(drafts, found.pk, version=version)
    return Version.objects.create(
        number=Version.next_number(),
        preset=base.preset,
        content=base.content,
        based_on=base,
        drafted_by=actor,
    )


def merged(
    draft: Version, changes: Mapping[str, Any], confirmed: Collection[str]
) -> dict[str, Any]:
    """The draft's own values with these; what is as published leaves, unless it is confirmed.

    Raises:
        Invalid: as `change_draft`.
    """
    held = dict(draft.changes)
    for path, one in find(drafted_rules(draft), changes).items():
        value = one.plain(changes[path])
        if one.kind in ("approver", "chain"):
            require_there(path, value, one.value, held.get(path))
        held[path] = value
        moved = one.read(changes[path]) != one.value
        if not moved and not (path in confirmed and one.source in UNCONFIRMED):
            del held[path]
    return held


@transaction.atomic
def confirm_section(
    *, actor: Any, section: str, draft: int | None = None, version: int | None = None
) -> Version:
    """Confirms as they are all values of a section that still wait for somebody's word: blanks of
    the regulation, proposals, what has no value, and the words of its lists (R-exp-01). What the
    draft holds already stays.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        NotNow: nothing of this section waits, or the draft is being decided.
        Stale: as `change_draft`.
    """
    access.require(actor, "edit", Version)
    written = opened_draft(actor, draft, version)
    waiting = [one for one in unsettled(written) if one.section == section]
    words = [one for one in unsettled_lists(written) if one.section == section]
    if not waiting and not words:
        raise NotNow(_("Nothing of this section waits to be confirmed."))
    values = {one.path: one.plain(one.value) for one in waiting}
    written.changes = dict(written.changes) | values
    settled = {one.path: Origin(source=Source.ADMIN, clause=one.clause) for one in words}
    rules = drafted_rules(written)
    written.content = to_data(rules.model_copy(update={"origins": {**rules.origins, **settled}}))
    written.take_request_back()
    written.version += 1
    written.save()
    confirmed = {one.path: [_told(one, one.source), _told(one, Source.ADMIN)] for one in waiting}
    confirmed |= {f"origins.{one.path}": [one.source, Source.ADMIN] for one in words}
    write(actor=actor, verb="rulebook.section.confirmed", about=written, changes=confirmed)
    return written


def _told(one: Listed, source: Source) -> dict[str, Any]:
    """A value with its source, as `comparing` tells them."""
    return {"value": one.plain(one.value), "source": source.value}


@transaction.atomic
def discard_draft(*, actor: Any, draft: Version, version: int | None = None) -> Version:
    """Gives a draft up; it stays in the list of versions with what it held.

    Raises:
        Gone: it is no draft any more.
        Stale: somebody has changed the draft since `version`.
    """
    access.require(actor, "edit", Version)
    draft = lock(Version.objects.filter(status=Version.Status.DRAFT), draft.pk, version=version)
    _move(draft, Version.Status.DISCARDED)
    write(actor=actor, verb="rulebook.draft.discarded", about=draft)
    return draft


def _move(draft: Version, status: Version.Status) -> None:
    draft.status = status
    draft.version += 1
    draft.save()


@transaction.atomic
def submit_draft(*, actor: Any, record: Version, rules: Rules, comment: str = "") -> Version:
    """Asks for the approval that the rulebook in force names (R-exp-01); approving publishes.

    The approvals room stands above this one: it hears of the submission and opens the round.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        NotNow: it is no draft, or the rulebook in force asks nobody.
        Invalid: the draft could not be published as it is.
    """
    access.require(actor, "edit", Version)
    draft = lock(Version.objects.all(), record.pk)
    if draft.status != Version.Status.DRAFT:
        raise NotNow(_("Only a draft can be submitted."))
    if not rules.amendment.chain.value:
        raise NotNow(_("The rulebook names nobody who approves it. The administrator publishes."))
    checked(draft)
    _move(draft, Version.Status.SUBMITTED)
    write(actor=actor, verb="rulebook.draft.submitted", about=draft)
    announce("rulebook.draft.submitted", actor=actor, record=draft, rules=rules, comment=comment)
    return draft


def version_approved(record: Version, actor: Any, request: Any) -> None:
    """The approval itself puts the version in force from its day."""
    publish_version(actor=actor, draft=record, approved=True)


def version_returned(record: Version, actor: Any, request: Any) -> None:
    """Returned or withdrawn: it is a draft again, to be changed or given up."""
    draft = lock(Version.objects.filter(status=Version.Status.SUBMITTED), record.pk)
    _move(draft, Version.Status.DRAFT)
    write(actor=actor, verb=f"rulebook.draft.{request.status}", about=draft)


def version_rejected(record: Version, actor: Any, request: Any) -> None:
    """Rejected: it stays in the list as that."""
    draft = lock(Version.objects.filter(status=Version.Status.SUBMITTED), record.pk)
    _move(draft, Version.Status.REJECTED)
    write(actor=actor, verb="rulebook.draft.rejected", about=draft)


@transaction.atomic
def hand_over_draft(*, actor: Any, record: Version, rules: Rules) -> Version:
    """Asks the administrators to publish a draft, where the rulebook names nobody who approves it.

    It stays a draft, which they may still change; whoever changes it hands it over anew.

    Raises:
        Forbidden: the actor does not edit the rulebook.
        NotNow: it is no draft, it is handed over already, the actor publishes it without asking,
            or the rulebook in force names an approver.
        Invalid: the draft could not be published as it is.
    """
    access.require(actor, "edit", Version)
    draft = lock(Version.objects.all(), record.pk)
    if draft.status != Version.Status.DRAFT:
        raise NotNow(_("Only a draft can be handed over."))
    if rules.amendment.chain.value:
        raise NotNow(_("The rulebook asks for an approval first. Submit the draft."))
    if access.can(actor, "publish", Version):
        raise NotNow(_("You publish it yourself."))
    if draft.handed_over_at is not None:
        raise NotNow(_("The administrators have been asked already."))
    checked(draft)
    draft.handed_over_by, draft.handed_over_at = actor, clock.now()
    draft.version += 1
    draft.save()
    write(actor=actor, verb="rulebook.draft.handed_over", about=draft)
    announce("rulebook.draft.handed_over", actor=actor, record=draft)
    return draft


@transaction.atomic
def publish_version(
    *, actor: Any, draft: Version, version: int | None = None, approved: bool = False
) -> Version:
    """Puts a draft in force from its date; earlier days and running cycles keep their version.

    The posts and teams that it adds are made at once, what it changes of others on its first day.
    Where the rulebook names who approves amendments, only the approval itself publishes. Where it
    names nobody the administrator publishes alone, and version and trail say so (R-exp-01).

    Raises:
        Forbidden: nobody approves it, and the actor is no administrator.
        Invalid: weights do not sum up, the date lies in the past, nothing changed, or no reason.
        NotNow: the rulebook in force asks for an approval first.
        Stale: somebody has changed the draft since `version`.
    """
    if not approved:
        access.require(actor, "publish", Version)
    draft = lock(Version.objects.filter(status__in=OPEN), draft.pk, version=version)
    if not approved and rules_of(version_on()).amendment.chain.value:
        raise NotNow(_("The rulebook asks for an approval first. Submit the draft."))
    rules = checked(draft)
    draft.content = to_data(rules)
    draft.published_by, draft.published_at, draft.unapproved = actor, clock.now(), not approved
    _move(draft, Version.Status.PUBLISHED)
    changes: dict[str, Any] = {
        row.path: [None if row.is_new else one.plain(row.before), one.plain(row.after)]
        for row in changed_rows(draft)
        for one in [row.listed]
    }
    changes |= {one.path: [one.before, one.after] for one in restructured(draft)}
    if draft.unapproved:
        changes[APPROVED_BY] = [None, str(ALONE)]
    made = make_missing(rules)
    if made:
        changes["made"] = [None, ", ".join(made)]
    write(actor=actor, verb="rulebook.version.published", about=draft, changes=changes)
    follow_versions(actor=actor)
    return draft


@transaction.atomic
def withdraw_version(*, actor: Any, record: Version, reason: str) -> Version:
    """Makes a published version whose day has not come the draft again, with all that it holds.

    Until another one is published, the version before it goes on. Posts and teams that it has made
    stay, empty; an administrator closes them.

    Raises:
        Forbidden: the actor neither published nor approved it, or its day has come.
        NotNow: another draft is open, or a later version or a running matter rests on it already.
    """
    version = lock(Version.objects.published(), record.pk)
    access.require(actor, "withdraw", version)
    draft = open_draft()
    if draft is not None:
        words = {"version": draft}
        raise NotNow(_("%(version)s is being drafted. Publish it or give it up first.") % words)
    if version.is_rested_on():
        raise NotNow(_("Later versions or running matters rest on %s already.") % version)
    version.published_by = version.published_at = None
    version.unapproved = False
    # Its values stand in its content, as those of a file do that was read into a draft.
    version.changes = {}
    version.take_request_back()
    _move(version, Version.Status.DRAFT)
    renew()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="rulebook.version.withdrawn", about=version, changes=changes)
    return version


def checked(draft: Version) -> Rules:
    """The rules that a draft would make.

    Raises:
        Invalid: it cannot be published yet; a sentence per reason.
    """
    missing = _missing(draft)
    try:
        rules = drafted_rules(draft).with_changes(draft.changes, confirm=True)
    except Invalid as refusal:
        raise Invalid(fields={**refusal.fields, **missing}) from None
    missing |= _too_long(rules) | _doubled(rules) | _gone(rules, rules_of(draft.based_on))
    if missing:
        raise Invalid(fields=missing)
    return rules


def _too_long(rules: Rules) -> dict[str, list[str]]:
    """Words of posts and teams that the department could not take over on the first day."""
    return {
        path: [_("At most %(count)s characters.") % {"count": most}] for path, most in _over(rules)
    }


def _over(rules: Rules) -> Iterator[tuple[str, int]]:
    for name, model, words, words_en in (
        ("posts", Post, "title", "title_en"),
        ("teams", Unit, "name", "name_en"),
    ):
        for one in getattr(rules, name):
            for field, column in (("key", "key"), ("zh", words), ("en", words_en)):
                most = model._meta.get_field(column).max_length
                if len(getattr(one, field)) > most:
                    yield f"{name}.{one.key}.{field}", most


def _doubled(rules: Rules) -> dict[str, list[str]]:
    """Posts of one title and teams of one name beside each other, which nobody could tell apart;
    the department refuses them by hand too."""
    titles = [(f"posts.{one.key}.zh", one.zh) for one in rules.posts]
    names = [(f"teams.{one.key}.zh", (one.parent, one.zh)) for one in rules.teams]
    return {
        path: [_("Another one is called so already.")]
        for found in (titles, names)
        for path, words in found
        if [other for _path, other in found].count(words) > 1
    }


def _gone(rules: Rules, base: Rules) -> dict[str, list[str]]:
    """Whom a chain was given and who left, or was never there, before it could be published."""
    try:
        require_all_there(rules, base)
    except Invalid as refusal:
        return refusal.fields
    return {}


def _missing(draft: Version) -> dict[str, list[str]]:
    missing = {}
    begins, earliest = draft.effective_on, draft.based_on.effective_on
    if begins is None or begins < clock.today():
        missing["effective_on"] = [
            _("Its first day passed while it was being decided. Return it: it needs another one.")
            if begins and draft.status == Version.Status.SUBMITTED
            else _("Choose today or a later day to begin from.")
        ]
    elif begins < earliest:
        words = {"version": draft.based_on, "day": earliest}
        missing["effective_on"] = [
            _("The draft changes %(version)s, which begins on %(day)s. Choose that day or later.")
            % words
        ]
    if not (changed_rows(draft) or restructured(draft)):
        missing["changes"] = [_("Nothing differs from the version in force.")]
    if not draft.reason.strip():
        missing["reason"] = [_("Write why the rules change.")]
    return missing
