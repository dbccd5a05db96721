"""The first person of an installation: an administrator, who then adds everybody else."""

import getpass

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from expansion import clock
from expansion.errors import Refusal
from expansion.people.models import Post, Role, Unit
from expansion.people.services.accounts import create_person
from expansion.people.services.posts import open_membership


class Command(BaseCommand):
    help = "Creates an administrator; the password is asked for, twice."

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")

    def handle(self, *args, **options) -> None:
        post = Post.objects.filter(role=Role.ADMINISTRATOR).first()
        unit = Unit.objects.filter(kind=Unit.Kind.OUTSIDE).first()
        if post is None or unit is None:
            raise CommandError("Load a rulebook first: manage.py rulebook load ktv")
        password = getpass.getpass("Password (10 characters or more): ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two differ. Nothing was created.")
        try:
            with transaction.atomic():
                user = create_person(
                    actor=None,
                    username=options["username"],
                    name=options["name"],
                    password=password,
                )
                open_membership(actor=None, user=user, unit=unit, post=post, since=clock.today())
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.username} can log in and add the others.")
