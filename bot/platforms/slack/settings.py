"""How 9rum reaches a Slack workspace. Joined as one of the platforms in `gateway/settings.py`."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

PUBLIC_API = "https://slack.com/api/"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SlackSettings(BaseModel):
    """A bot token always; an app token (Socket Mode), a signing secret (HTTP), or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    platform: Literal["slack"]
    bot_token: SecretStr = Field(
        description="Bot User OAuth Token of the app (`xoxb-`), from the page OAuth & Permissions."
    )
    app_token: SecretStr | None = Field(
        None,
        description="App-level token (`xapp-`) with the scope `connections:write`. It turns Socket Mode on, "
        "which needs no public address.",
    )
    signing_secret: SecretStr | None = Field(
        None, description="Signing secret of the app. It turns delivery over HTTP to `path` on."
    )
    command: str = Field(
        "/cloud", pattern=r"^/[a-z0-9_-]{1,31}$", description="The slash command, as the app's manifest names it."
    )
    path: str = Field(
        "/slack/events", pattern=r"^/[A-Za-z0-9/_-]+$", description="Path of 9rum's address that Slack delivers to."
    )
    base_url: str = Field(PUBLIC_API, description="Address of Slack's Web API; another one only for a stand-in.")

    @field_validator("bot_token")
    @classmethod
    def _of_a_bot(cls, given: SecretStr) -> SecretStr:
        if not given.get_secret_value().startswith("xoxb-"):
            raise ValueError("is no bot token; copy the Bot User OAuth Token, which begins with `xoxb-`")
        return given

    @field_validator("app_token")
    @classmethod
    def _of_an_app(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not given.get_secret_value().startswith("xapp-"):
            raise ValueError("is no app-level token; generate one under Basic Information, it begins with `xapp-`")
        return given

    @field_validator("signing_secret")
    @classmethod
    def _not_empty(cls, given: SecretStr | None) -> SecretStr | None:
        if given is not None and not given.get_secret_value().strip():
            raise ValueError("is empty; copy the Signing Secret from Basic Information, or leave the setting out")
        return given

    @field_validator("base_url")
    @classmethod
    def _private(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("should begin with `https://`: the tokens travel there")
        return given if given.endswith("/") else f"{given}/"

    @model_validator(mode="after")
    def _some_way_in(self) -> Self:
        if self.app_token is None and self.signing_secret is None:
            raise ValueError(
                "nothing can come in: give `app_token` (Socket Mode, no public address needed) "
                "or `signing_secret` (Slack delivers over HTTP)"
            )
        return self
