"""English: what `9rum chat` says itself, to people at a terminal and, on the error output, about scripts."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # terminal: a button that is pressed by its number
    "terminal.button_gone": "Button {number} is gone: its message has changed.",
    "terminal.button_none": "There is no button {number}.",
    "terminal.button_number": "There is no button with such a number.",
    # the connection
    "terminal.again": "Connected again.",
    "terminal.away.certificate": "The certificate of {url} is not trusted here.",
    "terminal.away.ended": "The gateway ended the connection.",
    "terminal.away.late": "{url} did not answer in time.",
    "terminal.away.lost": "The connection to {url} was lost.",
    "terminal.away.unreached": "{url} can not be reached: {reason}. Is the gateway running there?",
    "terminal.ended": "The connection ended.",
    "terminal.lost": "{sentence} Trying again.",
    "terminal.not_sent": "Not sent: {what}",
    "terminal.perhaps_sent": "Perhaps not sent: {what}",
    "terminal.strange.answer": "{url} did not answer as 9rum does. Is it a 9rum gateway?",
    "terminal.strange.graph": "The graph gave no answer.",
    "terminal.strange.newer": "{url} answered what this version of 9rum chat can not read. Update it.",
    "terminal.strange.session": "{url} took the sign-in but gave no session. Is it a 9rum gateway?",
    "terminal.strange.status": "{url} answered {status}, and not as 9rum does. Is it a 9rum gateway?",
    "terminal.with_id": "{sentence} (correlation id {id})",
    # files and sources of messages
    "terminal.file": "file: {file}",
    "terminal.file_exists": "{path} is there already; give another name: `:save NUMBER PATH`.",
    "terminal.file_name": "the name can not be used",
    "terminal.file_none": "There is no file.",
    "terminal.file_none_of": "Message {number} has no file.",
    "terminal.file_saved": "Saved {path}.",
    "terminal.file_unwritten": "{path} could not be written: {reason}.",
    "terminal.history": "The history can not be kept in {path}: {reason}.",
    "terminal.source_none": "No message tells its source.",
    "terminal.source_none_of": "Message {number} does not tell its source.",
    "terminal.source_number": "Give the number of a message: `:source 7`.",
    # options of every command, where they are completed
    "terminal.flag.explain": "show the GraphQL document instead of running it",
    "terminal.flag.help": "how it is used",
    "terminal.flag.json": "the raw answer",
    "terminal.flag.plan": "show what would change",
    "terminal.flag.project": "another project than the room's",
    # forms
    "terminal.form.ambiguous": "{said} could be {count} of the choices; type more of it, or its number.",
    "terminal.form.empties": "`:empty` leaves it empty",
    "terminal.form.empty": "Enter leaves it empty; `:send` leaves the rest, and sends",
    "terminal.form.keep": "Enter keeps it; `:send` leaves the rest, and sends",
    "terminal.form.left": "The form was left; nothing was sent.",
    "terminal.form.more": "… and {count} more: type a part and press Tab",
    "terminal.form.needed": "{label} is needed. Ctrl-C leaves the form.",
    "terminal.form.no_choice": "{said} is not one of the choices.",
    "terminal.form.number": "{label} takes a number, such as 3.",
    "terminal.form.optional": "optional",
    "terminal.form.script": "{title}: give what is missing in the command.",
    "terminal.form.switch": "{label} takes yes or no.",
    # what can be typed
    "terminal.help.buttons": "A number presses the button with that number. Everything else goes to the bot: try `help`.",
    "terminal.help.help": "what can be typed here",
    "terminal.help.quit": "leave; what runs goes on",
    "terminal.help.room": "go to a room: `/room NAME`",
    "terminal.help.rooms": "the rooms that you are in",
    "terminal.help.save": "save the file of a message: `:save [NUMBER] [PATH]`",
    "terminal.help.source": "the command and the GraphQL document of a message: `:source [NUMBER]`",
    "terminal.leaves": "Ctrl-D or `/quit` leaves.",
    "terminal.no_text": "What was typed or pasted is not UTF-8 text, and is not used.",
    "terminal.unknown": "{name} is none of {known}.",
    # options of the program itself, in its help
    "terminal.option.alone": "without a conversation",
    "terminal.option.command": "say this, print the final reply, and end; repeatable",
    "terminal.option.credential": "sign in with an application credential; its secret is asked likewise",
    "terminal.option.description": "Talk to the bot in this terminal, or let a program talk to it.",
    "terminal.option.domain": "the user's domain",
    "terminal.option.help": "show this help and end",
    "terminal.option.json": "print replies as JSON, one a line",
    "terminal.option.language": "of the answers and of the terminal itself (default: that of LC_ALL or LANG)",
    "terminal.option.no_wait": "print the first reply, do not follow it to its end",
    "terminal.option.options": "options",
    "terminal.option.password_stdin": "read the password, secret or token from the first line of the input",
    "terminal.option.project": "work in this project alone",
    "terminal.option.room": "where to talk (default: direct)",
    "terminal.option.status": (
        "exit status with -c or piped commands: 0 done, 1 not done (the reply is an error or a warning) "
        "or the gateway is away, 2 wrong usage or sign-in, 3 it waits for somebody (a confirmation, an "
        "approval, a form)"
    ),
    "terminal.option.timeout": "how long to wait for a reply (default: 900)",
    "terminal.option.token": (
        "use a Keystone token that you have, such as one of your organisation's login; it is asked, or GURUM_TOKEN"
    ),
    "terminal.option.url": "address of the gateway (default: GURUM_URL, else {url})",
    "terminal.option.usage": "usage: ",
    "terminal.option.user": "your user in the cloud; the password is asked, or GURUM_PASSWORD",
    "terminal.option.who": "who you are",
    "terminal.option.yes": "confirm what asks for a confirmation",
    # rooms
    "terminal.new": "{count} new",
    "terminal.room_none": "There is no room {room}, or it is not yours. Yours: {rooms}.",
    "terminal.room_unknown": "There is no room {room}, or it is not yours. `/rooms` shows yours.",
    "terminal.room_which": "Name the room: `/room NAME`. `/rooms` shows them.",
    "terminal.only_you": "only you see this",
    # signing in, and arguments
    "terminal.ask.password": "Password of {user}: ",
    "terminal.ask.secret": "Secret: ",
    "terminal.ask.token": "Token: ",
    "terminal.ask.user": "User: ",
    "terminal.clear": "{url} is not encrypted: others on the way can read {what}.",
    "terminal.misused.credential": (
        "An application credential has its user and project already: leave out `--user`, `--domain`, `--project`."
    ),
    "terminal.misused.empty": "Nothing was given: {what} is empty.",
    "terminal.misused.encoding": "The input is not UTF-8 text.",
    "terminal.misused.nobody": "Nobody can be asked for {what} here: set {variable}, or give it with `--password-stdin`.",
    "terminal.misused.output": "The output is no terminal: say what to do with `-c`, or by a piped input.",
    "terminal.misused.script": "`--yes`, `--json` and `--no-wait` go with `-c` or a piped input.",
    "terminal.misused.token": (
        "A token has its user and project already: leave out `--user`, `--domain`, `--project`, `--credential`."
    ),
    "terminal.misused.token_text": "This is not a Keystone token: it holds spaces, line ends, or signs that no token has.",
    "terminal.misused.url": "`--url`: {url} is not an address such as https://9rum.example.org.",
    "terminal.misused.user": "Say who you are: `--user NAME`, or `--credential ID`.",
    "terminal.signed_out": "Nobody is signed in.",
    "terminal.the_password": "the password",
    "terminal.the_token": "the token",
    # state: the line at the bottom
    "terminal.state.away": "not connected, trying again",
    "terminal.state.connected": "connected",
    "terminal.state.connecting": "connecting",
    "terminal.state.form": "Ctrl-C leaves the form",
    "terminal.state.going_on": "{count} going on",
    "terminal.state.new": "{count} new in other rooms",
    "terminal.state.sending": "sending",
    "terminal.welcome": "Say `help` for what you may run here, and `/help` for what this terminal does itself.",
    # waiting
    "terminal.timeout": "No final reply within {seconds} s; it may go on.",
}
