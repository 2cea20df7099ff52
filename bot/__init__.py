"""The conversation: what people type in a channel becomes GraphQL, run as the person who typed it, and one reply that follows it.

Imports nothing of the other rooms: the graph, the audit log and the identities are passed in (`ports.py`) by `gateway/app.py`.
"""
