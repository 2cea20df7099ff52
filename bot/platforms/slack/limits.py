"""What Slack takes at most, in one place. Sources are in docs/slack.md; `render.py` and `modal.py` stay below all of them."""

BLOCKS = 50  # of a message
BLOCKS_JSON = 12_000  # characters of all blocks as JSON; Slack was seen to refuse from about 13,200 on, undocumented
TEXT = 4_000  # of `text`: Slack's advice; it cuts at 40,000
RICH_TEXT = 3_000  # of one run of text; a section takes as much
CONTEXT_TEXT = 2_000
TABLE_ROWS = 100  # the row of titles is one of them
TABLE_CELLS = 20  # of a row
TABLE_TEXT = 9_000  # characters of all cells; Slack was seen to refuse from 10,000 on
ACTIONS = 25  # elements of one row of buttons
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000
URL = 3_000

MODAL_BLOCKS = 100
MODAL_TITLE = 24  # as long are its buttons
METADATA = 3_000
FIELD_LABEL = 2_000
INPUT_TEXT = 3_000
BLOCK_ID = 255
OPTIONS = 100
OPTION_LABEL = 75
OPTION_VALUE = 150
