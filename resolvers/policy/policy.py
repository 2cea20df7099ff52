"""The policy that is in force. Made by the composition root, asked as `resolvers/policy/__init__.py` says.

The file is looked at before each decision, and read again when it was changed. A changed file with a fault is told of and not used.
"""

import logging
from collections.abc import Collection

from resolvers.action import Danger
from resolvers.actor import Actor
from resolvers.errors import Denied
from resolvers.policy.decision import Confirmation, Decision
from resolvers.policy.matching import Match, Place, match, place_of
from resolvers.policy.rules import PolicyError, Rule, read
from resolvers.policy.settings import PolicySettings

log = logging.getLogger(__name__)

OPEN = ("http", "console")  # where the roles alone decide while there is no policy file
UNKNOWN = Place(None)


class Policy:
    """Without a file: over HTTP and on the console the roles decide, every chat platform is denied.

    With one: its first rule that matches, and nothing is allowed that no rule allows. `commands` are the names of all commands, so
    that a misspelled one in the file is found.
    """

    def __init__(self, settings: PolicySettings | None = None, commands: Collection[str] = ()) -> None:
        self._path = settings.file if settings is not None else None
        self._commands = commands
        self._rules: list[Rule] | None = None
        self._seen: object = None
        self._problem: str | None = None
        self._refresh()

    def problem(self) -> str | None:
        """What is wrong with the file; None when all is well. Then the rules of before are in force, or none when there were none."""
        self._refresh()
        return self._problem

    def decide(
        self,
        actor: Actor,
        command: str,
        project_id: str | None = None,
        project_name: str | None = None,
        danger: Danger | None = None,
    ) -> Decision:
        """`project_id` None: it is about no project, or about all that the caller sees; a rule for some projects allows none of it, and
        a rule against some denies it. `project_name` None: it was not read yet, so a rule that names projects is held against the
        caller. `danger` None: it only reads, and asks nobody for anything."""
        return self._decide(actor, command, Place(project_id, project_name), danger, least=Match.YES)

    def possible(self, actor: Actor, command: str, danger: Danger | None = None) -> Decision:
        """The decision while the project is not known: denied only when it would be in every project."""
        return self._decide(actor, command, UNKNOWN, danger, least=Match.MAYBE)

    def check_read(
        self, actor: Actor, command: str, project_id: str | None = None, project_name: str | None = None
    ) -> None:
        """Raises Denied."""
        self.check(self.decide(actor, command, project_id, project_name))

    def check_approval(self, actor: Actor, command: str, project_id: str | None, project_name: str | None) -> None:
        """Raises Denied where the command is allowed to nobody, or forbidden to this person. Who may ask is not who may approve."""
        self._refresh()
        if self._path is None:
            self.check(self._without_file(actor, None))
            return
        place = Place(project_id, project_name)
        for rule in self._rules or ():
            if rule.deny is not None and match(rule, actor, command, place) is not Match.NO:
                break
            if rule.allow is not None and match(rule, actor, command, place, anybody=True) is Match.YES:
                return
        raise Denied(
            f"Nobody may run `{command}` from `{place_of(actor.origin)}` on the project, so nobody may approve it there."
        )

    @staticmethod
    def check(decision: Decision) -> None:
        """Raises Denied with the decision's sentence when it denies."""
        if not decision.allowed:
            raise Denied(decision.sentence or "The policy does not allow this.")

    # -- own -----------------------------------------------------------------------------------------------------------

    def _decide(self, actor: Actor, command: str, place: Place, danger: Danger | None, least: Match) -> Decision:
        self._refresh()
        if self._path is None:
            return self._without_file(actor, danger)
        if self._rules is None:
            return Decision(allowed=False, sentence="Nothing is allowed while the policy file of 9rum can not be read.")
        for rule in self._rules:
            found = match(rule, actor, command, place)
            if rule.deny is not None and found > Match.YES - least:
                break
            if rule.allow is not None and found >= least:
                return _allowed(rule, danger)
        return Decision(allowed=False, sentence=self._refusal(actor, command, place, danger, least))

    def _refusal(self, actor: Actor, command: str, place: Place, danger: Danger | None, least: Match) -> str:
        where = place_of(actor.origin)
        if place.id is not None:
            unread = place.name is None and least is Match.YES
            if unread and self._decide(actor, command, place, danger, least=Match.MAYBE).allowed:
                return (
                    "The policy asks for the name of the project, which 9rum has not read yet; try again in a moment."
                )
            return f"The policy does not allow `{command}` from `{where}` on the project `{place.name or place.id}`."
        if least is Match.YES and self.possible(actor, command, danger).allowed:
            return f"The policy allows `{command}` from `{where}` in some projects only; say in which one."
        return f"The policy does not allow `{command}` from `{where}`."

    def _without_file(self, actor: Actor, danger: Danger | None) -> Decision:
        if actor.origin.kind in OPEN:
            return Decision(allowed=True, confirmation=_usual(danger))
        return Decision(
            allowed=False,
            sentence=f"Nothing is allowed from {actor.origin.kind} until a policy file says what: "
            "whoever runs 9rum writes one and names it in the setting `policy.file`.",
        )

    def _refresh(self) -> None:
        if self._path is None:
            return
        try:
            found = self._path.stat()
            seen: object = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            seen = "away"
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._rules = read(self._path, self._commands)
        except PolicyError as error:
            self._problem = str(error)
            kept = "the rules of before stay in force" if self._rules is not None else "nothing is allowed"
            log.error("policy: %s Until this is mended, %s.", error, kept)
            return
        self._problem = None
        log.info("policy: %d rules of %s are in force", len(self._rules), self._path)


def _allowed(rule: Rule, danger: Danger | None) -> Decision:
    if danger is None:
        return Decision(allowed=True)
    confirmation = rule.confirm if rule.confirm is not None else _usual(danger)
    return Decision(
        allowed=True, confirmation=confirmation, approval_role=rule.approval.role if rule.approval else None
    )


def _usual(danger: Danger | None) -> Confirmation:
    return Confirmation.NONE if danger in (None, Danger.LOW) else Confirmation.BUTTON
