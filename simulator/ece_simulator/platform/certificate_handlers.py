"""Calls on the platform's certificates: TLS chains of services, extra certificates. Bodies are raw PEM."""

from __future__ import annotations

from typing import Any

from ece_simulator.call import Answer, Call
from ece_simulator.platform.chains import INVALID, own_chain, read_bundle
from ece_simulator.problems import Problem
from ece_simulator.tls import certificate_time, pem_of
from ece_simulator.trust.pem import read_certificates


def get_tls_certificate(call: Call) -> Answer:
    """GET …/security/tls/{service_name}."""
    service = call.path["service_name"]
    chain = call.world.chains.get(service) or own_chain(call.world, service)
    first = min(chain.certificates, key=lambda certificate: certificate.not_valid_after_utc)
    status = {
        "expiration_date": certificate_time(first.not_valid_after_utc),
        "first_certificate_to_expire": first.subject.rfc4514_string(),
    }
    shown = {"user_supplied": chain.user_supplied, "chain": chain.pems, "chain_status": status}
    return Answer({**shown, "api_managed": service != "internalca"})


def set_tls_certificate(call: Call) -> Answer:
    """POST …/security/tls/{service_name}: raw PEM; new connections see the chain at once (ECE takes a while)."""
    service = call.path["service_name"]
    if service == "internalca":  # that it is refused is inferred
        raise Problem(400, INVALID, "The service [internalca] is not managed by the API", ["service_name"])
    call.world.chains[service] = read_bundle(_text(call.body))
    call.world.tell_certificate_change(service)
    return Answer({"service": service}, 202)


def get_extra_certificates(call: Call) -> Answer:
    """GET …/security/extra_certs."""
    return Answer({"certs": {name: {"chain": chain} for name, chain in call.world.extra_certificates.items()}})


def get_extra_certificate(call: Call) -> Answer:
    """GET …/security/extra_certs/{cert_id}."""
    return Answer({"chain": call.world.extra_certificates[_known(call)]})


def set_extra_certificate(call: Call) -> Answer:
    """PUT …/security/extra_certs/{cert_id}: raw PEM bundle, with or without a key; the key is never shown again."""
    try:
        certificates = read_certificates(_text(call.body))
    except ValueError as error:
        raise Problem(400, "cert.unknown_cert_algorithm", f"The bundle {error}", ["body"]) from error
    call.world.extra_certificates[call.path["cert_id"]] = [pem_of(certificate) for certificate in certificates]
    return Answer()


def delete_extra_certificate(call: Call) -> Answer:
    """DELETE …/security/extra_certs/{cert_id}."""
    call.world.extra_certificates.pop(_known(call))
    return Answer()


def _known(call: Call) -> str:
    cert_id = call.path["cert_id"]
    if cert_id not in call.world.extra_certificates:
        raise Problem(404, "cert.not_found", f"The certificate [{cert_id}] was not found")
    return cert_id


def _text(body: Any) -> str:
    return bytes(body).decode("utf-8", "replace")
