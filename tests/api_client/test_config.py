"""What a configuration refuses and in which words, and that it shows no secret."""

from __future__ import annotations

import pytest

from ece_client import ApiKey, Basic, ClientConfig, Login, Tls

KEY = ApiKey("s3cret")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://h:12443", "https://h:12443"),
        (" https://h:12443/ ", "https://h:12443"),
        ("https://h/api/v1", "https://h"),
        ("https://h/ece/api/v1/", "https://h/ece"),
        ("http://[::1]:12400/x/", "http://[::1]:12400/x"),
    ],
)
def test_endpoint_forms(given, kept):
    """People paste what their browser or curl showed."""
    assert ClientConfig(given, KEY).endpoint == kept


@pytest.mark.parametrize(
    "given",
    ["", "h:12443", "ftp://h", "https://", "https://h:port", "https://h:0", "https://h?x=1", "https://h#x"],
)
def test_bad_endpoint_names_the_argument(given):
    """The message must say which argument, and how it should look."""
    with pytest.raises(ValueError, match="endpoint must be a URL such as"):
        ClientConfig(given, KEY)


def test_endpoint_with_a_password_is_refused_without_showing_it():
    """A password in a URL ends up in logs."""
    with pytest.raises(ValueError, match="without a user name") as caught:
        ClientConfig("https://admin:hunter2@h", KEY)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [("https://h", "h:443"), ("http://h/x", "h:80"), ("https://[::1]:9", "[::1]:9"), ("https://h:1", "h:1")],
)
def test_address(endpoint, address):
    """Messages of failed connections name host and port."""
    assert ClientConfig(endpoint, KEY).address == address


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ApiKey("  "), "api_key is empty"),
        (lambda: ApiKey("a b"), "api_key holds a character"),
        (lambda: ApiKey("a\nb"), "api_key holds a character"),
        (lambda: Login("", "x"), "username is empty"),
        (lambda: Login("x", ""), "password is empty"),
        (lambda: Basic("a:b", "x"), "username holds a colon"),
        (lambda: Tls(ca_file="a", insecure=True), "ca_file and insecure exclude"),
        (lambda: Tls(ca_file="a", ca_pem="b"), "ca_file and ca_pem exclude"),
        (lambda: Tls(client_key_file="k"), "client_key_file needs client_cert_file"),
        (lambda: Tls(ca_fingerprint="ab:cd"), "64 hexadecimal digits"),
        (lambda: ClientConfig("https://h", KEY, request_timeout=0), "request_timeout"),
        (lambda: ClientConfig("https://h", KEY, max_retries=-1), "max_retries"),
    ],
)
def test_bad_value_names_the_argument(make, words):
    """Each refusal must lead to the line in the configuration."""
    with pytest.raises(ValueError, match=words):
        make()


def test_fingerprint_is_compared_without_colons_and_case():
    """OpenSSL prints it in another form than browsers."""
    colons = ":".join(["AB"] * 32)
    assert Tls(ca_fingerprint=colons).ca_fingerprint == "ab" * 32


def test_no_secret_is_shown():
    """A configuration in a stack trace or a debug log must not give anything away."""
    tls = Tls(ca_pem="-----BEGIN CERTIFICATE-----s3cret", client_cert_file="/x/s3cret.pem")
    for auth in (KEY, Login("admin", "s3cret"), Basic("admin", "s3cret")):
        shown = repr(ClientConfig("https://h", auth, tls=tls)) + str(auth) + repr(tls)
        assert "s3cret" not in shown
        assert "***" in shown
