"""Trusts of people for 9rum's own account (Keystone's OS-TRUST): made as the person, used and deleted without the person.

Called by `identity/openstack.py`. The account needs a password of its own: Keystone lets no application credential make tokens of trusts.
Tokens are not kept here; what is kept of a person is a trust's id, by the caller.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from resolvers.actor import Credential
from resolvers.clients import openstack_errors as errors
from resolvers.clients.openstack_account import Account
from resolvers.clients.openstack_http import Http
from resolvers.clients.openstack_people import People
from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, NotFound, Unauthenticated

TRUSTS: Final = "/OS-TRUST/trusts"
SERVICE: Final = "identity"
BY_GROUPS: Final = (
    "What your organisation's login gives you by its groups can not be delegated; ask an operator for the role itself."
)
# A token that is made of another one ends with that one, so the own one is renewed when too little of it is left.
LEAST_LIFE: Final = timedelta(minutes=10)


class TrustBody(msgspec.Struct):
    id: str
    trustee_user_id: str


class _Answer(msgspec.Struct):
    trust: TrustBody


_DECODER: Final = msgspec.json.Decoder(_Answer)


class Trusts:
    """`deadline`: seconds for each call."""

    def __init__(self, account: Account, people: People, http: Http, clock: Clock, deadline: float) -> None:
        self._account = account
        self._people = people
        self._http = http
        self._clock = clock
        self._deadline = deadline

    async def create(self, token: str, project: str, roles: Collection[str], expires_at: datetime) -> str:
        """The id of the new trust. Denied when the person lacks one of the roles, or Keystone lets no such token make trusts."""
        body = await self._people.describe(token)
        scoped = await self._people.token(Credential(token, project))
        trust = {
            "trustor_user_id": body.user.id,
            "trustee_user_id": await self._account.user_id(),
            "project_id": project,
            "roles": [{"name": role} for role in sorted(roles)],
            "impersonation": True,
            "allow_redelegation": False,
            "expires_at": expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        async with self._http.within(SERVICE, self._deadline):
            url = (await self._account.endpoint(SERVICE)).address(TRUSTS)
            try:
                answer = await self._http.request(
                    SERVICE, "POST", url, headers={"X-Auth-Token": scoped}, json={"trust": trust}
                )
            except NotFound as error:  # of all that is named here, only a role can be missing
                why = BY_GROUPS if body.user.groups else "You do not have every one of these roles on this project."
                raise self._denied(why, error) from error
            except Denied as error:
                if not body.restricted:
                    raise
                why = "An application credential may not delegate roles; sign in with your password."
                raise self._denied(why, error) from error
        return self._http.decode(SERVICE, answer.body, _DECODER).trust.id

    async def token(self, trust_id: str) -> tuple[str, datetime]:
        """NotFound when the trust is gone; Denied when its person lost one of its roles or was disabled, or the project was."""
        scope = {"OS-TRUST:trust": {"id": trust_id}}
        renewed = False
        while True:
            own = await self._account.token()
            try:
                token, body = await self._people.log_in(
                    {"identity": {"methods": ["token"], "token": {"id": own}}, "scope": scope}
                )
            except (Denied, NotFound, Unauthenticated) as error:
                why = await self._why_refused(trust_id, error)
                if renewed or why is not None:
                    # An own token that is new is good, so what is refused is the project.
                    raise (why or self._denied("The project is disabled.", error)) from error
            else:
                if renewed or body.expires_at - self._clock.now() > LEAST_LIFE:
                    return token, body.expires_at
            await self._account.renew(own)
            renewed = True

    async def delete(self, trust_id: str) -> None:
        """As 9rum's own account where policy lets it (the role admin), else as the person, by the trust itself."""
        async with self._http.within(SERVICE, self._deadline):
            try:
                await self._account.send(SERVICE, "DELETE", _address(trust_id))
                return
            except NotFound:
                return
            except Denied as error:
                refused = errors.of_own_account(self._http.backend, SERVICE, error)
        try:
            token, _ = await self.token(trust_id)
        except NotFound:
            return
        except Denied as error:
            raise refused from error
        async with self._http.within(SERVICE, self._deadline):
            url = (await self._account.endpoint(SERVICE)).address(_address(trust_id))
            try:
                await self._http.request(SERVICE, "DELETE", url, headers={"X-Auth-Token": token})
            except (NotFound, Unauthenticated):
                return

    async def _why_refused(self, trust_id: str, error: GurumError) -> GurumError | None:
        """None when the trust stands, and a new own token is to be tried.

        Keystone answers 401 for a trust that is gone, a disabled project, and an own token that was revoked; 403 for a person without the
        role, a trust of another account, and an own account that may use none.
        """
        async with self._http.within(SERVICE, self._deadline):
            try:
                answer = await self._account.send(SERVICE, "GET", _address(trust_id))
            except NotFound as gone:
                return gone
            except GurumError as other:
                return errors.of_own_account(self._http.backend, SERVICE, other)
            trust = self._http.decode(SERVICE, answer.body, _DECODER).trust
            if trust.trustee_user_id != await self._account.user_id():
                return NotFound("The trust was made for another account of 9rum.", backend=self._http.backend)
        if isinstance(error, Unauthenticated):
            return None
        return self._denied("The person lost a role that the trust delegates, or was disabled.", error)

    def _denied(self, message: str, error: GurumError) -> Denied:
        return Denied(message, backend=self._http.backend, request_id=error.request_id)


def _address(trust_id: str) -> str:
    if not trust_id.isalnum():
        raise NotFound("There is no trust with such an id.")
    return f"{TRUSTS}/{trust_id}"
