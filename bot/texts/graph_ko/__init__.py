"""Korean for the sentences of the graph, as `../ko.py` writes it. `SENTENCES` joins the files of this folder."""

from collections.abc import Mapping

from bot.texts.graph_ko import compute, core, doors, labels, network, nouns, pieces, storage

SENTENCES: Mapping[str, str] = {
    **nouns.NOUNS,
    **pieces.CHANGES,
    **pieces.SENTENCES,
    **doors.SENTENCES,
    **core.SENTENCES,
    **compute.SENTENCES,
    **storage.SENTENCES,
    **network.SENTENCES,
}
LABELS: Mapping[str, str] = labels.LABELS
