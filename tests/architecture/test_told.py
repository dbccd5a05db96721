"""Every kind of event that is told can be reworded, and each that can be reworded is told."""

from pathlib import Path

import pytest

from expansion.notices.events import EVENTS
from tests.architecture import told

# The rooms that tell on behalf of others.
BETWEEN = ("expansion/notices/services.py", "expansion/notices/ladders.py")


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    """Each kind with a place that tells it."""
    sources = told.modules(lambda path: str(path.relative_to(told.ROOT)) not in BETWEEN)
    return dict(found for module in sources for found in module.told())


def test_every_kind_that_is_told_can_be_reworded(kinds):
    assert {kind: place for kind, place in kinds.items() if kind not in EVENTS} == {}


def test_every_kind_that_can_be_reworded_is_told(kinds):
    assert set(EVENTS) - set(kinds) == set()


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("tell(kind='a.b')", {"a.b"}),
        ("def _tell(kind):\n  tell(kind=kind)\n_tell('a.b')\n_tell(kind='a.c')", {"a.b", "a.c"}),
        ("def _tell(w):\n  k, key = f'a.{w}', w\n  tell(kind=k)\n_tell('b')", {"a.b"}),
        ("def _tell(**more):\n  tell(**more)\n_tell(kind='a.b')", {"a.b"}),
        ("ladders.remind([], kind='a.b')", {"a.b.due", "a.b.overdue"}),
        ("ladders.tell_late([], kind='a.b')", {"a.b.overdue"}),
        ("diary.tell('a.b')", set()),
    ],
)
def test_a_kind_is_found_through_a_rooms_own_words(tmp_path: Path, body, kinds):
    path = tmp_path / "room.py"
    path.write_text(f"from expansion.notices.services import tell\n{body}\n", encoding="utf-8")
    assert {kind for kind, _place in told.Module(path, tmp_path).told()} == kinds


def test_a_kind_that_comes_from_data_has_to_be_named(tmp_path: Path):
    path = tmp_path / "room.py"
    body = "def _tell(one):\n  tell(kind=one.kind)\n"
    path.write_text(f"from expansion.notices.services import tell\n{body}", encoding="utf-8")
    with pytest.raises(told.Unclear):
        list(told.Module(path, tmp_path).told())
