"""The program around a provider: handshake, signals, the parent's death, debug mode."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from terraform_plugin.provider import Provider

COOKIE_NAME = "TF_PLUGIN_MAGIC_COOKIE"
COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
_PARENT_CHECK = 1.0
"""Seconds between two looks at whether Terraform is still there."""

HINT = (
    "This is a Terraform provider: Terraform starts it by itself. "
    "Name it in required_providers, or start it with --debug to attach Terraform to a running process."
)


def serve(provider: Provider[Any], address: str, arguments: Sequence[str] | None = None) -> int:
    """Serve a provider until Terraform ends it; return the exit code.

    ``address`` is the provider's source address, such as ``registry.example/team/thing``; with ``--debug`` the process
    prints a value for TF_REATTACH_PROVIDERS under that address and outlives single commands.
    """
    debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    if not debug and os.environ.get(COOKIE_NAME) != COOKIE:
        print(HINT, file=sys.stderr)
        return 1
    # stdout carries the handshake and nothing else: stray prints go to stderr
    announce = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; Terraform sends StopProvider
    from terraform_plugin.logs import configure_logs

    configure_logs(provider.logger_names())
    return asyncio.run(_run(provider, address, announce, debug=debug))


async def _run(provider: Provider[Any], address: str, announce: Any, *, debug: bool) -> int:
    from terraform_plugin.protocol.calls import Calls
    from terraform_plugin.protocol.service import handlers
    from terraform_plugin.protocol.transport import Transport

    done = asyncio.Event()
    calls = Calls(provider)
    transport = Transport(handlers(calls, done))
    endpoint = await transport.start(None if debug else os.environ.get("PLUGIN_CLIENT_CERT"))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, done.set)
    if debug:
        loop.remove_signal_handler(signal.SIGINT)
        loop.add_signal_handler(signal.SIGINT, done.set)
        print(_reattach(address, endpoint.network, endpoint.address), file=announce, flush=True)
    else:
        print(endpoint.handshake(), file=announce, flush=True)
        watch = asyncio.create_task(_watch_parent(done))
    await done.wait()
    if not debug:
        watch.cancel()
    await calls.session.close()
    await transport.stop()
    return 0


async def _watch_parent(done: asyncio.Event) -> None:
    """End when Terraform is gone: it does not always take its plugins along."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110  (a parent's death raises no event we could wait for)
        await asyncio.sleep(_PARENT_CHECK)
    done.set()


def _reattach(address: str, network: str, where: str) -> str:
    facts = {
        address: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": network, "String": where},
        }
    }
    return f"TF_REATTACH_PROVIDERS='{json.dumps(facts)}'"
