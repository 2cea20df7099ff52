"""What the bot answers, as neutral messages: pure functions from the graph's data to `Message`, one file for each kind of answer.

Everything of outside goes through `clean`; every sentence comes from `bot/texts`.
"""
