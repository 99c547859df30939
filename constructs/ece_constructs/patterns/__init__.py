"""Whole arrangements of connections. They stand in the pattern's own scope, never below the members.

So a member can be added or taken out without a change of the other connections.
"""

from ece_constructs.patterns.central_search import CentralSearch
from ece_constructs.patterns.disaster_recovery import DisasterRecoveryPair
from ece_constructs.patterns.mesh import Mesh

__all__ = ["CentralSearch", "DisasterRecoveryPair", "Mesh"]
