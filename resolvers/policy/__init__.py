"""Who may run what from where: 9rum's own policy, deny by default, beside the roles that Keystone gives.

`rules` reads one policy file, `decision` is what comes out, `policy` decides and keeps the file fresh. Asked by `operations/engine.py`
before anything is looked up and again before anything is changed, by `graph/commands.py`, and by whoever runs read commands.
"""
