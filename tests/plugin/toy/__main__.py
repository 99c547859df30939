"""The provider's program."""

from terraform_plugin import serve
from tests.plugin.toy.provider import ToyProvider

if __name__ == "__main__":
    serve(ToyProvider())
