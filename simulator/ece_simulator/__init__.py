"""Simulator of Elastic Cloud Enterprise: any number of installations, and real TLS between their clusters.

A library first (`Simulator`, with or without ports), a server second (`ece-simulator`). What is named here is loaded
when first asked for, so that the small command line tools of simulated clusters start fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ece_simulator.clock import Clock, ManualClock, RealClock
    from ece_simulator.control import Control
    from ece_simulator.eck.cluster import EckCluster
    from ece_simulator.hosted.organization import HostedOrganization
    from ece_simulator.installation import Installation
    from ece_simulator.message import Reply, Request
    from ece_simulator.self_managed.cluster import SelfManagedCluster
    from ece_simulator.simulator import Simulator
    from ece_simulator.switches import Switches

__all__ = [
    "Clock", "Control", "EckCluster", "HostedOrganization", "Installation", "ManualClock", "RealClock", "Reply",
    "Request", "SelfManagedCluster", "Simulator", "Switches",
]  # fmt: skip

_PLACES = {
    "Clock": "clock", "ManualClock": "clock", "RealClock": "clock", "Control": "control",
    "EckCluster": "eck.cluster", "HostedOrganization": "hosted.organization", "Installation": "installation",
    "Reply": "message", "Request": "message", "SelfManagedCluster": "self_managed.cluster", "Simulator": "simulator",
    "Switches": "switches",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Loads a public name."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
