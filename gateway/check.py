"""`9rum check`: connects to the store and to every cloud, and says in plain words what works, what does not, and how to mend it.

Called by `gateway/__main__.py`. What is tried at a cloud is each adapter's own `check`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TextIO

from redis.exceptions import RedisError

from gateway.chat.wiring import platform_of
from gateway.clouds import Clouds
from gateway.documents import TrustedDocumentError
from gateway.embedded import FolderInUse
from gateway.logs import redact_text
from gateway.metrics import Metrics
from gateway.request import RequestContext, RequestFacts
from gateway.schema import build_schema
from gateway.secret import OTHER_KEY, differs, secret_key
from gateway.settings import Settings
from gateway.store import Store, StoreError
from gateway.transport import build_transport
from resolvers import DOMAINS
from resolvers.backends import BackendSettings
from resolvers.checks import CheckResult
from resolvers.clock import Clock
from resolvers.errors import GurumError, Unauthenticated
from resolvers.graph.schema import command_names
from resolvers.policy import Policy

SECONDS = 60.0  # for all checks of one domain of one cloud
MEND_SLOW = "Look whether the cloud is overloaded, and whether this machine reaches it."


async def check(settings: Settings, out: TextIO) -> int:
    """The exit status: 0 when everything works. Raises SettingsError for a key that is none."""
    results = [CheckResult("settings", True, "The settings can be read.")]
    key = secret_key(settings)
    async with _store(settings, results) as redis:
        if redis is not None and await differs(redis, key):
            results.append(CheckResult("key", False, OTHER_KEY, "Copy the key of the others, or use another store."))
        if settings.graphql.documents.trusted is not None:
            results.append(_documents(settings))
        results.append(_policy(settings))
        _print(out, "9rum", results)
        for chosen in settings.bot.platforms:
            found = [await _platform(chosen)]
            _print(out, chosen.platform, found)
            results += found
        for cloud in settings.clouds:
            found = await _cloud(settings, cloud, redis)
            _print(out, cloud.name, found)
            results += found
    failed = sum(not result.ok for result in results)
    out.write(f"\n{failed} of {len(results)} checks failed.\n" if failed else f"\nAll {len(results)} checks passed.\n")
    return 1 if failed else 0


@asynccontextmanager
async def _store(settings: Settings, results: list[CheckResult]) -> AsyncIterator[Any]:
    """The store's client, or None; the clouds are checked either way."""
    store = Store(settings.store)
    try:
        await store.open()
    except FolderInUse as error:
        results.append(CheckResult("store", True, f"The store is open in a running 9rum (process {error.pid})."))
        yield None
        return
    except StoreError as error:
        mend = "Start the Redis, or correct `store.url`." if settings.store.url else "Mend or change `store.folder`."
        results.append(CheckResult("store", False, str(error), mend))
        yield None
        return
    try:
        results.append(
            await _kept(store) if settings.store.url else CheckResult("store", True, f"{store.place} answers.")
        )
        yield store.redis
    finally:
        await store.close()


async def _kept(store: Store) -> CheckResult:
    """Whether a store of somebody else keeps what it is given: operations, links and the audit log are in no other place."""
    try:
        told: dict[str, Any] = await store.redis.info("everything")
    except RedisError:  # not everybody may ask
        told = {}
    if told.get("redis_mode") == "cluster":
        return CheckResult(
            "store",
            False,
            f"{store.place} is a cluster, which 9rum does not serve.",
            "Name a single server in `store.url`.",
        )
    policy = told.get("maxmemory_policy", "noeviction")
    if told.get("maxmemory") and policy != "noeviction":
        said = (
            f"{store.place} throws keys away when it is full (`maxmemory-policy {policy}`), such as running operations."
        )
        return CheckResult("store", False, said, "Set its `maxmemory-policy` to `noeviction`.")
    mend = (
        "It writes no append-only file: what came after its last snapshot is lost when it crashes (`appendonly yes`)."
    )
    return CheckResult("store", True, f"{store.place} answers.", mend if told.get("aof_enabled") == 0 else "")


def _documents(settings: Settings) -> CheckResult:
    """As the start does it, because only the schema tells which documents fit."""
    try:
        build_transport(build_schema(DOMAINS), _nobody, settings.graphql, Metrics())
    except TrustedDocumentError as error:
        mend = "Correct the files, or `graphql.documents.trusted`."
        return CheckResult("documents", False, str(error), mend)
    return CheckResult("documents", True, "The trusted documents fit the schema.")


async def _nobody(facts: RequestFacts) -> RequestContext:
    raise Unauthenticated("Nobody asks while 9rum is checked.")


def _policy(settings: Settings) -> CheckResult:
    problem = Policy(settings.policy, command_names(DOMAINS)).problem()
    if problem is not None:
        return CheckResult("policy", False, problem, "Correct the file; what it does not allow is denied.")
    if settings.policy.file is None and settings.bot.platforms:
        mend = "Write a policy file and name it in `policy.file`."
        return CheckResult("policy", False, "There is no policy file, so nothing is allowed from chat systems.", mend)
    return CheckResult("policy", True, "The policy can be read." if settings.policy.file else "The roles alone decide.")


async def _platform(chosen: Any) -> CheckResult:
    name = chosen.platform
    try:
        async with asyncio.timeout(SECONDS):
            problem = await platform_of(chosen, Clock()).check()
    except TimeoutError:
        problem = f"{name} did not answer within {SECONDS:g} s."
    if problem is not None:
        return CheckResult(name, False, problem, f"Compare the settings `bot.platforms` with docs/{name}.md.")
    return CheckResult(name, True, f"{name} takes the tokens.")


async def _cloud(settings: Settings, cloud: BackendSettings, redis: Any) -> list[CheckResult]:
    if cloud.backend == "sandbox":
        said = f"`{cloud.name}` is a sandbox, a part of 9rum: there is nothing to connect to."
        mend = "Let one process alone serve it: others on this store would not see what becomes of it."
        return [CheckResult("sandbox", True, said, mend if settings.store.url else "")]
    # One cloud alone, so that one that can not even be opened does not hide the others.
    identity = settings.identity.model_copy(update={"cloud": settings.identity_cloud})
    alone = settings.model_copy(update={"clouds": [cloud], "identity": identity})
    try:
        async with asyncio.timeout(SECONDS):
            clouds = await Clouds.open(alone, DOMAINS, redis, Clock())
    except (GurumError, TimeoutError) as error:
        return [_failed(cloud.name, error)]
    try:
        ports = [(domain, by_cloud[cloud.name]) for domain, by_cloud in clouds.ports.items() if cloud.name in by_cloud]
        found = await asyncio.gather(*(_domain(cloud.name, domain, port) for domain, port in ports))
    finally:
        await clouds.close()
    return [result for results in found for result in results]


async def _domain(cloud: str, domain: str, port: Any) -> Sequence[CheckResult]:
    try:
        async with asyncio.timeout(SECONDS):
            results: Sequence[CheckResult] = await port.check()
            return results
    except Exception as error:  # whatever breaks in one adapter, the others are told too
        return [_failed(f"{cloud} {domain}", error)]


def _failed(name: str, error: Exception) -> CheckResult:
    if isinstance(error, GurumError):
        return CheckResult(name, False, error.message)
    if isinstance(error, TimeoutError):
        return CheckResult(name, False, f"{name} did not answer within {SECONDS:g} s.", MEND_SLOW)
    return CheckResult(
        name, False, f"The check of {name} itself broke: {type(error).__name__}: {redact_text(str(error))}"
    )


def _print(out: TextIO, title: str, results: Sequence[CheckResult]) -> None:
    out.write(f"{title}\n")
    for result in results:
        out.write(f"  {'ok  ' if result.ok else 'FAIL'}  {result.sentence}\n")
        if result.mend:
            out.write(f"        {result.mend}\n")
