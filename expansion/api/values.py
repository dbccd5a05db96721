"""What a noun shows and what its writes take, as serializers."""

import math
from datetime import UTC
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from expansion import access
from expansion.errors import Gone
from expansion.ui.deadlines import may_move
from expansion.ui.forms import FIRST_YEAR, LARGEST_AMOUNT, LAST_YEAR


def plausible(value: Any) -> None:
    """The same bounds as in forms."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise serializers.ValidationError(_("This year cannot be meant."))


class Moment(serializers.DateTimeField):
    """An aware moment in UTC; one that is sent without a zone is taken for UTC."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"default_timezone": UTC, **kwargs})
        self.validators = [*self.validators, plausible]


class Day(serializers.DateField):
    """A date that a record of a department can have."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.validators = [*self.validators, plausible]


class Number(serializers.FloatField):
    """A number that is one: neither NaN nor without end."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            self.fail("invalid")
        return number


class Provisional(serializers.BooleanField):
    """Whether the deadline that stands in the column `of` may still move (law 7)."""

    def __init__(self, of: str, **kwargs: Any):
        said = "True while the calendar of the deadline's year is not out: it may still move."
        super().__init__(**{"source": "*", "read_only": True, "help_text": said, **kwargs})
        self.of = of

    def to_representation(self, record: Any) -> bool:
        return may_move(getattr(record, self.of))


class Shown(serializers.ModelSerializer):
    """What is read of a noun."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
        models.DateField: Day,
    }
    id = serializers.IntegerField(read_only=True)


class Taken(serializers.ModelSerializer):
    """What a write takes. It checks form only; what must be unique or allowed, the service says."""

    serializer_field_mapping = Shown.serializer_field_mapping

    def get_validators(self) -> list[Any]:
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict]:
        kind, given = super().build_standard_field(field_name, model_field)
        if "validators" in given:
            given["validators"] = [
                one for one in given["validators"] if not isinstance(one, UniqueValidator)
            ]
        if issubclass(kind, serializers.DecimalField):
            least = given.get("min_value", -LARGEST_AMOUNT)
            given |= {"min_value": least, "max_value": LARGEST_AMOUNT}
        return kind, given


class Nothing(serializers.Serializer):
    """An act that asks nothing."""


class Reason(serializers.Serializer):
    """An act that asks why."""

    reason = serializers.CharField(max_length=1000)


class Comment(serializers.Serializer):
    """What is said to those who decide."""

    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class Named(serializers.Serializer):
    """A record that another one points at: its id, and its name of the moment."""

    id = serializers.IntegerField(source="pk", read_only=True)
    label = serializers.CharField(source="__str__", read_only=True)


@extend_schema_field(OpenApiTypes.INT)
class Visible(serializers.RelatedField):
    """The id of a record that the writer may see; another one is not there (law 1)."""

    def use_pk_only_optimization(self) -> bool:
        return True

    def to_internal_value(self, data: Any) -> models.Model:
        if isinstance(data, bool) or not isinstance(data, int | str):
            raise serializers.ValidationError(_("Give the id of a record."))
        try:
            return access.find(self.context["request"].user, self.get_queryset(), data)
        except Gone as gone:
            raise serializers.ValidationError(gone.message) from None

    def to_representation(self, value: Any) -> int:
        return int(value.pk)
