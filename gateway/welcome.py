"""What `9rum serve` prints when it is ready: the address, and for a sandbox cloud the people to sign in as and a first query.

A process of the role `bot` serves none of that, and says how to ask it whether it is well.
"""

import json

from gateway.console.build import DIST as CONSOLE_DIST
from gateway.explorer.build import DIST
from gateway.roles import Role
from gateway.settings import Settings
from gateway.transport import PATH
from resolvers.sandbox.settings import SandboxSettings

QUERY = (
    "{ servers(first: 3) { totalCount freshness { source asOf }"
    " nodes { name status project { name } image { name } addresses { ip } } } }"
)


def welcome(settings: Settings, role: Role = Role.ALL) -> str:
    if role is Role.BOT:
        return f"\n9rum is ready: it answers in chat. /readyz and /metrics are on port {settings.http.port}.\n\n"
    base = settings.public_url
    lines = [f"9rum is ready: {base}{PATH}"]
    if (CONSOLE_DIST / "index.html").is_file():
        lines.append(f"Console page:   {base}/")
    if (DIST / "index.html").is_file():
        lines.append(f"Explorer page:  {base}/explorer")
    identity = next(cloud for cloud in settings.clouds if cloud.name == settings.identity_cloud)
    if isinstance(identity, SandboxSettings):
        lines += _demo(base, identity.name)
    return "\n".join(["", *lines, "", ""])


def _demo(base: str, cloud: str) -> list[str]:
    """Only for a sandbox: its people and their passwords are known to everybody."""
    from resolvers.sandbox.seed import demo_people

    people = demo_people()
    width = max(len(person.name) for person in people)
    secret = max(len(person.password) for person in people)
    first = people[0]
    sign_in = json.dumps({"user": first.name, "password": first.password})
    return [
        "",
        f"The cloud `{cloud}` is a sandbox. Its people:",
        *(f"  {person.name:{width}}  password {person.password:{secret}}  {person.note}" for person in people),
        "",
        "A first query:",
        f"  curl -s -c 9rum.cookies {base}/session -H 'content-type: application/json' -d '{sign_in}'",
        f"  curl -s -b 9rum.cookies {base}{PATH} -H 'content-type: application/json' \\",
        f"    -d '{json.dumps({'query': QUERY})}'",
    ]
