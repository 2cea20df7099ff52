"""The policy that is in force. Made by the composition root, asked as `resolvers/policy/__init__.py` says."""

from resolvers.action import Danger
from resolvers.actor import Actor
from resolvers.policy.decision import Confirmation, Decision

OPEN = ("http", "console")  # where the roles alone decide while there is no policy file


class Policy:
    """Without a file: over HTTP and on the console the roles decide, every chat platform is denied."""

    def decide(
        self,
        actor: Actor,
        command: str,
        project_id: str | None = None,
        project_name: str | None = None,
        danger: Danger = Danger.LOW,
    ) -> Decision:
        """`project_id` None: not known yet; then what might be allowed in some project is."""
        if actor.origin.kind not in OPEN:
            return Decision(
                allowed=False,
                sentence=f"Nothing is allowed from {actor.origin.kind} until a policy file says so: "
                "ask whoever runs 9rum to write one and to name it in `policy.file`.",
            )
        return Decision(allowed=True, confirmation=Confirmation.NONE if danger is Danger.LOW else Confirmation.BUTTON)
