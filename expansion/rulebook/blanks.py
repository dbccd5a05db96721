"""What a new entry of the rulebook begins with, read from the schema."""

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from expansion.rulebook.parameters import leaves
from expansion.rulebook.scoring import Consequence, Indicator, KpiSet
from expansion.rulebook.values import Cadence, Mark, Parameter, Source
from expansion.worktime import Limit
from expansion.worktime.limits import Unit

# An indicator is rated until somebody says how it is computed. What has to hold entries of its own
# begins without any: they are added on their own page, and publishing asks for them (`checks`).
RATED = {"key": "rating", "kind": "rated", "share": {"value": "100", "source": Source.ADMIN}}
BEGINNINGS: dict[type[BaseModel], dict[str, Any]] = {
    Consequence: {"measures": []},
    Indicator: {"how": [RATED]},
    KpiSet: {"indicators": []},
}

# The first type or mark that a value's annotation holds decides.
_EMPTY: dict[Any, Callable[[], Any]] = {
    type(None): lambda: None,
    Mark.APPROVER: lambda: "manager",
    Limit: lambda: Limit(0, Unit.DAYS),
    Cadence: lambda: Cadence(every="month"),
    time: lambda: time(9),
    bool: lambda: False,
    int: lambda: 0,
    Decimal: Decimal,
}


def parameter_in(annotation: Any) -> type[Parameter[Any]] | None:
    """Which parameter a field of the schema holds; None where it holds none."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, Parameter):
            return one
    return None


def blank(kind: type[Parameter[Any]]) -> Parameter[Any]:
    """A parameter of this kind that says nothing yet: it is not checked, only typed into."""
    return kind.model_construct(value=_empty(kind), source=Source.UNSET, clause=None, note="")


def _empty(kind: type[Parameter[Any]]) -> Any:
    field = kind.model_fields["value"]
    if get_origin(field.annotation) is tuple:
        return ()
    found = [*leaves(field.annotation), *field.metadata]
    options = [one for one in found if isinstance(one, str)]
    made = next((make for one, make in _EMPTY.items() if one in found), None)
    return options[0] if options else made() if made else ""
