"""The domain's refusals: one small family, each with a sentence a person can act on.

A service raises one of these; every door (page, API, import, task) turns it into its own kind of
answer. Nothing else than these is shown to a person.
"""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """The act was refused. `message` is a translated sentence: what is wrong and what to do."""

    status = 400

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class Invalid(Refusal):
    """What was given does not hold; `fields` maps a field's name to its sentences."""

    status = 422

    def __init__(self, message: str = "", *, fields: Mapping[str, Sequence[str]] | None = None):
        self.fields = {name: list(texts) for name, texts in (fields or {}).items()}
        first = next((texts[0] for texts in self.fields.values() if texts), "")
        super().__init__(message or first)


class Forbidden(Refusal):
    """The record is visible, the act is not this person's; the sentence names whom to ask."""

    status = 403


class Gone(Refusal):
    """Not visible, or not there: the same answer for both (law 1)."""

    status = 404


class Stale(Refusal):
    """Somebody else changed the record meanwhile.

    `theirs` maps a field to the value now stored, `yours` to the value that was sent.
    """

    status = 409

    def __init__(
        self, message: str, *, theirs: Mapping | None = None, yours: Mapping | None = None
    ):
        super().__init__(message)
        self.theirs = dict(theirs or {})
        self.yours = dict(yours or {})
        self.version: int | None = None  # the one stored, where the door can say


class NotNow(Refusal):
    """The record's state does not allow the act (a frozen period, a decided request …)."""

    status = 409


class TooEarly(Refusal):
    """Too many wrong tries: the same may be tried again after `seconds`."""

    status = 429

    def __init__(self, message: str, seconds: int):
        super().__init__(message)
        self.seconds = seconds


class Missing(Refusal):
    """This installation lacks something the act needs, e.g. Pango for a PDF."""

    status = 503
