"""The field of a chain: for each place a role, a post, a head, a department, or one named person.

It is as long as the chain, with places to spare: nothing that stands there or was typed is cut.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from expansion.errors import Invalid
from expansion.rulebook.deciders import PERSON, Deciders, word_for
from expansion.rulebook.values import JOINTS, parts, words

Choices = Sequence[tuple[str, Any]]

LEAST, SPARE, MOST = 4, 2, 20  # places of a form, those kept empty, and the longest chain it takes
ONE_PERSON = "person"
LONGEST_NAME = 125  # a name with the user name behind it
SIGNS = {joint: sign for sign, joint in JOINTS.items()}
NOBODY = ("", lazy("nobody"))
BETWEEN = [("", lazy("then")), ("all", lazy("and together with")), ("any", lazy("or instead"))]
PARTS = 3  # of a place: how it decides with the one before, who, and the name of one person


def room_for(length: int) -> int:
    """How many places a chain of this length is edited in."""
    return max(LEAST, min(length + SPARE, MOST), length)


class Typed(list[Any]):
    """The parts of all places as a browser sent them; a stored chain is a sequence of steps."""


class PersonInput(forms.TextInput):
    """A name to be typed; with the script of pickers it finds people meanwhile."""

    template_name = "rulebook/person_input.html"


class ChainWidget(forms.MultiWidget):
    """One place after the other; what was sent for more of them than were shown is shown again."""

    template_name = "rulebook/chain.html"

    def __init__(self, choices: Choices, names: Mapping[str, str], length: int):
        super().__init__({})
        self.choices, self.names = choices, names
        self.wrong: set[int] = set()  # the places that were refused; none where it is the whole
        self.make_room(room_for(length))

    @property
    def places(self) -> int:
        return len(self.widgets) // PARTS

    def make_room(self, places: int) -> None:
        """At least so many places, each part with a name of its own for those who listen."""
        for place in range(self.places, places):
            number = {"number": place + 1}
            how = forms.Select(choices=BETWEEN)
            how.attrs["aria-label"] = _("How decider %(number)s decides") % number
            who = forms.Select(choices=self.choices)
            who.attrs["aria-label"] = _("Decider %(number)s") % number
            name = PersonInput()
            name.attrs["aria-label"] = _("Name of decider %(number)s") % number
            self.widgets = [*self.widgets, how, who, name]
            names = (f"_joint{place}", f"_{place}", f"_person{place}")
            self.widgets_names = [*self.widgets_names, *names]

    def decompress(self, value: Sequence[str] | None) -> list[Any]:
        flat: list[Any] = []
        for step in value or ():
            joint, deciders = parts(step)
            for place, word in enumerate(deciders):
                named = word.startswith(PERSON)
                who, name = (ONE_PERSON, self.names.get(word, word)) if named else (word, "")
                flat += [joint if place else "", who, name]
        return [*flat, *[None] * (len(self.widgets) - len(flat))]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        flat = value if isinstance(value, Typed) else self.decompress(value)
        context = super().get_context(name, flat, attrs)
        drawn = context["widget"]["subwidgets"]
        places = [drawn[first : first + PARTS] for first in range(0, len(drawn), PARTS)]
        for number, place in enumerate(places, start=1):
            for part in place:
                if self.wrong and number not in self.wrong:
                    part["attrs"].pop("aria-invalid", None)
                part["invalid"] = "aria-invalid" in part["attrs"]
                part["label"] = part["attrs"]["aria-label"]
        context["widget"]["places"] = places
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        sent = next(n for n in count() if f"{name}_{n}" not in data)
        filled = [n for n in range(sent) if data[f"{name}_{n}"] or data.get(f"{name}_person{n}")]
        self.make_room(max(sent, room_for(max(filled, default=-1) + 1)))
        return Typed(super().value_from_datadict(data, files, name))


class ChainField(forms.Field):
    """Who decides, in order; gaps close by themselves. Who stands there already may stay."""

    def __init__(self, value: Sequence[str], deciders: Deciders):
        self.held, self.names = tuple(value), deciders.names
        choices = [
            NOBODY,
            *deciders.groups,
            *deciders.kept(value),
            (ONE_PERSON, _("one person, by name")),
        ]
        self.labels = dict(_flat(choices))
        length = len(list(words(value)))
        super().__init__(
            required=False, initial=value, widget=ChainWidget(choices, self.names, length)
        )

    def clean(self, value: Any) -> list[str]:
        steps: list[str] = []
        refused: list[str] = []
        for number, (joint, who, name) in enumerate(_places(value), start=1):
            try:
                word = self._word(number, who, name)
                if word:
                    _add(steps, joint, word)
            except Invalid as refusal:
                refused.append(refusal.message)
                self.widget.wrong.add(number)
        length = len(list(words(steps)))
        if length > MOST and tuple(steps) != self.held:
            limit = {"count": length, "most": MOST}
            refused.append(
                _("%(count)s deciders are too many for one chain: at most %(most)s stand in it.")
                % limit
            )
        if refused:
            raise forms.ValidationError(refused)
        return steps

    def _word(self, number: int, who: str, name: str) -> str:
        """The word of one place; empty where nobody stands there.

        Raises:
            Invalid: it is not clear who is meant, or nobody is.
        """
        if who not in self.labels:
            raise Invalid(_("Choose decider %(number)s from the list.") % {"number": number})
        if name and who not in ("", ONE_PERSON):
            both = {"number": number, "chosen": self.labels[who], "name": name}
            raise Invalid(
                _("Decider %(number)s is “%(chosen)s” and “%(name)s” at once. Keep one.") % both
            )
        if len(name) > LONGEST_NAME:
            raise Invalid(_("The name of decider %(number)s is too long.") % {"number": number})
        if who == ONE_PERSON and not name:
            raise Invalid(_("Write the name of decider %(number)s.") % {"number": number})
        return self._person(name) if name else who

    def _person(self, name: str) -> str:
        """Who stands there already is found by the name shown, active or not."""
        standing = (word for word in words(self.held) if word.startswith(PERSON))
        known = {self.names.get(word, word): word for word in standing}
        return known.get(name) or word_for(name)


def _flat(choices: Choices) -> Iterator[tuple[str, Any]]:
    for key, label in choices:
        if isinstance(label, list):
            yield from label
        else:
            yield key, label


def _places(value: Any) -> Iterator[tuple[str, str, str]]:
    """The three parts of each place, of what was not sent as if it were left empty."""
    texts = [(one or "").replace("\x00", "").strip() for one in value or ()]
    for first in range(0, len(texts), PARTS):
        joint, who, name = texts[first : first + PARTS]
        yield joint, who, name


def _add(steps: list[str], joint: str, word: str) -> None:
    """A step of its own, or one more who decides the step before.

    Raises:
        Invalid: those of one step would decide it in two ways.
    """
    if not joint or not steps:
        steps.append(word)
        return
    before, _deciders = parts(steps[-1])
    if joint not in SIGNS or before not in ("", joint):
        raise Invalid(_("Those who decide one step decide it together or instead of each other."))
    steps[-1] += f" {SIGNS[joint]} {word}"
