"""Any message, with texts as the outside world gives them: for tests that must hold for all of them."""

from hypothesis import strategies as st

from bot.messages import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
    Code,
    Fields,
    File,
    Message,
    Note,
    Paragraph,
    Progress,
    Source,
    Span,
    Steps,
    Style,
    Table,
    Tone,
)

# What breaks a terminal: escapes, carriage returns, wide and combining and right-to-left characters, joiners, and long words.
NASTY = st.sampled_from(
    [
        "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x9b31m", "\r", "\n", "\t", "\b\b\b", "\x85", "\u2028", "\u202egnp.exe",
        "\u200b", "\ufeff", "\ud800", "\ufffe", "e\u0301" * 9, "a" + "\u0336" * 30, "👨\u200d👩\u200d👧\u200d👦", "❤\ufe0f", "🇰🇷",
        "구름", "데이터베이스서버" * 4, "ﷺ", "עברית", "x" * 150, "😀" * 40,
    ]
)  # fmt: skip
outside = st.lists(st.one_of(st.text(max_size=30), NASTY, st.just(" ")), max_size=5).map("".join)
spans = st.builds(Span, outside, st.sampled_from(Style), st.one_of(st.none(), outside))
texts = st.lists(spans, max_size=4).map(tuple)
buttons = st.builds(Button, label=outside, command=outside, style=st.sampled_from(ButtonStyle))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(outside, max_size=8))
    row = st.lists(outside, min_size=max(len(columns) - 1, 0), max_size=len(columns) + 1).map(tuple)
    rows = draw(st.lists(row, max_size=6))
    return Table(
        columns=tuple(columns), rows=tuple(rows), caption=draw(outside), total=draw(st.none() | st.integers(0, 9**9))
    )


blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, texts),
    st.builds(Note, texts),
    st.builds(Fields, st.lists(st.tuples(outside, texts), max_size=5).map(tuple)),
    tables(),
    st.builds(Progress, share=st.floats(), label=outside),
    st.builds(Steps, st.lists(st.tuples(outside | st.just("DONE"), outside, outside), max_size=4).map(tuple)),
    st.builds(Code, text=outside, title=outside),
    st.builds(Buttons, st.lists(buttons, max_size=5).map(tuple)),
)
messages = st.builds(
    Message,
    summary=outside,
    blocks=st.lists(blocks, max_size=5).map(tuple),
    tone=st.sampled_from(Tone),
    file=st.none() | st.builds(File, name=outside, text=outside, title=outside),
    source=st.none() | st.builds(Source, command=outside, document=outside),
)
