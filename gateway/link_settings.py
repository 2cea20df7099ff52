"""The settings of linking chat accounts; used by `chat/link.py`."""

from pydantic import Field, model_validator

from resolvers.settings import Section


class LinkSettings(Section):
    max_days: int = Field(
        90, ge=1, le=3650, description="Days for which people may delegate roles to their chat account."
    )
    default_days: int = Field(30, ge=1, le=3650, description="Days that the page of linking proposes.")
    offer_minutes: int = Field(10, ge=1, le=60, description="Minutes that the address of a link can be used.")

    @model_validator(mode="after")
    def _fits(self) -> "LinkSettings":
        if self.default_days > self.max_days:
            raise ValueError("default_days: more than max_days, the days that people may choose")
        return self
