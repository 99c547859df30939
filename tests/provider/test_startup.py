"""The process must be there fast: Terraform starts it many times in one deploy."""

from __future__ import annotations

import subprocess
import sys


def test_no_http_library_before_the_first_call() -> None:
    """httpx and pydantic take a third of a second, which plans without the API must not pay."""
    code = (
        "import sys, asyncio\n"
        "from ece_provider.provider import EceProvider\n"
        "from terraform_plugin.provider import ConfigureContext\n"
        "p = EceProvider()\n"
        "[r.schema for r in p.resources]; [d.schema for d in p.data_sources]\n"
        "config = {**p.schema.null(), 'endpoint': 'https://h', 'api_key': 'k'}\n"
        "asyncio.run(p.configure(ConfigureContext(config=config)))\n"
        "print(sorted({'httpx', 'pydantic', 'ece_client.client', 'cryptography'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
