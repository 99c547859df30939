"""TLS over real sockets: who is trusted by which argument, and what a refusal says."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from ece_client import ApiKey, Client, ClientConfig, ConnectionFailed, Tls, TlsFailed
from tests.api_client.tls_server import made, refusing, serving

ROOT = made("root", is_ca=True)
MIDDLE = made("middle", ROOT, is_ca=True)
SERVER = made("server", MIDDLE)
OTHER = made("other root", is_ca=True)
SELF_SIGNED = made("alone")
CHAIN = [SERVER, MIDDLE, ROOT]


async def call(server, tls, *, endpoint=None, max_retries=0):
    """Return the data of one call to the server."""
    config = ClientConfig(
        endpoint or server.endpoint, ApiKey("k"), tls=tls, max_retries=max_retries, request_timeout=10
    )
    async with Client(config) as client:
        return (await client.call("list-deployments")).data


def at(tmp_path, name, text):
    """Write a file and return its path."""
    file = tmp_path / name
    file.write_text(text)
    return str(file)


TRUSTED = {
    "the root as text": (CHAIN, Tls(ca_pem=ROOT.pem)),
    "a bundle with more than one root": (CHAIN, Tls(ca_pem=OTHER.pem + ROOT.pem)),
    "the intermediate": ([SERVER], Tls(ca_pem=MIDDLE.pem)),
    "the server's own certificate": (CHAIN, Tls(ca_pem=SERVER.pem)),
    "a self-signed certificate": ([SELF_SIGNED], Tls(ca_pem=SELF_SIGNED.pem)),
    "fingerprint of the root": (CHAIN, Tls(ca_fingerprint=ROOT.fingerprint)),
    "fingerprint of the intermediate": (CHAIN, Tls(ca_fingerprint=MIDDLE.fingerprint.upper())),
    "fingerprint of the server": (CHAIN, Tls(ca_fingerprint=SERVER.fingerprint)),
    "fingerprint of a self-signed one": ([SELF_SIGNED], Tls(ca_fingerprint=SELF_SIGNED.fingerprint)),
    "fingerprint of a server with another name": (
        [made("x", ROOT, host="elsewhere.test")],
        None,
    ),
    "anybody": ([made("x", OTHER, host="elsewhere.test", days=-1)], Tls(insecure=True)),
}


@pytest.mark.parametrize("case", TRUSTED)
async def test_trusted(tmp_path, case):
    """Each way to name whom to trust works by itself."""
    chain, tls = TRUSTED[case]
    async with serving(tmp_path, chain) as server:
        data = await call(server, tls or Tls(ca_fingerprint=chain[0].fingerprint))
    assert data == {"path": "/api/v1/deployments"}


async def test_ca_file(tmp_path):
    """The usual way on ECE: the CA downloaded from the platform."""
    async with serving(tmp_path, CHAIN) as server:
        assert await call(server, Tls(ca_file=at(tmp_path, "ca.pem", ROOT.pem)))


EXPIRED = made("server", ROOT, days=-1)
ELSEWHERE = made("server", ROOT, host="elsewhere.test")
FORGED = made("server", OTHER)
REFUSED = {
    "nothing set": (CHAIN, Tls(), "unknown_ca", "ca_file", "set `ca_file`, `ca_pem` or `ca_fingerprint`"),
    "self-signed": ([SELF_SIGNED], Tls(), "unknown_ca", "ca_file", "not trusted"),
    "another CA": (CHAIN, Tls(ca_pem=OTHER.pem), "unknown_ca", "ca_pem", "`ca_pem` holds another CA"),
    "expired": ([EXPIRED], Tls(ca_pem=ROOT.pem), "expired", "endpoint", "must be renewed"),
    "host name": ([ELSEWHERE], Tls(ca_pem=ROOT.pem), "host_name_mismatch", "endpoint", "use a name of the certificate"),
    "host name with the CA's fingerprint": (
        [ELSEWHERE, ROOT], Tls(ca_fingerprint=ROOT.fingerprint), "host_name_mismatch", "endpoint", "use a name",
    ),
    "fingerprint of nobody": (
        CHAIN, Tls(ca_fingerprint="ab" * 32), "fingerprint_mismatch", "ca_fingerprint", SERVER.fingerprint,
    ),
    "a forged server that presents the right CA": (
        [FORGED, ROOT], Tls(ca_fingerprint=ROOT.fingerprint), "fingerprint_mismatch", "ca_fingerprint", "not signed by",
    ),
    "expired, by fingerprint": ([EXPIRED], Tls(ca_fingerprint=EXPIRED.fingerprint), "expired", "endpoint", "renewed"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_refused(tmp_path, case):
    """No request reaches a server that is not the right one, and the text names what to change."""
    chain, tls, reason, argument, words = REFUSED[case]
    async with serving(tmp_path, chain) as server:
        with pytest.raises(TlsFailed) as caught:
            await call(server, tls, max_retries=3)
    error = caught.value
    assert (error.reason, error.argument) == (reason, argument)
    assert words in str(error)
    assert f"127.0.0.1:{server.port}" in str(error)
    assert not [request for request in server.requests if "/api/" in request]


async def test_refusals_are_not_repeated(tmp_path):
    """A wrong certificate is wrong at the next attempt too."""
    async with serving(tmp_path, CHAIN) as server:
        with pytest.raises(TlsFailed) as caught:
            await call(server, Tls(ca_pem=OTHER.pem), max_retries=4)
    assert "attempts" not in str(caught.value)


async def test_client_certificate(tmp_path):
    """Mutual TLS, with the key in a file of its own and in the certificate's."""
    client = made("client", OTHER)
    certificate, key = at(tmp_path, "c.pem", client.pem), at(tmp_path, "k.pem", client.key_pem())
    both = at(tmp_path, "b.pem", client.pem + client.key_pem())
    async with serving(tmp_path, CHAIN, client_ca=OTHER) as server:
        for trust in ({"ca_pem": ROOT.pem}, {"ca_fingerprint": ROOT.fingerprint}, {"insecure": True}):
            assert await call(server, Tls(client_cert_file=certificate, client_key_file=key, **trust))
            assert await call(server, Tls(client_cert_file=both, **trust))


TRUST = [{"ca_pem": ROOT.pem}, {"ca_fingerprint": ROOT.fingerprint}]


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("trust", TRUST)
@pytest.mark.parametrize("foreign", [False, True])
async def test_a_missing_or_foreign_client_certificate(tmp_path, foreign, trust, newest):
    """The server's alert says so; with TLS 1.3 it comes only after the handshake."""
    stranger = made("stranger", ROOT)
    file = at(tmp_path, "s.pem", stranger.pem + stranger.key_pem())
    tls = Tls(client_cert_file=file if foreign else None, **trust)
    with refusing(tmp_path, CHAIN, OTHER, newest) as endpoint, pytest.raises(TlsFailed) as caught:
        await call(None, tls, endpoint=endpoint, max_retries=3)
    assert caught.value.reason == "client_certificate"
    assert "`client_cert_file`" in str(caught.value)


@pytest.mark.parametrize("trust", TRUST)
async def test_a_refusal_of_the_client_that_gets_lost(tmp_path, trust):
    """Many servers cut the connection before their alert arrives; the text must lead to the argument all the same."""
    async with serving(tmp_path, CHAIN, client_ca=OTHER) as server:
        with pytest.raises(ConnectionFailed, match="`client_cert_file`"):
            await call(server, Tls(**trust))


@pytest.mark.parametrize(
    ("make", "argument", "words"),
    [
        (lambda folder: Tls(ca_file=str(folder / "none.pem")), "ca_file", "No such file"),
        (lambda folder: Tls(ca_file=at(folder, "x.pem", "no pem")), "ca_file", "no usable PEM certificate"),
        (lambda folder: Tls(ca_pem="no pem"), "ca_pem", "no usable PEM certificate"),
        (lambda folder: Tls(ca_pem="-----BEGIN CERTIFICATE-----\nAA"), "ca_pem", "no usable PEM certificate"),
        (lambda folder: Tls(insecure=True, client_cert_file="/nowhere.pem"), "client_cert_file", "No such file"),
        (
            lambda folder: Tls(
                client_cert_file=at(folder, "c.pem", SERVER.pem), client_key_file=at(folder, "k.pem", ROOT.key_pem())
            ),
            "client_cert_file",
            "do not match",
        ),
        (
            lambda folder: Tls(
                client_cert_file=at(folder, "c.pem", SERVER.pem),
                client_key_file=at(folder, "k.pem", SERVER.key_pem(b"pw")),
            ),
            "client_cert_file",
            "key is encrypted",
        ),
    ],
)
async def test_unusable_files(tmp_path, make, argument, words):
    """Found out before anything is sent, and without a prompt for a password on the terminal."""
    async with serving(tmp_path, CHAIN) as server:
        with pytest.raises(TlsFailed, match=words) as caught:
            await call(server, make(tmp_path))
    assert (caught.value.reason, caught.value.argument) == ("bad_file", argument)
    assert server.connections == 0


async def test_a_port_without_tls(tmp_path):
    """ECE has a plain port beside the TLS one; mixing them up is the commonest mistake."""
    async with serving(tmp_path, None) as server:
        with pytest.raises(TlsFailed, match="does not speak TLS") as caught:
            await call(server, Tls(ca_pem=ROOT.pem))
        assert caught.value.reason == "not_tls"
        plain = server.endpoint.replace("https:", "http:")
        assert await call(server, Tls(ca_file="/never/read"), endpoint=plain)


async def test_a_closed_port_and_an_unknown_host(tmp_path):
    """The text names what was knocked at, and the argument."""
    async with serving(tmp_path, CHAIN) as server:
        pass
    with pytest.raises(ConnectionFailed, match=rf"127\.0\.0\.1:{server.port}: Connection refused; check `endpoint`"):
        await call(server, Tls())
    with pytest.raises(ConnectionFailed, match=r"host name of ece\.invalid:443 is not known; check `endpoint`"):
        await call(server, Tls(), endpoint="https://ece.invalid", max_retries=3)


async def test_a_path_in_front_is_kept(tmp_path):
    """Over a real connection, also past the look at the fingerprint."""
    async with serving(tmp_path, CHAIN) as server:
        data = await call(server, Tls(ca_fingerprint=ROOT.fingerprint), endpoint=f"{server.endpoint}/ece/api/v1")
    assert data == {"path": "/ece/api/v1/deployments"}
    assert server.requests == ["HEAD /ece/", "GET /ece/api/v1/deployments"]


async def test_many_first_calls_look_for_the_fingerprint_once(tmp_path):
    """Ten parallel reads at the start of a run must share one pool of connections."""
    async with serving(tmp_path, CHAIN) as server:
        config = ClientConfig(server.endpoint, ApiKey("k"), tls=Tls(ca_fingerprint=ROOT.fingerprint))
        async with Client(config) as client:
            await asyncio.gather(*(client.call("list-deployments") for _ in range(10)))
    assert [request for request in server.requests if request.startswith("HEAD")] == ["HEAD /"]


async def test_connections_are_reused_and_the_context_is_built_once(tmp_path, monkeypatch):
    """A handshake and a pile of root certificates per call would cost more than the calls."""
    built = []
    original = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda self, *a, **k: built.append(1) or original(self, *a, **k)
    )
    async with serving(tmp_path, CHAIN) as server:
        built.clear()
        async with Client(ClientConfig(server.endpoint, ApiKey("k"), tls=Tls(ca_pem=ROOT.pem))) as client:
            for _ in range(10):
                await client.call("list-deployments")
            assert server.connections == 1
            await asyncio.gather(*(client.call("list-deployments") for _ in range(50)))
        assert server.connections <= 50
    assert len(server.requests) == 60
    assert len(built) == 1


async def test_a_client_can_be_used_again_after_closing(tmp_path):
    """Closing frees connections; it must not leave a trap behind."""
    async with serving(tmp_path, CHAIN) as server:
        client = Client(ClientConfig(server.endpoint, ApiKey("k"), tls=Tls(ca_pem=ROOT.pem)))
        await client.call("list-deployments")
        await client.aclose()
        await client.aclose()
        await client.call("list-deployments")
        await client.aclose()
    assert server.connections == 2
