"""``ece_traffic_filter``: a rule set of traffic filters; with which deployments it is associated is not part of it."""
