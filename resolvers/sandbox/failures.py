"""Failures on demand: what a call to the sandbox meets before it does anything.

Set by the settings (`failures: {server.create: 0.1}`, a share of calls) and at run time by `World.fail`, which tests and demos use.
A call is known by its domain (`compute`) and its operation (`server.create`); both are accepted wherever a failure is set.
`OPERATIONS` is the hand-written list of them; a test compares it with what the adapters call.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from resolvers.clock import Clock
from resolvers.errors import Denied, GurumError, Invalid, TimedOut, Unavailable
from resolvers.sandbox.records import KEPT

OPERATIONS: Final[dict[str, str]] = {
    "identity": "token.create token.show token.delete trust.create trust.delete",
    "compute": "server.create server.delete server.start server.stop server.reboot_soft server.reboot_hard server.pause"
    " server.unpause server.suspend server.resume server.shelve server.unshelve server.lock server.unlock"
    " server.confirm_resize server.revert_resize server.resize server.rebuild server.snapshot server.rename"
    " server.set_metadata server.set_tags server.attach_volume server.detach_volume server.attach_interface"
    " server.detach_interface server.add_security_group server.remove_security_group server.console_log server.console"
    " server.history server.interfaces keypair.create keypair.delete server_group.create server_group.delete flavor.create flavor.delete"
    " quota.show",
    "image": "image.create image.import image.upload image.delete image.share image.unshare image.update",
    "volume": "volume.create volume.delete volume.extend volume.update snapshot.create snapshot.delete backup.create"
    " backup.restore backup.delete transfer.create transfer.accept transfer.delete quota.show",
    "network": "network.create network.update network.delete subnet.create subnet.delete subnet_pool.create"
    " subnet_pool.delete router.create router.update router.set_gateway router.add_interface router.remove_interface"
    " router.delete port.create port.update port.delete floating_ip.create floating_ip.associate floating_ip.delete"
    " security_group.create security_group.update security_group.delete security_group_rule.create"
    " security_group_rule.delete quota.show",
}
LISTS: Final = frozenset(f"{kind}.list" for kind in KEPT)  # what feeds read
KNOWN: Final = frozenset(OPERATIONS) | LISTS | {name for names in OPERATIONS.values() for name in names.split()}
FailureKind = Literal["down", "slow", "error500", "reject"]
READ_DEADLINE, WRITE_DEADLINE = 5.0, 30.0  # seconds; the same as the OpenStack adapters have by default


@dataclass
class Failure:
    """`seconds` is how late a slow backend answers, None for never. `times` is how many more calls fail, None for all."""

    kind: FailureKind
    seconds: float | None = None
    times: int | None = None


class Failures:
    def __init__(self, cloud: str, shares: Mapping[str, float], clock: Clock, rng: random.Random) -> None:
        self._cloud = cloud
        self._shares = shares
        self._clock = clock
        self._rng = rng
        self._set: dict[str, Failure] = {}
        for what in shares:
            self._check(what)

    def set(self, what: str, failure: Failure) -> None:
        """Raises Invalid when there is no such domain or operation."""
        self._check(what)
        self._set[what] = failure

    def end(self, what: str | None = None) -> None:
        """End the failure of a domain or operation, or all of them."""
        if what is None:
            self._set.clear()
        self._set.pop(what or "", None)

    async def meet(self, domain: str, operation: str, deadline: float) -> None:
        """Return when the call may go on. Raises what the caller of a failing backend would get."""
        for what in (operation, domain):
            share = self._shares.get(what, 0.0)
            if share and self._rng.random() < share:
                raise self._error(Failure("error500"), domain, operation)
            failure = self._set.get(what)
            if failure is None or failure.times == 0:
                continue
            if failure.times is not None:
                failure.times -= 1
            if failure.kind == "slow":
                await self._wait(failure.seconds, domain, deadline)
            else:
                raise self._error(failure, domain, operation)

    def _check(self, what: str) -> None:
        if what not in KNOWN:
            raise Invalid(
                f"The sandbox {self._cloud} can not let `{what}` fail; name a domain ({', '.join(OPERATIONS)})"
                " or an operation such as `server.create`.",
                field="failures",
            )

    async def _wait(self, seconds: float | None, domain: str, deadline: float) -> None:
        if seconds is not None and seconds < deadline:
            await self._clock.sleep(seconds)
            return
        await self._clock.sleep(deadline)
        raise TimedOut(f"{self._cloud} ({domain}) did not answer within {deadline:g} s.", backend=self._cloud)

    def _error(self, failure: Failure, domain: str, operation: str) -> GurumError:
        if failure.kind == "down":
            return Unavailable(f"{self._cloud} ({domain}) does not answer: it seems to be down.", backend=self._cloud)
        if failure.kind == "reject":
            return Denied(f"The policy of {self._cloud} does not allow `{operation}`.", backend=self._cloud)
        return Unavailable(f"{self._cloud} ({domain}) answered `{operation}` with an inner error.", backend=self._cloud)
