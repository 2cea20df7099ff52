"""Who may run what from where: 9rum's own policy, deny by default, beside the roles that Keystone gives.

`rules` reads one policy file, `matching` asks one rule, `policy` decides and keeps the file fresh, `decision` is what comes out. Asked by
`operations/engine.py` before anything is looked up and again before anything is changed, by `graph/commands.py`, and by whoever runs
read commands.
"""

from resolvers.policy.decision import Confirmation, Decision
from resolvers.policy.policy import Policy
from resolvers.policy.settings import PolicySettings

__all__ = ["Confirmation", "Decision", "Policy", "PolicySettings"]
