"""Who logs in at the floor: the house's own table, and no more of it than a login needs."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Person(AbstractBaseUser):
    username = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    objects = BaseUserManager()
    USERNAME_FIELD = "username"

    class Meta:
        db_table, managed = "people_user", False

    def __str__(self) -> str:
        return self.name
