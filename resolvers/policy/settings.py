"""The settings of the policy. Joined in `gateway/settings.py`."""

from pathlib import Path

from pydantic import Field

from resolvers.settings import Section


class PolicySettings(Section):
    file: Path | None = Field(
        None,
        description="File of rules about who may run what from where. Without one, HTTP and the console are open to what the roles "
        "allow, and every chat platform is denied.",
    )
