"""Units and posts: new, renamed, hung elsewhere."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from expansion.people.forms_organisation import NewPostForm, NewUnitForm, PostForm, UnitForm
from expansion.people.models import Post, Unit
from expansion.people.services import organisation
from expansion.ui.pages import FormPage


class OfOrganisation:
    """Back to the tree, whatever was changed."""

    def success_url(self, record: Any) -> str:
        return reverse("people:organisation")

    def context(self, form: Any) -> dict[str, Any]:
        return super().context(form) | {"cancel_url": reverse("people:organisation")}


class UnitCreate(OfOrganisation, FormPage):
    model = Unit
    form = NewUnitForm
    title = lazy("New team")
    done = lazy("The team stands in the tree")

    def service(self, **values: Any) -> Unit:
        return organisation.create_unit(**values)


class UnitEdit(OfOrganisation, FormPage):
    model = Unit
    form = UnitForm
    action = "edit"
    title = lazy("Edit unit")
    done = lazy("Unit saved")

    def service(self, **values: Any) -> Unit:
        return organisation.update_unit(**values)


class PostCreate(OfOrganisation, FormPage):
    model = Post
    form = NewPostForm
    title = lazy("New post")
    done = lazy("Post created")

    def service(self, **values: Any) -> Post:
        return organisation.create_post(**values)


class PostEdit(OfOrganisation, FormPage):
    model = Post
    form = PostForm
    action = "edit"
    title = lazy("Edit post")
    done = lazy("Post saved")

    def service(self, **values: Any) -> Post:
        return organisation.update_post(**values)
