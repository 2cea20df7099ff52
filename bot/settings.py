"""What can be set about the conversation. Joined as the section `bot` in `gateway/settings.py`, with the sections of the platforms."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.texts import LANGUAGES

WORD = re.compile(r"^[A-Za-z][A-Za-z0-9-]{0,39}$")


class Section(BaseModel):
    """Unknown keys are refused, and values do not change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _checked(aliases: dict[str, str]) -> dict[str, str]:
    for alias, meaning in aliases.items():
        if not WORD.match(alias) or not all(WORD.match(word) for word in meaning.split()) or not meaning.split():
            raise ValueError(
                f"`{alias}: {meaning}` is no alias; write one word for one or more words, such as `vm: server`"
            )
    return aliases


def _spoken(language: str | None) -> str | None:
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"nobody wrote `{language}`; there are {', '.join(sorted(LANGUAGES))}")
    return language


class ChannelSettings(Section):
    """Keys of the mapping are channels as `platform:channel`, such as `slack:C0123`."""

    project: str | None = Field(
        None, description="Project (name or id) that commands in the channel are about unless they say another."
    )
    language: str | None = Field(None, description="Language of answers to people whose own is not known.")
    aliases: dict[str, str] = Field({}, description="More words for nouns and commands in the channel.")

    _aliases = field_validator("aliases")(_checked)
    _language = field_validator("language")(_spoken)


class BotSettings(Section):
    prefix: str = Field(
        "/cloud", pattern=r"^/[a-z0-9_-]{1,31}$", description="The command before every command, as people type it."
    )
    language: str = Field("en", description="Language of answers when nothing better is known.")
    aliases: dict[str, str] = Field(
        {"vm": "server", "sg": "securityGroup", "ip": "floatingIp", "net": "network"},
        description="Other words for nouns and commands, such as `vm: server`; a list given here replaces the default.",
    )
    channels: dict[str, ChannelSettings] = Field({}, description="What differs in a channel, by `platform:channel`.")
    confirm_minutes: float = Field(
        10.0, gt=0, le=14, description="Minutes that a plan waits for its asker to confirm it."
    )
    approval_hours: float = Field(8.0, gt=0, le=72, description="Hours that a confirmed plan waits for an approval.")
    undo_minutes: float = Field(15.0, ge=0, description="Minutes that a finished command offers its undo; 0: never.")
    form_minutes: float = Field(30.0, gt=0, le=1440, description="Minutes that a form may stay open.")
    announce_days: float = Field(3.0, ge=0, description="Days before its end that a linked account is told of it.")
    concurrency: int = Field(
        64, ge=1, le=4096, description="Commands that one process works on at once; the others wait in the store."
    )
    waiting: int = Field(
        100_000, ge=1, description="Commands that wait in the store at most; a chat system is asked to come again then."
    )
    waiting_per_person: int = Field(300, ge=1, description="Commands of one person that wait in the store at most.")

    _aliases = field_validator("aliases")(_checked)
    _language = field_validator("language")(_spoken)

    def channel(self, key: str) -> ChannelSettings:
        return self.channels.get(key) or ChannelSettings.model_construct()
