"""Versions kept from before sub-regulations had posts and teams by their own titles are read."""

from importlib import import_module

from django.apps import apps

from expansion.rulebook.loading import from_data, preset, to_data
from expansion.rulebook.models import Version


def test_the_step_gives_what_was_named_by_key_the_titles_of_the_union(cast):
    rules = preset("market")
    data = to_data(rules)
    first, second = data["overlays"][:2]
    first["posts"], first["teams"] = ["head", "expansion_specialist"], []
    second["posts"] = second["teams"] = []
    Version.objects.filter(pk=cast.version.pk).update(content=data)
    step = import_module("expansion.rulebook.migrations.0006_titles_of_overlays")
    for _run in range(2):
        step.give_titles(apps, None)
    read = from_data(Version.objects.get(pk=cast.version.pk).content)
    named, silent = read.overlays[:2]
    titles = {one.key: one.zh for one in rules.posts}
    assert [one.key for one in named.posts] == ["head", "expansion_specialist"]
    assert {one.zh for one in named.posts} <= set(titles.values())
    assert named.posts[0].clause.startswith("E1-")
    assert [one.key for one in silent.posts] == [one.key for one in rules.posts]
    assert [one.key for one in silent.teams] == [one.key for one in rules.teams]
    assert read.overlays[2:] == rules.overlays[2:]
