"""Terraform provider for Elastic Cloud Enterprise."""

from __future__ import annotations

from typing import Final

PROVIDER_ADDRESS: Final = "terraform.local/ece/ece"
"""Source address of the provider; the only place where it is written."""

VERSION: Final = "0.1.0"
"""Version of the provider, shown to Terraform and in the user agent."""
