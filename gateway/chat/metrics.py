"""What the bot counts, for `/metrics`. Registered by `gateway/app.py`; the numbers are the bot's own (`bot/counters.py`)."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.chat.wiring import Chat

COUNTED = {
    "received": "Messages that chat platforms delivered.",
    "duplicate": "Deliveries that were received before, and did nothing.",
    "taken_over": "Messages that a process took over from one that died.",
    "poisoned": "Messages that were given up because handling them ended the process again and again.",
    "executed": "Changes that the bot asked the graph for.",
    "refused": "Attempts that ended before the graph.",
    "denied": "Attempts that the graph denied.",
    "errors": "Faults inside the bot.",
    "sent": "Messages and edits that platforms took.",
    "edits_merged": "Edits that a newer one of the same message replaced before they were sent.",
    "retried": "Sendings that were tried again.",
    "given_up": "Messages that a platform would not take.",
}
STANDING = {
    "outbox_depth": "Messages and edits that wait to be sent.",
    "in_hand": "Messages that are being handled.",
    "following": "Operations that replies follow.",
}


class ChatMetrics(Collector):
    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def collect(self) -> Iterator[Metric]:
        counters = self._chat.bot.counters
        for name, text in COUNTED.items():
            yield CounterMetricFamily(f"gurum_chat_{name}", text, value=getattr(counters, name))
        for name, text in STANDING.items():
            yield GaugeMetricFamily(f"gurum_chat_{name}", text, value=getattr(counters, name))
        rejected = CounterMetricFamily(
            "gurum_chat_rejected", "Deliveries refused at a platform's door, by reason.", labels=("reason",)
        )
        for reason, count in counters.rejected.items():
            rejected.add_metric((reason,), count)
        yield rejected
        up = GaugeMetricFamily("gurum_chat_platform_up", "Whether a chat platform works.", labels=("platform",))
        for name, problem in self._chat.bot.problems().items():
            up.add_metric((name,), float(problem is None))
        yield up
