"""Simulator of Elastic Cloud Enterprise: any number of installations, and real TLS between their clusters.

A library first (`Simulator`, with or without ports), a server second (`ece-simulator`).
"""

from ece_simulator.clock import Clock, ManualClock, RealClock
from ece_simulator.control import Control
from ece_simulator.installation import Installation
from ece_simulator.message import Reply, Request
from ece_simulator.simulator import Simulator
from ece_simulator.switches import Switches

__all__ = ["Clock", "Control", "Installation", "ManualClock", "RealClock", "Reply", "Request", "Simulator", "Switches"]
