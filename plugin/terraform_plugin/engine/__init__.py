"""The plan engine: what a provider promises that no resource should have to promise by itself. No wire in here."""
