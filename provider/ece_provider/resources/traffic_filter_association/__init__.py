"""``ece_traffic_filter_association``: one rule set on one deployment."""
