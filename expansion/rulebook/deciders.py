"""Who stands in a chain: the words there are, what each is called, whom a typed name means."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from expansion import access
from expansion.errors import Invalid
from expansion.people.models import Unit, User
from expansion.people.selectors import MOST_TITLES
from expansion.rulebook.schema import Rules
from expansion.rulebook.templatetags.rules import WORDS
from expansion.rulebook.values import ROLES, is_approver, words

PERSON, DEPARTMENT = "person:", "department:"
MOST_FOUND = 8
MOST_ALIKE = 3


def words_in(values: Iterable[Any]) -> Iterator[str]:
    """Every word for somebody who decides in these values: chains, single words, or neither."""
    for value in values:
        several = value if isinstance(value, (tuple, list)) else (value,)
        steps = (one for one in several if isinstance(one, str))
        yield from (word for word in words(steps) if is_approver(word))


def names_in(values: Iterable[Any], *rulebooks: Rules) -> dict[str, str]:
    """What the words of these values are called: roles, posts and teams by the rulebooks, the last
    one that has them first; departments and people by the books of the house, all read together."""
    found = set(words_in(values))
    named: dict[str, str] = {}
    for rules in rulebooks:
        named |= titles_of(rules) | posts_of(rules) | heads_of(rules)
        named |= approvals_of(rules) | partners_of(rules)
    return named | _departments_named(found) | _people_named(found)


def roles(rules: Rules, known: Iterable[str] = ROLES) -> dict[str, str]:
    """Roles by the titles that this rulebook has for them, else by their own words."""
    return {role: str(WORDS[role]) for role in known} | {
        role: title for role, title in titles_of(rules).items() if role in known
    }


def titles_of(rules: Rules) -> dict[str, str]:
    """What the rulebook calls the roles that one of its posts has, or two (reading 48)."""
    titles: dict[str, list[str]] = {}
    for post in rules.posts:
        titles.setdefault(post.role, []).append(post.label())
    return {role: "/".join(found) for role, found in titles.items() if len(found) <= MOST_TITLES}


def posts_of(rules: Rules) -> dict[str, str]:
    return {f"post:{post.key}": post.label() for post in rules.posts}


def heads_of(rules: Rules) -> dict[str, str]:
    return {
        f"team:{team.key}": _("head of %(team)s") % {"team": team.label()} for team in rules.teams
    }


def approvals_of(rules: Rules) -> dict[str, str]:
    """The kinds of approval by their names in the rulebook."""
    return {one.key: one.label() for one in rules.approvals}


def partners_of(rules: Rules) -> dict[str, str]:
    """The kinds of partners by their names in the rulebook."""
    return {one.key: one.label() for one in rules.partnerships.partner_types}


def departments() -> dict[str, str]:
    """The other departments of the company, as far as their keys can stand in a chain."""
    units = Unit.objects.filter(kind=Unit.Kind.OUTSIDE)
    found = {f"{DEPARTMENT}{unit.key}": str(unit) for unit in units}
    return {word: label for word, label in found.items() if is_approver(word)}


def _keys(found: Iterable[str], kind: str) -> set[str]:
    return {word.removeprefix(kind) for word in found if word.startswith(kind)}


def _departments_named(found: Iterable[str]) -> dict[str, str]:
    keys = _keys(found, DEPARTMENT)
    units = Unit.objects.filter(key__in=keys) if keys else ()
    return {f"{DEPARTMENT}{unit.key}": str(unit) for unit in units}


def _people_named(found: Iterable[str]) -> dict[str, str]:
    """Each by name; who is not there by the user name that stands in the chain."""
    keys = _keys(found, PERSON)
    people = _by_user_name(keys)
    names = called(people.values())
    known = {key: people.get(key.lower()) for key in keys}
    return {f"{PERSON}{key}": names[one.username] if one else key for key, one in known.items()}


def _by_user_name(keys: Iterable[str]) -> dict[str, User]:
    """The people of these user names by the same in small letters: a chain may write either."""
    wanted = {key.lower() for key in keys}
    if not wanted:
        return {}
    people = User.objects.annotate(small=Lower("username")).filter(small__in=wanted)
    return {one.username.lower(): one for one in people}


def called(people: Iterable[User]) -> dict[str, str]:
    """Each person's name by the user name; of two with one name, with the user name behind it."""
    people = list(people)
    if not people:
        return {}
    same = User.objects.filter(name__in={one.name for one in people})
    count = Counter(same.values_list("name", flat=True))
    return {
        one.username: f"{one.name} ({one.username})" if count[one.name] > 1 else one.name
        for one in people
    }


def found_people(person: User, text: str) -> QuerySet[User]:
    """The active people that fit what was typed, by name, pinyin, initials or user name."""
    people = access.visible_to(person, User.objects.active())
    return people.filter(search__contains=text.lower()).order_by("name", "username")[:MOST_FOUND]


def word_for(text: str) -> str:
    """The word of the one active person that a text names: by name, by user name, or by the name
    with the user name behind it.

    Raises:
        Invalid: nobody is called so, several are, or the account is not active.
    """
    plain = unicodedata.normalize("NFKC", text)
    user_name = plain.rpartition("(")[2].removesuffix(")").strip()
    people = list(User.objects.filter(username__iexact=user_name))
    people = people or list(User.objects.filter(name=text))
    active = [one for one in people if one.is_active]
    if len(active) != 1:
        raise Invalid(_not_one(text, people, active))
    word = f"{PERSON}{active[0].username}"
    if not is_approver(word):
        name = {"name": active[0].username}
        raise Invalid(_("The user name “%(name)s” has signs that cannot stand in a chain.") % name)
    return word


def _not_one(text: str, people: list[User], active: list[User]) -> str:
    if active:
        several = {"name": text, "names": _(", ").join(one.username for one in active)}
        return _("Several people are called “%(name)s”. Write one user name: %(names)s.") % several
    if people:
        return _inactive(people[0])
    alike = User.objects.active().filter(search__contains="".join(lazy_pinyin(text)).lower())
    names = called(alike.order_by("name", "username")[:MOST_ALIKE]).values()
    meant = {"name": text, "names": _(", ").join(names)}
    if names:
        return _("Nobody is called “%(name)s”. Is %(names)s meant?") % meant
    return _("Nobody is called “%(name)s”. Write the name or the user name.") % meant


def _inactive(person: User) -> str:
    name = {"name": person.name}
    return _("%(name)s has no active account and could decide nothing. Name somebody else.") % name


def require_there(path: str, value: Any, *held: Any) -> None:
    """A chain is given no person and no department that is not there. Whom it names already, in
    `held`, may stay: people leave, and the rest of a draft goes on.

    Raises:
        Invalid: under the path, a sentence for each.
    """
    _require({path: set(words_in([value])) - set(words_in(held))})


def require_all_there(rules: Rules, standing: Rules) -> None:
    """The same of everybody whom a whole rulebook names; who stands at the same place in `standing`
    may stay.

    Raises:
        Invalid: under each path, a sentence for each.
    """
    held = _who_decides(standing)
    _require({path: found - held.get(path, set()) for path, found in _who_decides(rules).items()})


def _who_decides(rules: Rules) -> dict[str, set[str]]:
    """The words that name somebody, by the path where they stand."""
    named: dict[str, Any] = {f"reports.{one.key}.to": one.to for one in rules.reports}
    named |= {f"meetings.{one.key}.chair": one.chair for one in rules.meetings}
    listed = (one for one in rules.parameters() if one.kind in ("approver", "chain"))
    named |= {one.path: one.value for one in listed}
    return {path: set(words_in([value])) for path, value in named.items()}


def _require(added: Mapping[str, set[str]]) -> None:
    every = {word for found in added.values() for word in found}
    missing = dict([*_missing_people(every), *_missing_departments(every)])
    fields = {
        path: [missing[word] for word in sorted(found & missing.keys())]
        for path, found in added.items()
        if found & missing.keys()
    }
    if fields:
        raise Invalid(fields=fields)


def _missing_people(added: Iterable[str]) -> Iterator[tuple[str, str]]:
    keys = _keys(added, PERSON)
    people = _by_user_name(keys)
    for key in keys:
        person = people.get(key.lower())
        if person is None:
            yield f"{PERSON}{key}", _("Nobody has the user name “%(name)s”.") % {"name": key}
        elif not person.is_active:
            yield f"{PERSON}{key}", _inactive(person)


def _missing_departments(added: Iterable[str]) -> Iterator[tuple[str, str]]:
    keys = _keys(added, DEPARTMENT)
    known = set(Unit.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    for key in keys - known:
        yield f"{DEPARTMENT}{key}", _("“%(key)s” is not known here.") % {"key": key}


class Deciders:
    """Who is offered in the fields of one form, and what those are called that stand there: read
    once, however many chains the form has."""

    def __init__(self, rules: Rules, held: Iterable[Any] = ()):
        self.rules, self.held = rules, list(held)

    @cached_property
    def names(self) -> dict[str, str]:
        return names_in(self.held, self.rules)

    @cached_property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Roles, posts, heads of teams and other departments, each kind under its own heading."""
        kinds = [
            (_("Roles"), roles(self.rules)),
            (_("Posts"), posts_of(self.rules)),
            (_("Heads of teams"), heads_of(self.rules)),
            (_("Other departments"), departments()),
        ]
        return [(title, list(known.items())) for title, known in kinds if known]

    def kept(self, value: Any) -> list[tuple[str, str]]:
        """Who stands in a value and is offered no more; people are named by what is typed."""
        offered = {word for _title, known in self.groups for word, _label in known}
        return [
            (word, self.names.get(word, word))
            for word in words_in([value])
            if word not in offered and not word.startswith(PERSON)
        ]
