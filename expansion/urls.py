"""Every address of the house; each app keeps its own."""

from allauth.account import views as account
from django.urls import include, path

from expansion.people.views import choose_language
# styleguide
from expansion.ui.failures import bad_request, not_found
from expansion.ui.gates import PUBLIC, SIGNED_IN, behind

urlpatterns = [
    path("", include("expansion.home.urls")),
    path("", include("expansion.launch.urls")),
    path("login/", behind(PUBLIC)(account.login), name="account_login"),
    path("logout/", behind(PUBLIC)(account.logout), name="account_logout"),
    path("language/", choose_language, name="language"),

    path("people/", include("expansion.people.urls")),
    path("crm/", include("crm.urls")),
]

handler404 = not_found
handler400 = bad_request
