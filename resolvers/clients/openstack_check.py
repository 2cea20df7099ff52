"""What `9rum check` tries at one OpenStack cloud, and how to mend what does not work; and whether 9rum's own account sees all projects.

Made by `openstack.py`, asked by the `check` of the adapters. What check says is for the operator's terminal, addresses included.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec

from resolvers.checks import CheckResult
from resolvers.clients import openstack_errors as errors
from resolvers.clients.openstack_account import Account, Standing
from resolvers.clients.openstack_http import Http, Params
from resolvers.clients.openstack_settings import Deadlines
from resolvers.errors import Denied, GurumError, Invalid, NotFound, RateLimited, TimedOut, Unauthenticated, Unavailable

Get = Callable[..., Awaitable[bytes]]

MOST_BEHIND: Final = timedelta(seconds=60)  # tokens live an hour; a clock that is minutes off has a reason that grows
LOOKED_AT: Final = 200  # rows in which something of another project is looked for
# Without these a cloud is one all the same, and what they offer is not there in 9rum.
OPTIONAL: Final = frozenset({"image", "block-storage"})
GIVE_ADMIN: Final = "Give 9rum's account the role `admin` on a project (or the rights of docs/configuration.md)."
ENDING_LOGINS: Final = ("token", "v3token", "v2token", "v3oidcaccesstoken", "v3oidcauthcode")
_ANY: Final = msgspec.json.Decoder(msgspec.Raw)


class _Cut(msgspec.Struct):
    truncated: bool = False


_CUT: Final = msgspec.json.Decoder(_Cut)
_ROWS: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Breadth:
    """A list in which something of another project is looked for. Services narrow their lists to the own project of whoever may not see
    all, and say nothing of it, so that 9rum would show a cloud with nothing in it. `owner` is the project of each row under `key`."""

    service: str
    what: str
    path: str
    params: Params
    key: str
    owner: str


class Checks:
    """`get` reads as 9rum's own account."""

    def __init__(self, account: Account, http: Http, get: Get, deadlines: Deadlines) -> None:
        self._account = account
        self._http = http
        self._get = get
        self._deadline, self._page_deadline = deadlines.read, deadlines.page

    async def service(
        self, service: str, path: str, params: Params | None = None, *, microversion: str | None = None
    ) -> CheckResult:
        """Whether a service is reached and lets 9rum's own account read `path`: a list over all projects that costs little."""
        name, asked = errors.title(self._http.backend, service), "identity"
        try:
            async with self._http.within(asked, self._deadline):
                await self._account.token()
            asked = service
            body = await self._get(service, path, params, microversion=microversion)
            self._http.decode(service, body, _ANY)
            endpoint = await self._account.endpoint(service)
        except errors.NotOffered as error:
            return CheckResult(name, service in OPTIONAL, error.message, _mend_not_offered(service), offered=False)
        except GurumError as error:
            mend = self._mend(error, asked)
            return CheckResult(name, False, error.message, mend)
        behind = self._http.behind(service)
        if abs(behind) > MOST_BEHIND:
            how = f"{abs(behind.total_seconds()):.0f} s {'behind' if behind > timedelta() else 'ahead of'}"
            mend = (
                "Let both machines take the time from the same servers (NTP); tokens and lists of changes depend on it."
            )
            return CheckResult(name, False, f"The clock of {name} is {how} that of this machine.", mend)
        return CheckResult(name, True, f"{name} answers, API {endpoint.version}, and 9rum's own account may read it.")

    async def may_read(
        self,
        service: str,
        what: str,
        policy: str,
        path: str,
        params: Params,
        *,
        microversion: str | None = None,
        get: Get | None = None,
    ) -> Sequence[CheckResult]:
        """Nothing when it may. `what` is what people would miss."""
        name = errors.title(self._http.backend, service)
        try:
            await (get or self._get)(service, path, params, microversion=microversion)
        except NotFound:
            return ()
        except GurumError as error:
            if not errors.refused_to_own_account(error):
                return (CheckResult(name, False, f"{what}: {error.message}", self._mend(error, service)),)
            mend = f"{GIVE_ADMIN} The policy is `{policy}`."
            return (CheckResult(name, False, f"{name} does not let 9rum's own account read its {what}.", mend),)
        return ()

    async def whole(self, service: str, what: str, policy: str, path: str, params: Params) -> Sequence[CheckResult]:
        """As `may_read`, of a list that Keystone may cut without pages: what is missing then, nobody can ask for."""
        cut = False

        async def get(*args: Any, **kwargs: Any) -> bytes:
            nonlocal cut
            body = await self._get(*args, **kwargs, deadline=self._page_deadline)
            cut = bool(self._http.decode(service, body, _CUT).truncated)
            return body

        found = await self.may_read(service, what, policy, path, params, get=get)
        if not cut:
            return found
        name = errors.title(self._http.backend, service)
        return (
            CheckResult(
                name,
                False,
                f"{name} cuts its list of {what}; 9rum does not see the rest.",
                "Raise `list_limit` in keystone.conf: in [DEFAULT], in [identity] and [resource], and in the files of domains.",
            ),
        )

    async def sees_all(self, rows: Breadth) -> Sequence[CheckResult]:
        """Nothing when it does."""
        name = errors.title(self._http.backend, rows.service)
        try:
            narrow = await self._narrow(rows)
        except GurumError as error:
            return (CheckResult(name, False, f"{rows.what}: {error.message}", self._mend(error, rows.service)),)
        if not narrow:
            return ()
        sentence = f"{name} shows 9rum's own account {rows.what} of its own project alone."
        return (CheckResult(name, False, sentence, f"{GIVE_ADMIN} If there is nothing else yet, all is well."),)

    async def require_all(self, rows: Breadth, project: str) -> None:
        """Unavailable where what a list of this project lacks may be there all the same: who made it a second time would double it."""
        if project != (await self._account.standing()).project_id and await self._narrow(rows):
            name = errors.title(self._http.backend, rows.service)
            raise Unavailable(
                f"{name} shows 9rum's own account {rows.what} of its own project alone, so whether this was made is not known.",
                backend=self._http.backend,
            )

    async def _narrow(self, rows: Breadth) -> bool:
        standing = await self._account.standing()
        if "admin" in standing.roles:
            return False
        body = await self._get(rows.service, rows.path, {**rows.params, "limit": LOOKED_AT})
        found = self._http.decode(rows.service, body, _ROWS).get(rows.key) or []
        return all(row.get(rows.owner) in (None, "", standing.project_id) for row in found)

    async def account(self) -> CheckResult:
        """How 9rum's own account is signed in. Raises what the login does."""
        standing = await self._account.standing()
        name, sentence = f"{self._http.backend} account", _described(standing)
        if standing.project_id is None:
            mend = (
                "Name a project in the entry of clouds.yaml (`project_name`, `project_domain_name`) in the place of `system_scope` or"
                " a domain: Nova and Glance refuse those."
            )
            return CheckResult(name, False, sentence, mend)
        kind = str(self._account.region.config.get("auth_type") or "")
        if kind in ENDING_LOGINS:
            mend = "Use a password or an application credential in clouds.yaml: with a token alone, 9rum can get no other when it ends."
            return CheckResult(name, False, f"{sentence} Its token ends at {standing.ends:%Y-%m-%d %H:%M} UTC.", mend)
        if kind == "v3applicationcredential":
            mend = "People can not link chat accounts: Keystone makes no tokens of trusts for it. For that, use a user's password."
            return CheckResult(name, True, f"{sentence} It is an application credential.", mend)
        return CheckResult(name, True, sentence)

    def _mend(self, error: GurumError, service: str) -> str:
        """What an operator can do. The address is for the operator's terminal only, so it stands here and not in the error."""
        name, address = errors.title(self._http.backend, service), self._account.known_address(service)
        where = f" at {address}" if address else ""
        if isinstance(error.__cause__, Denied):
            return GIVE_ADMIN
        if isinstance(error.__cause__, Unauthenticated | Invalid | NotFound):
            said = "" if isinstance(error.__cause__, Unauthenticated) else f" Keystone says: {error.__cause__.message}"
            return f"Correct address, user, password and domain of the entry in clouds.yaml; try it with `openstack token issue`.{said}"
        if isinstance(error, errors.SeveralRegions):
            return "Set `region` of this cloud in 9rum's settings, or `region_name` of its entry in clouds.yaml."
        if isinstance(error, errors.ProxyFailed):
            return "Correct HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment that 9rum runs in."
        if isinstance(error, errors.Untrusted):
            return f"Look whose certificate the service{where} shows; with `verify: false` none is checked."
        if isinstance(error, RateLimited):
            return "Let 9rum's account, or the address of this machine, send more requests; or raise the `intervals` of this cloud."
        if isinstance(error, TimedOut):
            return f"Look whether {name} is overloaded{where}, or raise `deadlines` of this cloud."
        return f"Look whether {name} runs{where}, and whether this machine reaches it."


def _mend_not_offered(service: str) -> str:
    compare = "compare `region` and `interface` of this cloud with `openstack catalog list`"
    if service in OPTIONAL:
        return f"9rum then offers nothing of it. If the cloud has it, {compare}."
    return f"{compare[0].upper()}{compare[1:]}."


def _described(standing: Standing) -> str:
    place = f"on the project `{standing.project}`" if standing.project_id else f"without a project ({standing.scope})"
    roles = ", ".join(f"`{role}`" for role in sorted(standing.roles)) or "no role"
    return f"9rum's own account `{standing.user}` is signed in {place} with {roles}."
