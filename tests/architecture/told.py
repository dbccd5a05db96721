"""Which kinds of events the sources tell, read from the calls themselves.

A kind is a word, a constant, or what the callers of a room's own `_tell` hand it; these are
followed within the module. What only a run can know is named in `SPOKEN`.
"""

import ast
import importlib
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import product
from pathlib import Path

from appraisal.services.reminders import WORDS
from expansion import compliance
from expansion.approvals.models import Decision

ROOT = Path(__file__).resolve().parents[2]
APPS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
TOLD_BY = "expansion.notices.services"
LADDERS = {"remind": (".due", ".overdue"), "tell_late": (".overdue",)}
# {place: the kinds that its words are chosen from}, where they come from data.
SPOKEN = {
    "appraisal.services.reminders._tell": {f"appraisal.{what}" for what in WORDS},
    "expansion.notices.cases.remind": {
        check.reminder.kind for check in compliance.checks().values() if check.reminder
    },
    "expansion.approvals.notifying.decided": {f"approvals.{one}" for one in Decision.Kind.values},
}


class Unclear(Exception):
    """The kind is not written down where the sources can be read."""


class Module:
    """One module that tells somebody something."""

    def __init__(self, path: Path, root: Path = ROOT):
        self.name = ".".join(path.relative_to(root).with_suffix("").parts)
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self._functions: dict[ast.AST, ast.FunctionDef] = {}
        for function in ast.walk(self.tree):
            if isinstance(function, ast.FunctionDef):
                self._functions |= dict.fromkeys(ast.walk(function), function)

    @cached_property
    def _telling(self) -> set[str]:
        """The names under which the module knows `tell` and `tell_each`."""
        return {
            name.asname or name.name
            for one in ast.walk(self.tree)
            if isinstance(one, ast.ImportFrom) and one.module == TOLD_BY
            for name in one.names
            if name.name in ("tell", "tell_each")
        }

    def told(self) -> Iterator[tuple[str, str]]:
        """Each kind that is told, with the place.

        Raises:
            Unclear: a kind is not written down; name it in `SPOKEN`.
        """
        for call in ast.walk(self.tree):
            endings = self._endings(call)
            if not endings or not isinstance(call, ast.Call):
                continue
            place = ".".join(filter(None, [self.name, self._within(call)]))
            kinds = self._kinds(call, place)
            yield from ((kind + ending, place) for kind in sorted(kinds) for ending in endings)

    def _endings(self, call: ast.AST) -> tuple[str, ...]:
        if not isinstance(call, ast.Call):
            return ()
        if isinstance(call.func, ast.Name):
            return ("",) if call.func.id in self._telling else ()
        through = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        if through and call.func.value.id == "ladders":
            return LADDERS.get(call.func.attr, ())
        return ()

    def _within(self, node: ast.AST) -> str:
        function = self._functions.get(node)
        return function.name if function else ""

    def _kinds(self, call: ast.Call, place: str) -> set[str]:
        try:
            return self._argument(call, "kind")
        except Unclear as reason:
            raise Unclear(f"{place}: {reason}") from reason

    def _argument(self, call: ast.Call, name: str, position: int | None = None) -> set[str]:
        """What a call hands over by this name or at this position."""
        for given in call.keywords:
            if given.arg == name:
                return self._values(given.value)
        if position is not None and position < len(call.args):
            return self._values(call.args[position])
        function = self._functions.get(call)
        if function and any(one.arg is None for one in call.keywords) and function.args.kwarg:
            return self._handed(function, name, None)
        raise Unclear(f"no {name} is given")

    def _values(self, node: ast.AST) -> set[str]:
        """What the words may be, as they stand or as `SPOKEN` names them."""
        try:
            return self._read(node)
        except Unclear:
            spoken = SPOKEN.get(f"{self.name}.{self._within(node)}")
            if spoken is None:
                raise
            return spoken

    def _read(self, node: ast.AST) -> set[str]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return {node.value}
        if isinstance(node, ast.JoinedStr):
            parts = [self._read(part) for part in node.values]
            return {"".join(found) for found in product(*parts)}
        if isinstance(node, ast.FormattedValue):
            return self._read(node.value)
        if isinstance(node, ast.Name):
            return self._named(node)
        function, root = self._functions.get(node), ast.unparse(node).split(".")[0]
        if function and root in _parameters(function):
            raise Unclear(f"{ast.unparse(node)} is known in a run alone")
        return {self._constant(node)}

    def _named(self, node: ast.Name) -> set[str]:
        function = self._functions.get(node)
        if function is None:
            return {self._constant(node)}
        names = _parameters(function)
        if node.id in names:
            place = names.index(node.id)
            by_place = place < len(function.args.args)
            return self._handed(function, node.id, place if by_place else None)
        assigned = list(_assigned(function, node.id))
        if assigned:
            return set().union(*map(self._values, assigned))
        return {self._constant(node)}

    def _handed(self, function: ast.FunctionDef, name: str, position: int | None) -> set[str]:
        """What all the calls of a function hand it."""
        calls = [
            one
            for one in ast.walk(self.tree)
            if isinstance(one, ast.Call)
            and isinstance(one.func, ast.Name)
            and one.func.id == function.name
        ]
        if not calls:
            raise Unclear(f"nobody here calls {function.name}")
        return set().union(*(self._argument(one, name, position) for one in calls))

    def _constant(self, node: ast.AST) -> str:
        """A constant of the module, or of one that it imports."""
        path = ast.unparse(node)
        found = importlib.import_module(self.name)
        for step in path.split("."):
            found = getattr(found, step, None)
        if not isinstance(found, str):
            raise Unclear(f"{path} is no word")
        return found


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.AST]:
    for one in ast.walk(function):
        if not isinstance(one, ast.Assign):
            continue
        target, value = one.targets[0], one.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        else:
            pairs = [(target, value)]
        yield from (given for to, given in pairs if isinstance(to, ast.Name) and to.id == name)


def modules(keep: Callable[[Path], bool] = lambda path: True) -> Iterator[Module]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and keep(path):
                yield Module(path)
