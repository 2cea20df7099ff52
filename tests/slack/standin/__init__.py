"""A strict Slack of our own, on loopback: Web API, Socket Mode and signed HTTP deliveries, and people who type, press and fill in.

    async with standin() as slack:                                  # Socket Mode
        settings = slack.settings()                                 # a SlackSettings that points here
        ...start the bot...
        await slack.connected()
        ann = slack.person("ann", locale="ko-KR")
        await ann.type("/cloud server list", "ops")                 # -> Ack, with Slack's 3 s limit
        shown = await ann.sees("3 servers", "ops")                  # waits for a message; Shown has text, buttons, table, files
        await ann.press("Delete", "ops")
        await ann.fill({"name": "web-1", "flavor": "m1.small"})     # the modal that is open for her

    async with standin(deliver_to=url_or_asgi_app) as slack: ...    # signed HTTP; retries like Slack's

It refuses what Slack refuses: wrong tokens, missing scopes, too many or malformed blocks, used or old triggers, too quick posting.
`slack.fail(method, ...)` scripts what goes wrong. Everything runs in the caller's event loop; 64 people may type at once.
"""

from tests.slack.standin.delivery import Ack, Delivery
from tests.slack.standin.people import Human
from tests.slack.standin.server import Slack, standin
from tests.slack.standin.shown import Shown
from tests.slack.standin.world import Channel, Failure, Posted

__all__ = ["Ack", "Channel", "Delivery", "Failure", "Human", "Posted", "Shown", "Slack", "standin"]
