"""Certificate chains of the platform's services: those ECE makes itself, and uploaded ones.

Service `proxy` stands for 9243, 9343 and 9443, `ui` for the API; `internalca` signs node certificates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

from ece_simulator.problems import Problem
from ece_simulator.tls import issue, pem_of
from ece_simulator.trust.pem import read_certificates

if TYPE_CHECKING:
    from ece_simulator.world import World

INVALID = "cert.invalid_cert_chain"
RSA_HEADER = "-----BEGIN RSA PRIVATE KEY-----"
KINDS = ("private", "public")
"""What signs the proxies' own certificate: the installation's private CA, or one that everybody trusts."""
PRODUCTS = ("es", "kb", "apm", "integrations", "fleet", "profiling", "symbols")


@dataclass(frozen=True)
class Chain:
    """Server certificate first, root last, with the server's key."""

    certificates: tuple[x509.Certificate, ...]
    key_pem: str = field(repr=False)
    user_supplied: bool = False

    @cached_property
    def pems(self) -> list[str]:
        """The certificates as PEM texts."""
        return [pem_of(certificate) for certificate in self.certificates]

    @cached_property
    def root_pem(self) -> str:
        """What a peer must trust."""
        return pem_of(self.certificates[-1])


def own_proxy_chain(world: World, kind: str) -> Chain:
    """The chain that the proxies start with."""
    domains = [region.domain for region in world.regions.values()]
    names = [name for domain in domains for name in (f"*.{domain}", *(f"*.{product}.{domain}" for product in PRODUCTS))]
    issuer = world.well_known.issuer if kind == "public" else world.authority.proxy_root
    server = issue(issuer, f"*.{world.domain}", (*names, *world.authority.hosts))
    behind = (issuer, world.well_known.root) if kind == "public" else (issuer,)
    # ECE makes no certificates of a public CA: somebody uploaded this one.
    certificates = (server.certificate, *(pair.certificate for pair in behind))
    return Chain(certificates, server.key_pem, user_supplied=kind == "public")


def own_chain(world: World, service: str) -> Chain:
    """The chain of a service that nobody uploaded one for."""
    if service == "proxy":
        return world.own_proxy_chain()
    if service == "internalca":
        pair = world.authority.internal
        return Chain((pair.certificate,), pair.key_pem)
    server = world.authority.server_certificate()
    return Chain((server.certificate, world.authority.platform.certificate), server.key_pem)


def read_bundle(text: str) -> Chain:
    """A bundle as the upload wants it: RSA key in its traditional form, server certificate, …, root; 400 otherwise."""
    if RSA_HEADER not in text:
        raise _refused("The chain must start with an unencrypted RSA private key (BEGIN RSA PRIVATE KEY)")
    head, _, rest = text.partition("-----END RSA PRIVATE KEY-----")
    key_pem = head + "-----END RSA PRIVATE KEY-----\n"
    try:
        if "CERTIFICATE" in head:
            raise ValueError("The private key must come first")
        key = serialization.load_pem_private_key(key_pem.encode(), None)
        certificates = read_certificates(rest)
        if certificates[0].public_key() != key.public_key():
            raise ValueError("The private key does not belong to the first certificate")
        for lower, upper in zip(certificates, [*certificates[1:], certificates[-1]], strict=True):
            lower.verify_directly_issued_by(upper)
    except InvalidSignature as error:
        raise _refused("A certificate of the chain is not signed by the next one") from error
    except (ValueError, TypeError) as error:
        raise _refused(f"The chain is not valid: {error}") from error
    return Chain(tuple(certificates), key_pem, user_supplied=True)


def _refused(message: str) -> Problem:
    return Problem(400, INVALID, message, ["chain"])  # the code is documented, the status is inferred
