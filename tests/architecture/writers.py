"""The services of the house, read as text: which functions write rows, and which leave an entry.

A function reaches what it names: functions of its own module, of modules it imports, methods of
classes it names. That follows more ways than a call takes, never fewer, so nothing that writes is
missed. `test_trail.py` judges what is found.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("expansion", "crm", "research", "partnerships", "training", "appraisal")
ENTRY = {("expansion.audit.services", name) for name in ("write", "write_many")}
# Words by which rows come, change and go.
ROWS = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
Name = tuple[str, str]  # module, function or Class.method


@dataclass
class Function:
    """What one function says: the rows it writes, the functions it names."""

    module: str
    name: str
    line: int
    rows: list[str] = field(default_factory=list)
    named: set[Name] = field(default_factory=set)


@cache
def named_by() -> dict[Name, set[Name]]:
    """Who names each function."""
    found: dict[Name, set[Name]] = defaultdict(set)
    for name, one in functions().items():
        for other in one.named:
            found[other].add(name)
    return found


@cache
def functions() -> dict[Name, Function]:
    """Every function and method of the house, by module and name."""
    found: dict[Name, Function] = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found |= read(module.removesuffix(".__init__"), tree)
    return found


def leaves_entry(start: Name, *, without: frozenset[str]) -> bool:
    """Whether the function writes into the trail, itself or by what it calls; what it calls in the
    modules `without` does not count."""
    return bool(_reached(start, without) & ENTRY)


def _reached(start: Name, without: frozenset[str]) -> set[Name]:
    known = functions()
    todo, seen = [start], set()
    while todo:
        one = todo.pop()
        if one in seen or (one[0] in without and one[0] != start[0]):
            continue
        seen.add(one)
        if one in known:
            todo += known[one].named
    return seen


def read(module: str, tree: ast.Module) -> dict[Name, Function]:
    """The functions of one module."""
    known = _imports(tree) | {
        node.name: (module, node.name)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    found = {}
    for name, node, owner in _defined(tree):
        one = Function(module, name, node.lineno)
        _fill(one, node, known, owner)
        found[module, name] = one
    for node in tree.body:
        if isinstance(node, ast.ClassDef):  # Who names a class reaches all its methods.
            methods = {key for key in found if key[1].startswith(f"{node.name}.")}
            found[module, node.name] = Function(module, node.name, node.lineno, named=methods)
    return found


def _defined(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node, ""
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner, node.name


def _imports(tree: ast.Module) -> dict[str, Name]:
    """What a name of the module stands for; a module stands for itself with no function."""
    found: dict[str, Name] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = (alias.name, "")
    return found


def _fill(one: Function, node: ast.AST, known: dict[str, Name], owner: str) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in known:
            one.named.add(known[part.id])
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            if part.value.id == "self" and owner:
                one.named.add((one.module, f"{owner}.{part.attr}"))
            elif part.value.id in known:
                module, name = known[part.value.id]
                one.named.add((f"{module}.{name}".rstrip("."), part.attr))
        if isinstance(part, ast.Call) and _writes_rows(part):
            one.rows.append(f"{part.lineno}: {ast.unparse(part.func)}")


def _writes_rows(call: ast.Call) -> bool:
    """Told from dictionaries, digests and files by how it is called: `update` of rows takes
    keywords, `save` and `delete` of rows nothing that stands first, `set` a link of a record."""
    if not isinstance(call.func, ast.Attribute):
        return False
    word = call.func.attr
    if word in ROWS or (word == "update" and call.keywords):
        return True
    if word in {"save", "delete"}:
        return not call.args
    return word == "set" and isinstance(call.func.value, ast.Attribute)
