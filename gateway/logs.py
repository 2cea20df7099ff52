"""Structured logs: one JSON object per line on one stream, with the correlation id of the request, and never a secret.

`configure_logs` is called once, by `gateway/__main__.py`. Everything logs through the standard library; further fields go into `extra`.
"""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, TextIO

import orjson
from pydantic import BaseModel, ConfigDict, Field

correlation: ContextVar[str | None] = ContextVar("correlation", default=None)

HIDDEN: Final = "***"

# What a LogRecord always has; everything else came by `extra`.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_SECRET_NAMES: Final = (
    "token",
    "password",
    "passwd",
    "secret",
    "adminpass",
    "cookie",
    "authorization",
    "session",
    "userdata",
)
_SECRET_NAME: Final = re.compile(rf"(?:{'|'.join(_SECRET_NAMES)}|privatekey|apikey|credentials?)\Z")
# name=value, name: value, "name": "value"; a scheme word (Bearer) belongs to the value.
_SECRET_TEXT: Final = re.compile(
    r"""(?ix) \b ([\w-]*(?:token|password|passwd|secret|adminpass|cookie|authorization|gurum_session|user_?data|private_?key|api_?key))
    (["']? \s* [:=] \s*) (?: "[^"]*" | '[^']*' | (?:(?:bearer|basic|keystone) \s+)? [^\s"',;&}\]]+ )"""
)
# Of an address neither a login nor what is behind the path: that may be the key of a signed one.
_ADDRESS: Final = re.compile(
    r"""(?P<scheme>[A-Za-z][\w+.-]{0,20}://)(?P<login>[^\s/?#@"']*@)?(?P<path>[^\s?#"']*)(?:(?P<mark>[?#])[^\s"']+)?"""
)
# Libraries write down what is sent and received at DEBUG.
_OURS: Final = frozenset({"gurum", "gateway", "resolvers", "notifications", "bot"})
_FERNET: Final = re.compile(r"gAAAAA[\w=-]{20,}")  # what a Keystone token looks like, wherever it stands


class LogSettings(BaseModel):
    """Logs of the process."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least level that is written. DEBUG for hunting a fault, WARNING for quiet."
    )
    access: bool = Field(True, description="Whether each request gets a line. Switch it off when your proxy logs them.")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact_text(record.getMessage()),
        }
        correlation_id = correlation.get()
        if correlation_id is not None:
            entry["correlation_id"] = correlation_id
        for name, value in vars(record).items():
            if name not in _STANDARD and value is not None:
                entry[name] = redact(name, value)
        if record.exc_info:
            entry["stack"] = redact_text(self.formatException(record.exc_info))
        return orjson.dumps(entry, default=str).decode()


def configure_logs(settings: LogSettings, stream: TextIO) -> None:
    """Sends all logs of the process to the stream; of other people's code no DEBUG. Calling it again replaces the earlier setting."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(lambda record: record.levelno >= logging.INFO or record.name.partition(".")[0] in _OURS)
    root = logging.getLogger()
    for old in tuple(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.level)


def redact(name: str, value: Any) -> Any:
    """The value as it may be logged under this name; containers are looked through."""
    if _is_secret(name):
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): redact(str(key), part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [redact("", part) for part in value]
    return value


def redact_text(text: str) -> str:
    # Most texts are short and can hold nothing; the expressions are the dear part of a line.
    if "=" not in text and ":" not in text and "gAAAAA" not in text:
        return text
    return _FERNET.sub(HIDDEN, _SECRET_TEXT.sub(rf"\1\2{HIDDEN}", _ADDRESS.sub(_address, text)))


def _address(match: re.Match[str]) -> str:
    login, mark = f"{HIDDEN}@" if match["login"] else "", f"{match['mark']}{HIDDEN}" if match["mark"] else ""
    return f"{match['scheme']}{login}{match['path']}{mark}"


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name.lower().replace("-", "").replace("_", "")) is not None
