"""All settings of 9rum, read once at the start from a YAML file and the environment; the environment wins.

`load` is called by `gateway/__main__.py` and by tests. A problem becomes a `SettingsError`: one sentence for each, naming the place.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from bot.platforms.slack.settings import SlackSettings
from bot.settings import BotSettings
from gateway import settings_problems as problems
from gateway.federated_settings import FederatedLogin, origin_of, unfit
from gateway.link_settings import LinkSettings
from gateway.logs import LogSettings
from gateway.telemetry import TelemetrySettings
from gateway.transport import TransportSettings
from gateway.uploads import UploadSettings
from resolvers.backends import BackendSettings, CloudSettings
from resolvers.inventory.collector import FORCED_LISTS
from resolvers.policy.settings import PolicySettings
from resolvers.sandbox.settings import SandboxSettings
from resolvers.settings import Seconds, Section

DEFAULT_FILE = Path("9rum.yaml")


class SettingsError(Exception):
    """Something in the settings can not be right. `problems` are whole sentences, none with a value of a secret."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class HttpSettings(Section):
    host: str = Field("127.0.0.1", description="Address to listen on. Open it to others only behind TLS.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="Where people reach 9rum, such as `https://9rum.example.com`. With https, cookies are for https only.",
    )
    shutdown_seconds: Seconds = Field(10.0, description="Seconds that running requests get to end when 9rum stops.")


class StoreSettings(Section):
    url: SecretStr | None = Field(
        None, description="`redis://` address of a Redis or Valkey. Default: an embedded server of 9rum's own."
    )
    folder: Path = Field(
        Path(".data"), description="Folder for the embedded store and for the generated key. It belongs in the backup."
    )
    connections: int = Field(
        64, ge=2, description="Connections to the store at most; more callers wait for a free one."
    )


class IdentitySettings(Section):
    cloud: str | None = Field(None, description="Name of the cloud whose Keystone signs people in. Default: the first.")
    admin_project: str = Field(
        "admin", description="Name of the project whose admins are operators: they see and may do everything."
    )
    admin_domain: str = Field("Default", description="Name of the domain that this project is in.")
    default_domain: str = Field("Default", description="Domain of people who sign in without naming one.")
    token_cache_seconds: float = Field(
        30.0, ge=0, le=300, description="Seconds that a checked token is believed; a revoked one works so long at most."
    )
    sign_in_failures: int = Field(10, ge=1, description="Wrong passwords for one user within the window; then a pause.")
    sign_in_failures_per_address: int = Field(
        50, ge=1, description="Wrong passwords from one address within the window; then a pause."
    )
    sign_in_window_seconds: int = Field(300, ge=1, description="Seconds over which wrong passwords are counted.")
    refused_tokens_per_address: int = Field(
        600,
        ge=1,
        description="Tokens that are not valid from one address within a minute; then a pause. Raise it when many share one address.",
    )
    federated: list[FederatedLogin] = Field(
        [],
        description="Logins through other identity providers (Keystone's WebSSO) that pages offer: `{name, url}` each.",
    )


class InventorySettings(Section):
    read_deadline: Seconds = Field(
        5.0,
        description="Seconds that a request waits for fresher rows; after that it gets the rows at hand, with a warning.",
    )
    forced_lists: int = Field(
        FORCED_LISTS,
        ge=1,
        description="Lists of a kind of a cloud that `maxAge` may force at once, and again in each of its intervals; as many for plans.",
    )
    intervals: dict[str, Seconds] = Field(
        {}, description="Seconds between two polls of a kind (`server: 10`), for all clouds."
    )


# By the name of the platform, beside the console that needs none; a test asserts that each of bot.platforms.PLATFORMS is here.
PLATFORM_SETTINGS = {"slack": SlackSettings}
PlatformSettings = SlackSettings  # a union, told apart by `platform`, as soon as there is a second one


class ConversationSettings(BotSettings):
    platforms: list[PlatformSettings] = Field(
        [],
        description="Chat systems beside the console, which is always there. Each has a `platform`, such as `slack`.",
    )
    link: LinkSettings = LinkSettings()


def _sandbox_only() -> list[BackendSettings]:
    return [SandboxSettings(backend="sandbox", name="krane")]


class Settings(BaseSettings):
    """Everything that can be set. Sections live next to the code that they set."""

    model_config = SettingsConfigDict(
        env_prefix=problems.PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    http: HttpSettings = HttpSettings()
    store: StoreSettings = StoreSettings()
    secret_key: SecretStr | None = Field(None, description="Fernet key that encrypts what rests sealed in the store.")
    secret_key_file: Path | None = Field(
        None, description="File with that key. Default: `secret.key` in the data folder, made at the first start."
    )
    clouds: list[CloudSettings] = Field(
        default_factory=_sandbox_only, min_length=1, description="The clouds. Default: one sandbox named `krane`."
    )
    identity: IdentitySettings = IdentitySettings()
    inventory: InventorySettings = InventorySettings()
    graphql: TransportSettings = TransportSettings()
    uploads: UploadSettings = UploadSettings()
    policy: PolicySettings = PolicySettings()
    bot: ConversationSettings = ConversationSettings()
    logs: LogSettings = LogSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @property
    def identity_cloud(self) -> str:
        return self.identity.cloud or self.clouds[0].name

    @property
    def public_url(self) -> str:
        """Where people reach 9rum; without `http.url`, where it listens."""
        if self.http.url is not None:
            return self.http.url.rstrip("/")
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared
        host = self.http.host
        return f"http://{everywhere.get(host, f'[{host}]' if ':' in host else host)}:{self.http.port}"

    @property
    def page_origins(self) -> tuple[str, ...]:
        """Whose pages may use a session: ours where people reach it, of which a proxy may tell another name, and the allowed ones."""
        return (origin_of(self.public_url), *self.graphql.allowed_origins)

    @field_validator("clouds")
    @classmethod
    def _names_differ(cls, clouds: list[BackendSettings]) -> list[BackendSettings]:
        names = [cloud.name for cloud in clouds]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two clouds are named `{twice}`; each needs a name of its own")
        return clouds

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [cloud.name for cloud in self.clouds]
        if self.identity.cloud is not None and self.identity.cloud not in names:
            raise ValueError(
                f"identity.cloud: no cloud is named `{self.identity.cloud}`; there are {problems.listed(names)}"
            )
        if (problem := unfit(self.identity.federated, self.http.url)) is not None:
            raise ValueError(f"identity.federated: {problem}")
        if self.secret_key is not None and self.secret_key_file is not None:
            raise ValueError("secret_key_file: the key is given in `secret_key` too; keep one of the two")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)  # `load` passes the file's content as init


def load(path: Path | None = None) -> Settings:
    """Settings of the file (`path`, else GURUM_CONFIG, else ./9rum.yaml when it is there) and of the environment."""
    if path is None and (named := os.environ.get("GURUM_CONFIG")):
        path = Path(named)
    if path is None and DEFAULT_FILE.is_file():
        path = DEFAULT_FILE
    content = {} if path is None else _read(path)
    if strange := problems.strange_variables(Settings):
        raise SettingsError(strange)
    try:
        return Settings(**content)
    except ValidationError as error:
        raise SettingsError(problems.sentence(problem, path, Settings) for problem in error.errors()) from None
    except SourceError as error:
        raise SettingsError([problems.unreadable(error)]) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"{file}: can not be read: {error.strerror}."]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{file}: is not a text in UTF-8."]) from None
    except yaml.YAMLError as error:
        raise SettingsError([f"{file}: {problems.not_yaml(error)}"]) from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise SettingsError([f"{file}: should hold sections with names, such as `http:`."])
    return content
