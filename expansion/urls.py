"""Every address of the house; each app keeps its own."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.conf import settings
from django.urls import include, path

from expansion.api.problems import bad_request
from expansion.home import views as home
from expansion.people.views.links import Welcome
from expansion.people.views.own import choose_language
from expansion.ui import offline, styleguide
from expansion.ui.failures import not_found
from expansion.ui.gates import PUBLIC, SIGNED_IN, behind

urlpatterns = [
    path("", include("expansion.home.urls")),
    path("search/", home.Search.as_view(), name="search"),
    path("me/", home.Me.as_view(), name="me"),
    path("", include("expansion.launch.urls")),
    path("login/", behind(PUBLIC)(account.login), name="account_login"),
    path("login/second/", behind(PUBLIC)(mfa.authenticate), name="mfa_authenticate"),
    path("logout/", behind(PUBLIC)(account.logout), name="account_logout"),
    path("welcome/<str:secret>", Welcome.as_view(), name="welcome"),
    path("language/", choose_language, name="language"),
    path("worker.js", offline.worker, name="worker"),
    path("styleguide/", behind(SIGNED_IN)(styleguide.page), name="styleguide"),
    path("people/", include("expansion.people.urls")),
    path("audit/", include("expansion.audit.urls")),
    path("rulebook/", include("expansion.rulebook.urls")),
    path("files/", include("expansion.files.urls")),
    path("relations/", include("expansion.relations.urls")),
    path("jobs/", include("expansion.jobs.urls")),
    path("notices/", include("expansion.notices.urls")),
    path("approvals/", include("expansion.approvals.urls")),
    path("office/", include("expansion.office.urls")),
    path("transfer/", include("expansion.transfer.urls")),
    path("surveys/", include("expansion.surveys.urls")),
    path("guests/", include("expansion.guests.urls")),
    path("crm/", include("crm.urls")),
    path("api/v1/", include("expansion.api.urls")),
    path("partnerships/", include("partnerships.urls")),
    path("training/", include("training.urls")),
    path("research/", include("research.urls")),
    path("appraisal/", include("appraisal.urls")),
]

if settings.SSO:
    urlpatterns.append(path("login/with/", include("expansion.people.urls_sso")))

handler404 = not_found
handler400 = bad_request
