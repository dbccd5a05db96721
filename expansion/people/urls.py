from django.urls import path

from expansion.people.models import Status
from expansion.people.views import (
    factors,
    links,
    own,
    people,
    rehearsals,
    rights,
    sessions,
    sharing,
)

app_name = "people"
status = people.PersonStatus.as_view
urlpatterns = [
    path("", people.PersonList.as_view(), name="person-list"),
    path("organisation", people.Organisation.as_view(), name="organisation"),
    path("rights/", rights.Matrix.as_view(), name="rights"),
    path("rights/<str:kind>", rights.RightsOf.as_view(), name="rights-of"),
    path("access/<str:kind>/<int:pk>", sharing.Readers.as_view(), name="readers"),
    path("access/<str:kind>/<int:pk>/share", sharing.ShareCreate.as_view(), name="share"),
    path(
        "access/<str:kind>/<int:pk>/share/<str:who>/<int:share>/end",
        sharing.ShareEnd.as_view(),
        name="share-end",
    ),
    path("new", links.PersonCreate.as_view(), name="person-create"),
    path("<int:pk>", people.PersonDetail.as_view(), name="person"),
    path("<int:pk>/edit", people.PersonEdit.as_view(), name="person-edit"),
    path("<int:pk>/password", people.PersonPassword.as_view(), name="person-password"),
    path("<int:pk>/link", links.PersonLink.as_view(), name="person-link"),
    path("<int:pk>/activate", status(status=Status.ACTIVE), name="person-activate"),
    path("<int:pk>/lock", status(status=Status.LOCKED), name="person-lock"),
    path("<int:pk>/leave", status(status=Status.LEFT), name="person-leave"),
    path("<int:pk>/rehearse", rehearsals.RehearsalBegin.as_view(), name="rehearsal-begin"),
    path("rehearsal/end", rehearsals.RehearsalEnd.as_view(), name="rehearsal-end"),
    path(
        "<int:pk>/second-factor",
        factors.PersonFactorsRemove.as_view(),
        name="person-factors-remove",
    ),
    path("<int:pk>/sessions", sessions.PersonSessionsEnd.as_view(), name="person-sessions-end"),
    path("<int:pk>/seats/new", people.SeatOpen.as_view(), name="seat-open"),
    path("seats/<int:pk>/end", people.SeatEnd.as_view(), name="seat-end"),
    path("mandates/", own.MandateList.as_view(), name="mandate-list"),
    path("mandates/new", own.MandateCreate.as_view(), name="mandate-create"),
    path("mandates/<int:pk>", own.MandateDetail.as_view(), name="mandate"),
    path("mandates/<int:pk>/revoke", own.MandateRevoke.as_view(), name="mandate-revoke"),
    path("tokens/", own.TokenList.as_view(), name="token-list"),
    path("tokens/new", own.TokenCreate.as_view(), name="token-create"),
    path("tokens/<int:pk>/revoke", own.TokenRevoke.as_view(), name="token-revoke"),
    path("second-factor/", factors.FactorList.as_view(), name="factor-list"),
    path("second-factor/app", factors.AppAdd.as_view(), name="app-add"),
    path("second-factor/passkey", factors.PasskeyAdd.as_view(), name="passkey-add"),
    path("second-factor/codes", factors.CodesRenew.as_view(), name="codes-renew"),
    path("second-factor/<int:number>/remove", factors.FactorRemove.as_view(), name="factor-remove"),
    path("sessions/", sessions.SessionList.as_view(), name="session-list"),
    path("sessions/end", sessions.SessionsEndOthers.as_view(), name="sessions-end-others"),
    path("sessions/<slug:mark>/end", sessions.SessionEnd.as_view(), name="session-end"),
    path("password", own.OwnPassword.as_view(), name="own-password"),
]
