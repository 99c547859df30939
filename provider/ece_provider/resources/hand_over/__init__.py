"""``ece_hand_over``: files and a run-book for what nobody can do by API."""
