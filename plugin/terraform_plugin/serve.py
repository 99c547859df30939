"""The program around a provider: handshake, signals, the parent's death, debug mode."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final, TextIO

from terraform_plugin.provider import Provider
from terraform_plugin.schema import Schema

COOKIE_NAME: Final = "TF_PLUGIN_MAGIC_COOKIE"
COOKIE: Final = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""What Terraform sets for every provider it starts; a guard against people who start one by hand, and no secret."""

HINT: Final = """\
This program is a Terraform provider. It is not run by hand: Terraform starts it when a configuration names it in
required_providers. To run it in a debugger, start it with --debug and do what it then prints.
"""
_PARENT_CHECK: Final = 0.5
"""Seconds between two looks at the parent where the system cannot tell of its end."""
_GRACE: Final = 1.0
"""Seconds that running calls get to save what they know once the process is to end."""

AnyProvider = Provider[Any] | Callable[[], Provider[Any]]


def serve(provider: AnyProvider, address: str = "", argv: Sequence[str] | None = None) -> int:
    """Serve a provider until Terraform ends it, and end the process; returns an exit code where it could not serve.

    ``provider`` may be a function that makes it: Terraform then connects while the provider's modules load.
    ``address`` is the source address, such as ``registry.example/team/thing``; with ``--debug`` the process prints a
    value of TF_REATTACH_PROVIDERS for it and outlives single commands of Terraform.
    """
    debug = "--debug" in (sys.argv[1:] if argv is None else argv)
    if not debug:
        refusal = _refusal()
        if refusal:
            sys.stderr.write(refusal)
            return 1
        # Ctrl-C reaches the whole process group; Terraform says StopProvider when work is to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = asyncio.run(_Process(provider, address, debug=debug).run())
    if not debug:
        _end(code)
    return code


def _end(code: int) -> None:
    """End at once. Terraform waits for it, and taking a large Python process apart takes a tenth of a second."""
    atexit._run_exitfuncs()
    os._exit(code)


def _end_soon(code: int) -> None:
    """Make sure of the end: a thread of the provider that hangs must not keep the process."""
    last = threading.Timer(_GRACE, os._exit, (code,))
    last.daemon = True
    last.start()


def _refusal() -> str:
    """Why the process cannot serve; empty when it can."""
    if os.environ.get(COOKIE_NAME) != COOKIE:
        return HINT
    versions = os.environ.get("PLUGIN_PROTOCOL_VERSIONS", "6").split(",")
    if "6" not in versions:
        return f"This provider speaks version 6 of the plugin protocol; this Terraform offers {', '.join(versions)}.\n"
    return ""


class _Unloadable(Provider[Any]):
    """Stands in for a provider whose own code does not load."""

    name = "unloadable"
    version = ""
    schema = Schema({})


class _Process:
    def __init__(self, provider: AnyProvider, address: str, *, debug: bool) -> None:
        self._make = provider
        self._address = address
        self._debug = debug
        self._answers: dict[str, Any] = {}
        self._parent = os.getppid()

    async def run(self) -> int:
        """Listen, say where, load the provider, serve, clean up."""
        from terraform_plugin.protocol.messages import CALLS, SERVICE
        from terraform_plugin.protocol.transport import Transport

        out = _own_stdout()
        end = asyncio.Event()
        self._watch(end)
        transport = Transport([f"/{SERVICE}/{name}" for name in CALLS], self._answers.__getitem__, end.set)
        certificate = None if self._debug else os.environ.get("PLUGIN_CLIENT_CERT")
        endpoint = await transport.start(certificate, os.environ.get("PLUGIN_UNIX_SOCKET_DIR") or None)
        try:
            if not self._debug:
                out.write(endpoint.handshake() + "\n")
                out.flush()
            # No call is taken up meanwhile: the event loop waits.
            runtime = self._load()
            if self._debug:
                out.write(_how_to_attach(self._address or f"terraform.local/local/{runtime.provider.name}", endpoint))
                out.flush()
            await end.wait()
            runtime.stop()
        finally:
            await transport.stop(_GRACE)
        try:
            await asyncio.wait_for(runtime.close(), _GRACE)
            code = 0
        except TimeoutError:
            code = 1
        _end_soon(code)
        return code

    def _load(self) -> Any:
        from terraform_plugin.engine.runtime import Runtime
        from terraform_plugin.logs import configure_logs
        from terraform_plugin.protocol.calls import answers, refusals
        from terraform_plugin.protocol.messages import message
        from terraform_plugin.protocol.service import Service

        try:
            provider = self._make if isinstance(self._make, Provider) else self._make()
        except Exception as error:
            # The user sees an answer; a process that dies here would only "not respond".
            traceback.print_exc()
            self._answers.update(refusals(f"{type(error).__name__}: {error}"))
            return Runtime(_Unloadable())
        service = Service(provider)
        configure_logs(provider.logger_names(), service.runtime.mask)
        self._answers.update(answers(service))
        message("GetProviderSchema.Request")  # loads protobuf while Terraform connects
        return service.runtime

    def _watch(self, end: asyncio.Event) -> None:
        """Notice what ends the process: SIGTERM, Ctrl-C of a debugging user, the death of Terraform."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, end.set)
        if self._debug:
            loop.add_signal_handler(signal.SIGINT, end.set)
            return
        self._parent_watch = loop.create_task(_parent_gone(self._parent, end))


async def _parent_gone(parent: int, end: asyncio.Event) -> None:
    """Terraform does not always take its plugins along when it dies."""
    try:
        handle = os.pidfd_open(parent)
    except (AttributeError, OSError):
        handle = -1
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()
    if handle >= 0:
        loop.add_reader(handle, gone.set)
    while os.getppid() == parent and not gone.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), _PARENT_CHECK if handle < 0 else None)
    if handle >= 0:
        loop.remove_reader(handle)
    end.set()


def _own_stdout() -> TextIO:
    """The real stdout, for the handshake alone; what others print goes to the log, or to stderr."""
    from terraform_plugin.logs import Prints

    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = Prints()
    return own


def _how_to_attach(address: str, endpoint: Any) -> str:
    facts = {
        address: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": endpoint.network, "String": endpoint.address},
        }
    }
    return (
        "The provider is running. Terraform uses this process where this is set (Ctrl-C ends it):\n\n"
        f"\tTF_REATTACH_PROVIDERS='{json.dumps(facts)}'\n\n"
    )
