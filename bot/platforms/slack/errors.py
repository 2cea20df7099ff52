"""What Slack answers when it does not take something, as PlatformError: a sentence, and whether sending again makes sense.

`web.py` is the only caller. Sentences carry Slack's code and never a token, an address or a text of the message.
"""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.platforms.base import PlatformError

REVOKED = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked", "org_login_required"}
)
NOT_TAKEN = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_blocks_too_long", "msg_too_long"}
)
NOT_THERE = frozenset({"not_in_channel", "channel_not_found"})
NO_TRIGGER = frozenset({"expired_trigger_id", "invalid_trigger_id", "invalid_trigger", "exchanged_trigger_id"})
_NOBODY = frozenset({"user_not_found", "user_not_visible", "user_disabled", "cannot_dm_bot"})
_AGAIN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
_SENTENCES: Mapping[str, str] = {
    "channel_not_found": "Slack knows no such channel, or the bot is not in it; invite the bot there.",
    "not_in_channel": "The bot is not in the channel; invite it there.",
    "is_archived": "The channel is archived.",
    "msg_too_long": "Slack finds the message too long.",
    "msg_blocks_too_long": "Slack finds the message too long.",
    "message_not_found": "The message is no longer there.",
    "cant_update_message": "Slack does not let this message be changed.",
    "edit_window_closed": "Slack no longer lets this message be changed.",
    "missing_scope": "The Slack app lacks a scope for this; install it again with the manifest of `9rum slack-manifest`.",
    "restricted_action": "The workspace does not let the bot write in this channel.",
}
_DEFAULT_WAIT = 1.0  # seconds; Slack always says how long, but a proxy's 429 may not


def problem_of(error: SlackApiError) -> PlatformError:
    """The refusal that Slack wrote, or the status of an answer that is none of Slack's."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data["error"]) if isinstance(data, dict) and data.get("error") else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        wait = _seconds(getattr(response, "headers", None) or {})
        return PlatformError("ratelimited", f"Slack asks to wait {wait:g} s.", retry_after=wait)
    if code in NO_TRIGGER:
        return PlatformError("no_trigger", "The moment to open a form has passed.")
    if code in REVOKED:
        return PlatformError(code, f"Slack refuses the bot's token ({code}).")
    if not code:
        return PlatformError(f"http_{status}", f"Slack answered with status {status}.", retry=status >= 500)
    sentence = _SENTENCES.get(code, f"Slack did not take it ({code}).")
    return PlatformError(code, sentence, retry=code in _AGAIN or status >= 500, nobody=code in _NOBODY)


def _seconds(headers: Mapping[str, Any]) -> float:
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        return max(float(str(found)), 0.0)
    except ValueError:
        return _DEFAULT_WAIT
