"""The API of people and teams, to read."""

from rest_framework import serializers

from expansion.api import Named, RecordViewSet, Shown, routes
from expansion.people.models import Membership, Unit, User
from expansion.records import Level


class MembershipShown(Shown):
    unit = Named()
    post = Named()

    class Meta:
        model = Membership
        fields = ["id", "unit", "post", "since", "until"]


class PersonShown(Shown):
    """Names, posts and teams; how somebody is reached is not part of the staff list."""

    memberships = MembershipShown(many=True)

    class Meta:
        model = User
        fields = ["id", "username", "name", "status", "memberships"]


class PersonView(RecordViewSet):
    serializer_class = PersonShown

    def records(self):
        return User.objects.prefetch_related("memberships__unit", "memberships__post")


class LevelSet(serializers.Serializer):
    """How far a record is kept, and why (R-exp-18)."""

    level = serializers.ChoiceField(Level.choices)
    reason = serializers.CharField(max_length=300)


class UnitShown(Shown):
    parent = Named(allow_null=True)

    class Meta:
        model = Unit
        fields = ["id", "key", "name", "name_en", "kind", "parent"]


class UnitView(RecordViewSet):
    serializer_class = UnitShown

    def records(self):
        return Unit.objects.select_related("parent")


urlpatterns = routes("people", {"people": PersonView, "units": UnitView})
