"""The options of `9rum chat`. Called by the command line while it builds its parser, so it imports next to nothing."""

import argparse

URL = "http://127.0.0.1:8080"
LANGUAGES = ("en", "ko")  # those of the texts, which are not read for this
STATUS = """exit status with -c or piped commands: 0 done, 1 not done (the reply is an error or a warning) or the gateway is away,
2 wrong usage or sign-in, 3 it waits for somebody (a confirmation, an approval, a form)"""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.epilog = STATUS
    parser.add_argument("--url", help=f"address of the gateway (default: GURUM_URL, else {URL})")
    who = parser.add_argument_group("who you are")
    who.add_argument("--user", metavar="NAME", help="your user in the cloud; the password is asked, or GURUM_PASSWORD")
    who.add_argument("--domain", metavar="NAME", help="the user's domain")
    who.add_argument("--project", metavar="NAME", help="work in this project alone")
    who.add_argument(
        "--credential", metavar="ID", help="sign in with an application credential; its secret is asked likewise"
    )
    who.add_argument(
        "--token",
        action="store_true",
        help="use a Keystone token that you have, such as one of your organisation's login; it is asked, or GURUM_TOKEN",
    )
    who.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password, secret or token from the first line of the input",
    )
    parser.add_argument("--room", metavar="NAME", default="direct", help="where to talk (default: direct)")
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        help="of the answers and of the terminal itself (default: that of LC_ALL or LANG)",
    )
    alone = parser.add_argument_group("without a conversation")
    alone.add_argument(
        "-c", "--command", action="append", metavar="TEXT", help="say this, print the final reply, and end; repeatable"
    )
    alone.add_argument("--no-wait", action="store_true", help="print the first reply, do not follow it to its end")
    alone.add_argument("--yes", action="store_true", help="confirm what asks for a confirmation")
    alone.add_argument("--json", action="store_true", help="print replies as JSON, one a line")
    alone.add_argument(
        "--timeout", type=_seconds, default=900.0, metavar="SECONDS", help="how long to wait for a reply (default: 900)"
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("give seconds between 0 and 86400")
    return seconds
