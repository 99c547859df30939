"""Tests of ``ece_hand_over`` and of the provider's functions."""
