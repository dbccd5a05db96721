"""The API of the rulebook, to read; and what hands the rules to the services of other nouns."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework import serializers

from expansion.api import RecordViewSet, Shown, routes
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import rules_on, version_on

Service = Callable[..., Any]


def under_rules(service: Service) -> Service:
    """The service under the rules in force today: doors fetch them (law 4)."""

    @wraps(service)
    def act(**given: Any) -> Any:
        return service(rules=rules_on(), **given)

    return act


def under_version(service: Service) -> Service:
    """The same for a service that keeps the version itself."""

    @wraps(service)
    def act(**given: Any) -> Any:
        return service(rules_version=version_on(), **given)

    return act


class VersionShown(Shown):
    """One version of the regulation; `content` is the whole of it, each value with its source."""

    content = serializers.DictField(read_only=True)

    class Meta:
        model = Version
        fields = ["id", "version", "number", "effective_on", "status", "content"]


class VersionView(RecordViewSet):
    serializer_class = VersionShown

    def records(self):
        return Version.objects.all()


urlpatterns = routes("rulebook", {"versions": VersionView})
