"""The GraphQL that the bot sends: plans, changes and operations of any command, made from the document that the graph gave for it.

Pure. Used by `changes`, `confirm`, `follow` and the commands; reads send the document of the command itself.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.catalogue import CommandSpec
from bot.ports import Answer

OPERATION_FIELDS = (
    "id action state progress resourceId resourceIds resourceNames startedAt finishedAt correlationId "
    "error { code message retryable backend field } steps { title state detail } undo { action input } "
    "resource { id name }"
)
PLAN_FIELDS = (
    "id hash action danger requires targets { kind name id } changes { target attribute before after } "
    "quota { service resource limit used after } dependants { kind name id } warnings undo "
    "projectId projectName actorId actorName input confirmation "
    "approval { role state byId byName at reason } expiresAt"
)
FOLLOW = f"subscription($id: ID!) {{ operation(id: $id) {{ {OPERATION_FIELDS} }} }}"
OPERATION = f"query($id: ID!) {{ operation(id: $id) {{ {OPERATION_FIELDS} }} }}"
APPLY = f"mutation($planId: ID!, $hash: String!) {{ it: apply(planId: $planId, hash: $hash) {{ {OPERATION_FIELDS} }} }}"
PLANNED = f"query($id: ID!) {{ it: planned(id: $id) {{ {PLAN_FIELDS} }} }}"
REPLAY = f"query($id: ID!) {{ it: replay(auditId: $id) {{ {PLAN_FIELDS} }} }}"
APPROVE = (
    f"mutation($planId: ID!, $hash: String!) {{ it: approvePlan(planId: $planId, hash: $hash) {{ {PLAN_FIELDS} }} }}"
)
REFUSE = (
    "mutation($planId: ID!, $hash: String!, $reason: String) "
    f"{{ it: refusePlan(planId: $planId, hash: $hash, reason: $reason) {{ {PLAN_FIELDS} }} }}"
)

# The same as people are shown them, like the documents of commands: without what only the bot asks for.
SHOWN_APPLY = "mutation($planId: ID!, $hash: String!) { apply(planId: $planId, hash: $hash) { id state } }"
SHOWN_APPROVE = "mutation($planId: ID!, $hash: String!) { approvePlan(planId: $planId, hash: $hash) { id hash } }"
SHOWN_REFUSE = (
    "mutation($planId: ID!, $hash: String!, $reason: String) "
    "{ refusePlan(planId: $planId, hash: $hash, reason: $reason) { id hash } }"
)

ENDED = frozenset({"SUCCEEDED", "FAILED"})
_MUTATION = re.compile(r"\$input:\s*(\w+)!.*?\{\s*(\w+)\s*\(", re.DOTALL)


def change(spec: CommandSpec) -> str:
    """The mutation of a command, answering the whole operation as `it`."""
    type_name, field = _parts(spec)
    return (
        f"mutation($input: {type_name}!, $idempotencyKey: String) "
        f"{{ it: {field}(input: $input, idempotencyKey: $idempotencyKey) {{ {OPERATION_FIELDS} }} }}"
    )


def plan(spec: CommandSpec) -> str:
    """The query of a command's plan, as `plan { it }`."""
    type_name, field = _parts(spec)
    return f"query($input: {type_name}!) {{ plan {{ it: {field}(input: $input) {{ {PLAN_FIELDS} }} }} }}"


def found(answer: Answer, *path: str) -> Any:
    """What stands at the path in the answer's data, or None."""
    value: Any = answer.data
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _parts(spec: CommandSpec) -> tuple[str, str]:
    match = _MUTATION.search(spec.document)
    if match is None:  # never, as long as the graph says `change` only of mutations
        raise ValueError(f"the document of `{spec.name}` is no mutation with an input")
    return match[1], match[2]
