"""What the bot says in the tests of the terminal."""

from bot.messages import Button, Buttons, ButtonStyle, Message, Paragraph, Progress, Tone, plain

OPEN = " jiwoo · connected"
UNDO = Buttons((Button(label="Undo", command="undo 12", style=ButtonStyle.PRIMARY),))
DONE = Message(summary="web-3 is ACTIVE.", blocks=(Paragraph(plain("web-3 is ACTIVE.")), UNDO), tone=Tone.GOOD)


def running(share: float) -> Message:
    blocks = (Paragraph(plain("Creating web-3.")), Progress(share=share))
    return Message(summary="Creating web-3.", blocks=blocks, tone=Tone.WAIT)
