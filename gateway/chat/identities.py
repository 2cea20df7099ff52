"""`bot.ports.Identities`: Keystone's trusts and the names of projects, for linked chat accounts. Made by `gateway/app.py`.

Errors of the cloud become the three that the bot tells apart.
"""

import logging
from collections.abc import Sequence

from bot.ports import IdentityAway, RoleGone, TrustGone, TrustToken
from gateway.auth import Authenticator
from gateway.directory import Directory
from resolvers.actor import Origin
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated

log = logging.getLogger("gurum.people")


class KeystoneIdentities:
    def __init__(self, authenticator: Authenticator, directory: Directory) -> None:
        self._authenticator = authenticator
        self._port = authenticator.port
        self._directory = directory

    async def trust_token(self, trust_id: str) -> TrustToken:
        try:
            token, expires_at = await self._port.trust_token(trust_id)
        except NotFound as error:
            raise TrustGone(error.message) from error
        except Denied as error:
            raise RoleGone(error.message) from error
        except GurumError as error:
            raise _away(error) from error
        return TrustToken(token, expires_at)

    async def delete_trust(self, trust_id: str) -> None:
        try:
            await self._port.delete_trust(trust_id)
        except GurumError as error:
            raise _away(error) from error

    def project_name(self, project_id: str) -> str:
        (found,) = self._directory.named([project_id])
        return found["name"]

    async def projects(self, token: str, name: str) -> Sequence[tuple[str, str]]:
        try:
            actor = await self._authenticator.actor_of(token, None, Origin("chat"))
        except Unauthenticated as error:
            raise TrustGone(error.message) from error
        except GurumError as error:
            raise _away(error) from error
        return [
            (found["id"], found["name"])
            for found in self._directory.called(name)
            if actor is not None and actor.sees(found["id"])
        ]


def _away(error: GurumError) -> IdentityAway:
    log.warning("Keystone could not be asked about a trust: %s", error.message)
    return IdentityAway(error.message)
