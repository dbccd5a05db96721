"""What nouns of every room share: ownership, optimistic version, soft deletion, and `about`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from expansion import clock
from expansion.errors import Gone, Invalid, Stale

M = TypeVar("M", bound=models.Model)


class ChangedAt(models.DateTimeField):
    """Django's `auto_now`, by the house's own clock."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, clock.now())
        return clock.now()


class Check(models.CheckConstraint):
    """What has to hold of a row, with the sentence for a person where it does not.

    Forms show it under `field`. Migrations know a plain `CheckConstraint`: words are no change of
    the table.
    """

    def __init__(self, *, condition: Any, name: str, sentence: Any, field: str = ""):
        super().__init__(condition=condition, name=name)
        self.sentence, self.field = sentence, field

    def get_violation_error_message(self) -> str:
        return str(self.sentence)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().validate(*args, **kwargs)
        except ValidationError as error:
            raise ValidationError({self.field: error} if self.field else error) from None

    def refusal(self) -> Invalid:
        sentence = str(self.sentence)
        return Invalid(sentence, fields={self.field: [sentence]} if self.field else None)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", tuple(args), kwargs

    def clone(self) -> "Check":
        return Check(
            condition=self.condition, name=self.name, sentence=self.sentence, field=self.field
        )


@contextmanager
def checks_in_words() -> Iterator[None]:
    """What the database refuses by a `Check` is refused in its sentence.

    Raises:
        Invalid: a row does not hold, and no service had said so before.
    """
    try:
        yield
    except IntegrityError as error:
        broken = next((one for one in _checks() if _is_broken(one, error)), None)
        if broken is None:
            raise
        raise broken.refusal() from error


def _checks() -> Iterator[Check]:
    for model in apps.get_models():
        yield from (one for one in model._meta.constraints if isinstance(one, Check))


def _is_broken(check: Check, error: IntegrityError) -> bool:
    """PostgreSQL names the constraint in its diagnosis, SQLite in the text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    named = getattr(diagnosis, "constraint_name", None)
    return check.name == named or str(error) == f"CHECK constraint failed: {check.name}"


class Recorded(models.Model):
    """A noun with its birth, its last change and a `version` that every change raises by one."""

    created_at = models.DateTimeField(gettext_lazy("created"), default=clock.now, editable=False)
    updated_at = ChangedAt(gettext_lazy("changed"), default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Owned(models.Model):
    """A worked record: who works it and in which team.

    `team` is the unit in which it is worked; it does not follow the owner's later moves. Scopes
    are read from these two columns, never by joining memberships.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=gettext_lazy("owner"),
        related_name="+",
    )
    team = models.ForeignKey(
        "people.Unit", models.PROTECT, verbose_name=gettext_lazy("team"), related_name="+"
    )

    class Meta:
        abstract = True


class Deletable(models.Model):
    """Soft deletion: the row stays, leaves every list, and can be restored by a service."""

    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class Level(models.TextChoices):
    """How far a record is kept; who reads the two upper ones is a right of its own (R-exp-18)."""

    PUBLIC = "public", gettext_lazy("public")
    INTERNAL = "internal", gettext_lazy("internal")
    CONFIDENTIAL = "confidential", gettext_lazy("confidential")
    SECRET = "secret", gettext_lazy("secret")


class Graded(models.Model):
    """A noun with a level of confidentiality; its access rule says where the level is found."""

    level = models.CharField(
        pgettext_lazy("confidentiality", "level"),
        max_length=12,
        choices=Level,
        default=Level.INTERNAL,
        editable=False,
    )

    class Meta:
        abstract = True


class About(models.Model):
    """A row of the foundation that concerns a record of any room, with its label of the moment."""

    about_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    about_id = models.BigIntegerField(null=True)
    about_label = models.CharField(max_length=200, blank=True)
    about = GenericForeignKey("about_type", "about_id")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["about_type", "about_id"])]


def about(record: models.Model | None) -> dict[str, Any]:
    """The three columns that point at `record`, for creating or filtering rows."""
    if record is None:
        return {"about_type": None, "about_id": None, "about_label": ""}
    return {**about_key(record), "about_label": str(record)[:200]}


def about_key(record: models.Model) -> dict[str, Any]:
    """The two columns that identify `record` in a filter."""
    kind = ContentType.objects.get_for_model(record)
    return {"about_type": kind, "about_id": record.pk}


def lock(records: models.QuerySet[M], pk: Any, *, version: int | None = None) -> M:
    """The row, held until the transaction ends; the caller is inside one.

    Keys never change, so rows that point at it may be written meanwhile: whoever decides holds the
    round and then writes the own name, while whoever locks that account holds the person and then
    asks for the round.

    Raises:
        Gone: it is not in `records` any more.
        Stale: `version` is given and somebody has changed the row since.
    """
    try:
        record = records.select_for_update(of=("self",), no_key=True).get(pk=pk)
    except records.model.DoesNotExist:
        raise Gone(_("There is nothing here for you at this address.")) from None
    if version is not None and version != record.version:
        raise Stale(_("Somebody has changed this record meanwhile. Your entries are still here."))
    return record


def snapshot(record: models.Model, fields: list[str] | tuple[str, ...]) -> dict[str, Any]:
    """The stored values of `fields`, foreign keys as ids."""
    return {name: record._meta.get_field(name).value_from_object(record) for name in fields}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What changed, as {field: [before, after]}."""
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
