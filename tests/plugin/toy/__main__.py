"""The provider's program."""

import sys

from terraform_plugin import serve
from tests.plugin.toy.provider import ADDRESS, ToyProvider

if __name__ == "__main__":
    sys.exit(serve(ToyProvider(), ADDRESS))
