"""The provider's program."""

import sys

from terraform_plugin import serve
from tests.plugin.toy.provider import ADDRESS, ToyProvider


def main() -> int:
    """Serve until Terraform ends it."""
    return serve(ToyProvider(), ADDRESS)


if __name__ == "__main__":
    sys.exit(main())
