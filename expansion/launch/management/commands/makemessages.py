"""Django's makemessages, which also knows the short names our modules give to gettext."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=lazy",
        "--keyword=noop",
        "--keyword=now_",
    ]
