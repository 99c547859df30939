"""The provider as a process: handshake, mutual TLS, what stdout holds, and every way to end."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from grpclib.client import Channel, UnaryUnaryMethod

from terraform_plugin.protocol.messages import message
from terraform_plugin.protocol.transport import BytesCodec
from terraform_plugin.serve import COOKIE, COOKIE_NAME
from tests.plugin.rpc import Wire, texts
from tests.plugin.served import Served, Slow

ROOT = Path(__file__).resolve().parents[2]
LONG = 20.0


class ClientCertificate:
    """A certificate as Terraform makes it: ECDSA P-521, its own authority."""

    def __init__(self, folder: Path) -> None:
        import datetime as dt

        key = ec.generate_private_key(ec.SECP521R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = dt.datetime.now(dt.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(minutes=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA512())
        )
        self.pem = made.public_bytes(serialization.Encoding.PEM).decode()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.file = folder / "client.pem"
        self.file.write_bytes(private + self.pem.encode())


class Process:
    """A started provider and its handshake line."""

    def __init__(self, process: asyncio.subprocess.Process, line: str) -> None:
        self.process = process
        self.line = line
        self.core, self.version, self.network, self.address, self.kind, self.certificate = line.split("|")

    def context(self, client: ClientCertificate | None) -> ssl.SSLContext:
        """What a Terraform with this certificate trusts and shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=base64.b64decode(self.certificate + "=="))
        context.set_alpn_protocols(["h2"])
        if client is not None:
            context.load_cert_chain(client.file)
        return context

    @asynccontextmanager
    async def wire(self, client: ClientCertificate | None) -> AsyncIterator[Wire]:
        """A connection to the process."""
        secure = self.context(client) if self.certificate else None
        channel = Channel(path=self.address, ssl=secure, codec=BytesCodec())
        channel._config = channel._config.__class__(ssl_target_name_override="localhost").__for_client__()
        try:
            yield Wire(Served(Slow()), channel)
        finally:
            channel.close()

    async def ended(self) -> int:
        """The exit code, once the process has ended."""
        return await asyncio.wait_for(self.process.wait(), LONG)


@asynccontextmanager
async def started(*, through: Sequence[str] = (), **environment: str) -> AsyncIterator[Process]:
    """A provider's process, ended in the end."""
    process = await asyncio.create_subprocess_exec(
        *through, sys.executable, "-m", "tests.plugin.served",
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, COOKIE_NAME: COOKIE, "PLUGIN_PROTOCOL_VERSIONS": "5,6", **environment},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), LONG)).decode().rstrip("\n")
        yield Process(process, line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
def client(tmp_path: Path) -> ClientCertificate:
    """Terraform's certificate."""
    return ClientCertificate(tmp_path)


async def shut_down(wire: Wire) -> None:
    """Terraform's way to end a plugin."""
    await UnaryUnaryMethod(wire.channel, "/plugin.GRPCController/Shutdown", bytes, bytes)(b"")


async def until(file: Path, text: str) -> None:
    """Wait until the file holds the text."""
    async with asyncio.timeout(LONG):
        while not file.exists() or file.read_text() != text:  # noqa: ASYNC110  (another process writes it)
            await asyncio.sleep(0.02)


async def test_handshake_calls_and_orderly_end(client: ClientCertificate, tmp_path: Path):
    """One line on stdout and never another; the socket lies where only we can look, and is gone afterwards."""
    closed = tmp_path / "closed"
    async with started(PLUGIN_CLIENT_CERT=client.pem, CLOSED_FILE=str(closed), TF_LOG="TRACE") as provider:
        assert (provider.core, provider.version, provider.network, provider.kind) == ("1", "6", "unix", "grpc")
        folder = Path(provider.address).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [file.name for file in folder.iterdir()] == ["s"]
        async with provider.wire(client) as wire:
            assert not (await wire.configure()).diagnostics
            await shut_down(wire)
            assert await provider.ended() == 0
        assert provider.process.stdout is not None
        assert provider.process.stderr is not None
        assert await provider.process.stdout.read() == b""
        errors = (await provider.process.stderr.read()).decode()
        assert "printed: a stray print" in errors
        assert "a stray write" in errors
        assert closed.read_text() == "closed"
        assert not folder.exists()


async def test_a_provider_that_does_not_load_says_why(client: ClientCertificate):
    """Terraform would only say that a plugin did not respond."""
    async with started(PLUGIN_CLIENT_CERT=client.pem, BROKEN="1") as provider, provider.wire(client) as wire:
        for name in ("GetProviderSchema", "PlanResourceChange"):
            assert texts(await wire.call(name)) == [
                "error : The provider could not be loaded | ImportError: no module named snapshots"
            ]
        assert "snapshots" in (await wire.call("CallFunction")).error.text
        await shut_down(wire)
        assert await provider.ended() == 0


@pytest.mark.parametrize("kind", ["none", "foreign"])
async def test_who_has_not_terraforms_key_is_turned_away(client: ClientCertificate, tmp_path: Path, kind: str):
    """Mutual TLS: another process of this machine must not be able to speak to the provider."""
    (tmp_path / "other").mkdir()
    stranger = ClientCertificate(tmp_path / "other") if kind == "foreign" else None
    async with started(PLUGIN_CLIENT_CERT=client.pem) as provider:
        async with provider.wire(stranger) as wire:
            with pytest.raises((OSError, ssl.SSLError, asyncio.TimeoutError, Exception)):
                await asyncio.wait_for(wire.call("GetMetadata"), 5)
        async with provider.wire(client) as wire:
            assert (await wire.call("GetMetadata")).resources[0].type_name == "small_slow"


async def test_terraform_verifies_the_certificate_of_the_handshake(client: ClientCertificate):
    """A certificate for localhost, its own authority, valid now."""
    async with started(PLUGIN_CLIENT_CERT=client.pem) as provider:
        certificate = x509.load_der_x509_certificate(base64.b64decode(provider.certificate + "=="))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_before_utc < certificate.not_valid_after_utc
    assert not provider.certificate.endswith("=")


@pytest.mark.parametrize(
    ("environment", "told"),
    [({COOKIE_NAME: "nonsense"}, "--debug"), ({"PLUGIN_PROTOCOL_VERSIONS": "4,5"}, "version 6")],
)
def test_started_the_wrong_way_it_says_so(environment: dict[str, str], told: str):
    """A person, or a Terraform that is too old: a text, exit code 1, nothing on stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugin.served"], cwd=ROOT, capture_output=True, text=True, timeout=LONG,
        check=False, env={**os.environ, COOKIE_NAME: COOKIE, **environment},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


async def begun(wire: Wire, file: Path) -> asyncio.Task[Any]:
    """A create that is under way."""
    await wire.configure()
    call = asyncio.create_task(wire.apply("small_slow", {"file": str(file)}, {"file": str(file)}))
    await until(file, "begun")
    return call


async def test_ctrl_c_is_left_to_terraform(client: ClientCertificate, tmp_path: Path):
    """It reaches the whole group; only StopProvider counts, and even that ends nothing but the call."""
    file = tmp_path / "create"
    async with started(PLUGIN_CLIENT_CERT=client.pem) as provider, provider.wire(client) as wire:
        call = await begun(wire, file)
        provider.process.send_signal(signal.SIGINT)
        assert (await wire.call("GetMetadata")).resources
        assert not call.done()
        await wire.call("StopProvider")
        assert (await call)["file"] == str(file)
        assert (await wire.call("GetMetadata")).resources


@pytest.mark.parametrize("how", ["sigterm", "shutdown"])
async def test_at_the_end_running_work_is_told_to_stop(client: ClientCertificate, tmp_path: Path, how: str):
    """It may still save what it knows."""
    file = tmp_path / "create"
    async with started(PLUGIN_CLIENT_CERT=client.pem) as provider, provider.wire(client) as wire:
        call = await begun(wire, file)
        if how == "sigterm":
            provider.process.send_signal(signal.SIGTERM)
        else:
            await shut_down(wire)
        assert await provider.ended() == 0
        assert file.read_text() == "stopped"
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)


PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:])
print(child.pid, file=sys.stderr, flush=True)
child.wait()
"""


async def test_it_ends_when_its_parent_is_killed(client: ClientCertificate, tmp_path: Path):
    """A Terraform that dies takes nobody along, so the provider must notice; running work may still end."""
    file = tmp_path / "create"
    async with started(through=(sys.executable, "-c", PARENT), PLUGIN_CLIENT_CERT=client.pem) as parent:
        assert parent.process.stderr is not None
        child = int((await parent.process.stderr.readline()).decode())
        async with parent.wire(client) as wire:
            call = await begun(wire, file)
            parent.process.kill()
            await until(file, "stopped")
            async with asyncio.timeout(LONG):
                while running(child):  # noqa: ASYNC110  (another process ends)
                    await asyncio.sleep(0.02)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


def running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


async def test_debug_mode(tmp_path: Path):
    """No cookie, no TLS, many clients, and an end by Ctrl-C."""
    environment = {name: value for name, value in os.environ.items() if name != COOKIE_NAME}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.plugin.served", "--debug",
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    text = ""
    while "TF_REATTACH_PROVIDERS" not in text:
        text += (await asyncio.wait_for(process.stdout.readline(), LONG)).decode()
    told = json.loads(re.search(r"'(\{.*\})'", text)[1])["registry.example/test/small"]  # type: ignore[index]
    assert (told["Protocol"], told["ProtocolVersion"], told["Pid"], told["Test"]) == ("grpc", 6, process.pid, True)
    assert told["Addr"]["Network"] == "unix"
    for _ in range(2):
        channel = Channel(path=told["Addr"]["String"], codec=BytesCodec())
        wire = Wire(Served(Slow()), channel)
        assert not (await wire.configure()).diagnostics
        channel.close()
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), LONG) == 0


async def test_without_a_client_certificate_there_is_no_tls():
    """As older launchers of plugins do it."""
    async with started() as provider:
        assert provider.certificate == ""
        async with provider.wire(None) as wire:
            assert await wire.call("GetMetadata") == message("GetMetadata.Response").FromString(
                (await wire.call("GetMetadata")).SerializeToString()
            )


async def test_a_long_path_of_temporary_files_falls_back_to_loopback(client: ClientCertificate, tmp_path: Path):
    """Socket paths have about a hundred characters."""
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    async with started(PLUGIN_CLIENT_CERT=client.pem, TMPDIR=str(deep)) as provider:
        assert provider.network == "tcp"
        host, port = provider.address.split(":")
        assert host == "127.0.0.1"
        channel = Channel(host, int(port), ssl=provider.context(client), codec=BytesCodec())
        channel._config = channel._config.__class__(ssl_target_name_override="localhost").__for_client__()
        assert (await Wire(Served(Slow()), channel).call("GetMetadata")).resources
        channel.close()


def test_loading_the_package_does_not_load_the_wire():
    """Schemas are also read by generators and tests, and a handshake should not wait for what it does not need."""
    code = (
        "import sys, terraform_plugin, terraform_plugin.protocol.transport\n"
        "print([name for name in ('google.protobuf', 'msgpack') if name in sys.modules])\n"
        "del sys.modules['terraform_plugin']\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
