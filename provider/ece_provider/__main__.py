"""The provider's process: Terraform starts it and talks to it over gRPC."""

from __future__ import annotations

import sys

from ece_provider import PROVIDER_ADDRESS


def main() -> int:
    """Serve the provider until Terraform ends it; returns the exit code."""
    from ece_provider.provider import EceProvider
    from terraform_plugin import serve

    return serve(EceProvider(), PROVIDER_ADDRESS) or 0


if __name__ == "__main__":
    sys.exit(main())
