"""Keypairs of the caller: `keypair.create` (import of a public key) and `keypair.delete`. Listed in `__init__`.

Nova makes no private keys any more (microversion 2.92), and 9rum never did: a secret that is not made can not leak.
"""

import re

import strawberry

from resolvers import ids
from resolvers.action import Action, Danger, Plan, Target
from resolvers.actor import READER
from resolvers.context import Context
from resolvers.errors import Conflict, Invalid, NotFound
from resolvers.operations.run import Run
from resolvers.planning import (
    any_project,
    changed,
    checked_name,
    cloud_for,
    cloud_of,
    described,
    known,
    native,
    not_a_step,
    require,
    required,
    target,
)

PUBLIC_KEY = re.compile(r"(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-\S+) [A-Za-z0-9+/=]{40,}( [^\r\n]*)?\Z")
NAME = re.compile(r"[A-Za-z0-9 _@.-]{1,255}\Z")


@strawberry.input
class KeypairCreateInput:
    name: str = required("Its name: letters, digits, spaces and _ - @ .")
    public_key: str = required("The public key, as in ~/.ssh/id_ed25519.pub.")
    cloud: str | None = described("Cloud; the first one when left out.")


async def _plan_create(context: Context, given: KeypairCreateInput) -> Plan:
    name = not_a_step(checked_name(given.name), "name")
    if NAME.match(name) is None:
        raise Invalid("`name` may have letters, digits, spaces and _ - @ . only.", field="name")
    key = given.public_key.strip()
    if PUBLIC_KEY.match(key) is None:
        hint = " This looks like a private key: keep it to yourself." if "PRIVATE KEY" in key else ""
        raise Invalid(
            f"`publicKey` is not an OpenSSH public key such as `ssh-ed25519 AAAA... you@host`.{hint}", field="publicKey"
        )
    cloud = cloud_for(context, "compute", given.cloud)
    own = context.inventory.related(context.actor, "keypair", "user_id", context.actor.user_id)
    require(all(row.name != name or row.cloud != cloud for row in own), f"You have a keypair named `{name}` already.")
    return Plan(
        project_id=any_project(context).id,
        targets=[Target("keypair", name)],
        args={"cloud": cloud, "name": name, "public_key": key, "user": context.actor.user_id},
        changes=[changed(name, "keypair", None, key.split(" ", 1)[0])],
        undo="keypair.delete",
        personal=True,
    )


async def _run_create(run: Run) -> None:
    args = run.args
    port = run.port("compute", args["cloud"])
    await run.once(
        "create",
        "Import the key",
        lambda: port.create_keypair(run.credential, args["name"], args["public_key"]),
        already=Conflict,
    )
    keypair = ids.make("keypair", args["cloud"], f"{native(args['user'])}/{args['name']}")
    await run.resource(keypair)
    await run.reread(keypair)


@strawberry.input
class KeypairDeleteInput:
    keypair: str = required("Name or id of your keypair.")


async def _plan_delete(context: Context, given: KeypairDeleteInput) -> Plan:
    row = known(context, "keypair", given.keypair)
    users = [
        server
        for server in context.inventory.related(context.actor, "server", "key_name", row.name)
        if server.user_id == row.user_id and server.cloud == row.cloud
    ]
    return Plan(
        project_id=any_project(context).id,
        targets=[target(row)],
        args={"keypair": row.id, "name": row.name},
        changes=[changed(row.name, "keypair", row.fingerprint, None)],
        dependants=[target(server) for server in users],
        warnings=["Servers that were made with it keep letting it in."] if users else [],
        personal=True,
    )


async def _run_delete(run: Run) -> None:
    keypair = run.args["keypair"]
    port = run.port("compute", cloud_of(keypair))
    await run.once(
        "request",
        "Delete the key",
        lambda: port.delete_keypair(run.credential, run.args["name"]),
        already=NotFound,
    )
    await run.until_gone("gone", "Wait until it is gone", keypair, lambda row: None)


ACTIONS = (
    Action(
        name="keypair.create",
        summary="Import a public key.",
        input=KeypairCreateInput,
        plan=_plan_create,
        run=_run_create,
        role=READER,
        positional=("name",),
        secret=frozenset({"public_key"}),  # people paste the private one by mistake, and what is stored stays
        undo=lambda record: ("keypair.delete", {"keypair": record.resource_ids[0]}),
    ),
    Action(
        name="keypair.delete",
        summary="Delete a keypair of yours.",
        input=KeypairDeleteInput,
        plan=_plan_delete,
        run=_run_delete,
        danger=Danger.HIGH,
        role=READER,
        positional=("keypair",),
        choices={"keypair": "keypair"},
    ),
)
