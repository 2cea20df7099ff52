"""What the person sees and types into: the end of the conversation, the prompt below it, a line of state. Made of prompt_toolkit.

It decides nothing: `program.py` says what is drawn and gets what is typed. What is printed scrolls away as in any other program, so the
terminal's own scrolling and searching work on it.
"""

from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application, in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import Completer, DynamicCompleter
from prompt_toolkit.filters import Condition, has_completions
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.bindings.auto_suggest import load_auto_suggest_bindings
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    Float,
    FloatContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    Window,
)
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import (
    AppendAutoSuggestion,
    BeforeInput,
    ConditionalProcessor,
    PasswordProcessor,
)
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import BaseStyle

from bot.terminal.cells import Line, Piece, cut

MENU_LINES = 6
BELOW = 2  # the prompt and the line of state


class Mode:
    """How the next line is asked for. `history`: it is remembered; `hidden`: it is not shown."""

    def __init__(self, prompt: str, completer: Completer, *, hidden: bool = False, history: bool = False) -> None:
        self.prompt = prompt
        self.completer = completer
        self.hidden = hidden
        self.history = history


class Screen:
    """`typed` gets each line, `interrupted` Ctrl-C on an empty line. `live` gives the lines above the prompt, `state` those below."""

    def __init__(
        self,
        history: History,
        style: BaseStyle,
        mode: Mode,
        live: Callable[[int], list[Line]],
        state: Callable[[], list[Piece]],
        typed: Callable[[str], None],
        interrupted: Callable[[], None],
    ) -> None:
        self.mode = mode
        self._history = history
        self._live = live
        self._state = state
        self._typed = typed
        self._interrupted = interrupted
        self._buffer = Buffer(
            completer=DynamicCompleter(lambda: self.mode.completer),
            complete_while_typing=Condition(lambda: not self.mode.hidden),
            history=history,
            auto_suggest=AutoSuggestFromHistory(),
            multiline=False,
            accept_handler=self._accept,
        )
        self._app: Application[None] = Application(
            layout=self._layout(),
            style=style,
            key_bindings=merge_key_bindings([load_auto_suggest_bindings(), self._keys()]),
            erase_when_done=True,
        )

    @property
    def width(self) -> int:
        return max(self._app.output.get_size().columns, 1)

    @property
    def room_above(self) -> int:
        """Lines that may stand above the prompt, so that all of it stays on the screen."""
        return max(self._app.output.get_size().rows - BELOW - MENU_LINES, 4)

    async def run(self) -> None:
        """Until `close`, or Ctrl-D on an empty line."""
        await self._app.run_async(handle_sigint=False)

    def close(self) -> None:
        if self._app.is_running and not self._app.is_done:
            self._app.exit()

    def refresh(self) -> None:
        self._app.invalidate()

    async def print(self, lines: Sequence[Line]) -> None:
        """For good, above everything that can still change."""
        if not lines:
            return
        text = FormattedText(piece for line in lines for piece in (*cut(line, self.width), ("", "\n")))
        async with in_terminal():
            print_formatted_text(text, style=self._app.style, output=self._app.output, end="")

    def ask(self, mode: Mode) -> None:
        """Another kind of line from now on; what was begun is dropped."""
        self.mode = mode
        self._buffer.history = (
            self._history if mode.history else DummyHistory()
        )  # else an old command could become an answer
        self._buffer.reset()
        self.refresh()

    def offer(self) -> None:
        """Completions that were not there when the last key was pressed."""
        if self.mode.history and self._buffer.text and self._buffer.complete_state is None:
            self._buffer.start_completion()

    # -- own -----------------------------------------------------------------------------------------------------------

    def _accept(self, buffer: Buffer) -> bool:
        text = buffer.text
        if self.mode.history and text.strip() and text not in self._history.get_strings()[-1:]:
            self._history.append_string(text)
        buffer.reset()
        self._typed(text)
        return True  # the buffer is empty already, and `reset` without the text must not remember it

    def _layout(self) -> Layout:
        live = Window(
            FormattedTextControl(self._drawn, focusable=False),
            height=lambda: Dimension.exact(self._height()),
            wrap_lines=False,
        )
        typed = Window(
            BufferControl(
                self._buffer,
                input_processors=[
                    ConditionalProcessor(PasswordProcessor(), Condition(lambda: self.mode.hidden)),
                    BeforeInput(lambda: self.mode.prompt, style="class:who"),
                    ConditionalProcessor(AppendAutoSuggestion(), Condition(lambda: self.mode.history)),
                ],
            ),
            height=Dimension(min=1, max=5),
            wrap_lines=True,
            dont_extend_height=True,
        )
        menu_room = ConditionalContainer(
            Window(height=Dimension.exact(MENU_LINES)), has_completions & Condition(lambda: self._height() < MENU_LINES)
        )
        state = Window(FormattedTextControl(self._state_line), height=1, style="class:toolbar")
        menu = Float(CompletionsMenu(max_height=MENU_LINES, scroll_offset=1), xcursor=True, ycursor=True)
        return Layout(FloatContainer(HSplit([live, typed, menu_room, state]), [menu]), focused_element=typed)

    def _height(self) -> int:
        return min(len(self._live(self.width)), self.room_above)

    def _drawn(self) -> FormattedText:
        """The newest lines that fit."""
        drawn: list[tuple[str, str]] = []
        for line in self._live(self.width)[-self.room_above :]:
            drawn += [*cut(line, self.width), ("", "\n")]
        return FormattedText(drawn[:-1])

    def _state_line(self) -> FormattedText:
        return FormattedText(cut(self._state(), self.width))

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        def _interrupt(event: KeyPressEvent) -> None:
            if self._buffer.text:
                self._buffer.reset()
            else:
                self._interrupted()

        @keys.add("c-d", filter=Condition(lambda: not self._buffer.text))
        def _leave(event: KeyPressEvent) -> None:
            self.close()

        @keys.add("c-l")
        def _clear(event: KeyPressEvent) -> None:
            event.app.renderer.clear()

        return keys
