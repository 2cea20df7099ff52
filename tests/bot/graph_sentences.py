"""What the graph says to people, as it stands in the sources of `resolvers`: the English that every other language must have.

A sentence is a text (or an f-string, with `{}` for each value) that begins and ends like one, or the title of a step. Descriptions of the
schema, logs, and what only an operator sees at a start or by `9rum check` are none. The sandbox speaks as a cloud does: in its own words.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resolvers import DOMAINS
from resolvers.graph.reads import reads_of
from tests.architecture.project import ROOT, named, sources

# By the name of what is called with the text.
_SCHEMA: Final = {
    *("field", "type", "connected", "one", "many", "some", "through", "computed", "operators", "resource"),
    *("enum", "Field", "input", "interface", "subscription", "scalar"),
}
_NOT_IN_CHAT: Final = {
    *("debug", "info", "warning", "exception", "error", "CheckResult", "PolicyError", "ConstructorError"),
    *("ValueError", "TypeError", "RuntimeError", "AssertionError"),
}
_STEPS: Final = {"once", "make", "until", "until_gone", "until_gone_or", "deletion", "changing"}
_SENTENCE: Final = re.compile(r"[A-Z`{9].* .*[.!?]|[A-Z`].* .*\{\}", re.DOTALL)
_TITLE: Final = re.compile(r"[A-Z].* ")
_DOORS: Final = (
    *(f"gateway/{name}.py" for name in ("sign_in", "sign_in_limit", "begun", "federated", "json_routes", "auth")),
    *(
        "gateway/caller.py",
        "gateway/errors.py",
        "gateway/sessions.py",
        "gateway/limits/body.py",
        "gateway/chat/link.py",
    ),
    *(f"gateway/console/{name}.py" for name in ("chat", "events", "members")),
    "bot/platforms/console/platform.py",
)
_FOR_PROGRAMS: Final = re.compile(
    r"\{[a-z]|JSON|json|accept it|must be a number|is missing, not known|stands there twice"
)
_OPERATORS: Final = (
    "resolvers/clients/openstack_check.py",
    "resolvers/policy/rules.py",
)  # what `9rum check` and a start say


def sentences() -> dict[str, str]:
    """Each sentence, and a file that says it."""
    found: dict[str, str] = {}
    for path in sources("resolvers"):
        place = named(path)
        if path.is_relative_to(ROOT / "resolvers" / "sandbox") or place in _OPERATORS:
            continue
        for text, called in _texts(ast.parse(path.read_text(encoding="utf-8")), ()):
            is_title = bool(called) and called[-1] in _STEPS and _TITLE.match(text)
            is_said = not (_SCHEMA | _NOT_IN_CHAT).intersection(called) and _SENTENCE.fullmatch(text.strip())
            if is_title or is_said:
                found.setdefault(text.strip(), place)
    return found


def door_sentences() -> dict[str, str]:
    """What the gateway says to people at its own doors, and a file that says it; not what only a program can do wrong."""
    found: dict[str, str] = {}
    for place in _DOORS:
        for text, called in _texts(ast.parse((ROOT / place).read_text(encoding="utf-8")), ()):
            if _NOT_IN_CHAT.isdisjoint(called) and _SENTENCE.fullmatch(text) and not _FOR_PROGRAMS.search(text):
                found.setdefault(text, place)
    return found


def nouns() -> set[str]:
    """Words that are put into sentences, and titles of columns."""
    resources = [resource for domain in DOMAINS for resource in domain.resources]
    kinds = {word for each in resources for word in (each.kind.title, each.kind.titles)}
    attributes = {name.replace("_", " ") for each in resources for name in each.kind.filters}
    columns = {column.title for read in reads_of(DOMAINS).values() for column in read.columns}
    return kinds | attributes | columns | {word for path in sources("resolvers") for word in _changes(path)}


def helps() -> set[str]:
    """What help says of every command and its parameters, as it is shown."""
    reads = reads_of(DOMAINS).values()
    return {each.summary for each in reads} | {param.help for each in reads for param in each.parameters}


def _changes(path: Path) -> Iterator[str]:
    """How plans name what changes, where it is no attribute of the schema."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node) == "changed" and len(node.args) > 1:
            word = _text(node.args[1])
            if word is not None and word.islower():
                yield word


def _texts(node: ast.AST, called: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for child in ast.iter_child_nodes(node):
        if _is_docstring(node, child):
            continue
        text = _text(child)
        if text is not None:
            yield text, called
        else:
            yield from _texts(child, (*called, _name(child)) if isinstance(child, ast.Call) else called)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _is_docstring(node: ast.AST, child: ast.AST) -> bool:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, owners) and child is node.body[0] and isinstance(child, ast.Expr)
