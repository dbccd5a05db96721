"""Signs on against the provider that the environment names, in a process whose apps know of it.

Prints as JSON what each step answered; `test_sso.py` reads it.
"""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

import django

django.setup()

from allauth.socialaccount.models import SocialAccount  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from expansion.audit.models import Entry  # noqa: E402
from expansion.people.models import Status, User  # noqa: E402

PLACE = "/login/with/company/"


def walk() -> dict[str, object]:
    call_command("migrate", verbosity=0)
    person = User.objects.create(username="xuqing", name="许晴", email="xuqing@example.com")
    page = Browser().get("/login/").content.decode()
    first, again = signed_on(Browser()), signed_on(Browser())
    links = Entry.objects.filter(verb="people.sign_on.linked")
    found = {
        "offered": PLACE in page and os.environ["SSO_OIDC_NAME"] in page,
        "first": first,
        "again": again,
        "links": [entry.actor.username for entry in links],
        "kept": list(SocialAccount.objects.values_list("extra_data", flat=True)),
        "forged": forged(Browser()),
        "given up": Browser().get(f"{PLACE}callback/?error=access_denied&state=x").status_code,
    }
    User.objects.filter(pk=person.pk).update(status=Status.LOCKED)
    found["locked"] = signed_on(Browser())
    SocialAccount.objects.all().delete()
    found["locked and new"] = signed_on(Browser())
    User.objects.filter(pk=person.pk).update(status=Status.ACTIVE, email="other@example.com")
    found["unknown"] = signed_on(Browser())
    found["people"] = User.objects.count()
    return found


def signed_on(browser: Browser) -> list[object]:
    """Where the last step led, who is logged in then, and what is said."""
    begun = browser.get(PLACE)
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    answer = browser.get(f"{PLACE}callback/", {"code": "good", "state": state})
    shown = browser.get("/login/").content.decode() if answer.url == "/login/" else ""
    person = browser.session.get("_auth_user_id")
    return [answer.url, bool(person), "toast" in shown]


def forged(browser: Browser) -> list[object]:
    """An answer that this session never asked for opens nothing."""
    answer = browser.get(f"{PLACE}callback/", {"code": "good", "state": "made-up"})
    return [answer.status_code, "_auth_user_id" in browser.session]


if __name__ == "__main__":
    json.dump(walk(), sys.stdout)
