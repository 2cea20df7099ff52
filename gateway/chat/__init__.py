"""What the bot is given by the gateway: the graph in process, the audit log, identities and seals; and the routes of linking."""
