"""Resources and arguments that tests of several subjects start from."""

from __future__ import annotations

FILTER, ASSOCIATION = "ece_traffic_filter", "ece_traffic_filter_association"
SECRET, HAND_OVER = "ece_keystore_secret", "ece_hand_over"
REPLICATE = {"replication": [{"names": ["stock"]}]}
OFFICE = {"type": "ip", "name": "office", "rules": [{"source": "192.0.2.0/24"}]}
