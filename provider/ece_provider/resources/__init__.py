"""Resource types, one folder each: schema, verbs, and the mapping between state and API."""
