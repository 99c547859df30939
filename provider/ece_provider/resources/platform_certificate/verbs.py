"""Uploading and reading a chain (ECE API ``GET`` and ``POST /platform/configuration/security/tls/{service_name}``)."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Final

from ece_client import ApiError, StatusError
from ece_domain.certificate_chains import bundle, same_chain
from ece_domain.findings import InvalidValue
from ece_provider.configured import ConfiguredProvider
from ece_provider.private_keys import private_key_of
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, Interrupted, ReadContext, UpdateContext
from terraform_plugin.values import Values

LOG = logging.getLogger("ece_provider.platform_certificate")

AnyContext = CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider]

_LONGEST_PAUSE: Final = 2.0


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Upload the chain, unless the service shows it already; raises as ``_uploaded``."""
    found = await _shown(context.provider, context.planned["service"])
    if same_chain(found.get("chain") or [], context.planned["chain_pem"]):
        return _state(context.planned, found)
    return await _uploaded(context, "create")


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Upload another chain; raises as ``_uploaded``."""
    return await _uploaded(context, "update")


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The chain that the service shows, whoever uploaded it."""
    return _state(context.state, await _shown(context.provider, context.state["service"]))


async def _uploaded(context: AnyContext, verb: str) -> Values:
    """Upload and wait until the API shows it.

    Raises:
        DiagnosticError: the key cannot be had or does not fit, or ECE refuses the chain.
        Interrupted: the user stopped Terraform.
        ApiError: the API cannot be reached or refuses.
    """
    planned = context.planned
    body = upload_body(context, rsa_only=True)
    if context.stop.is_set():
        raise Interrupted("Stopped before the certificate chain was uploaded.")
    client = await context.provider.client()
    try:
        await client.call("set-tls-certificate", path={"service_name": planned["service"]}, body=body)
    except StatusError as error:
        if error.status == 400:
            raise DiagnosticError("The certificate chain was refused", f"{error}.", Path("chain_pem")) from error
        raise
    return _state(planned, await _taken_over(context, context.timeouts.get(verb) or 300.0))


def upload_body(context: AnyContext, *, rsa_only: bool) -> bytes:
    """The raw PEM text of key and chain; raises DiagnosticError when the key cannot be had or does not fit."""
    key, path = private_key_of(context.config, context.provider.environ)
    if key is None and rsa_only:
        raise DiagnosticError("The private key is missing", "A chain is uploaded together with its private key.", path)
    try:
        return bundle(context.planned["chain_pem"], key, rsa_only=rsa_only).encode()
    except InvalidValue as problem:
        raise DiagnosticError(
            "The private key does not fit", f"{str(problem)[:1].upper()}{str(problem)[1:]}.", path
        ) from None


async def _taken_over(context: AnyContext, seconds: float) -> dict[str, Any]:
    """What the API shows once it shows the new chain: it accepts an upload before it has taken effect."""
    planned, end, pause = context.planned, time.monotonic() + seconds, 0.1
    while True:
        try:
            found = await _shown(context.provider, planned["service"])
        except StatusError:
            raise
        except ApiError as problem:
            return _out_of_sight(context, problem)
        if same_chain(found.get("chain") or [], planned["chain_pem"]):
            return found
        if time.monotonic() >= end:
            raise DiagnosticError(
                "The certificate chain has not taken effect",
                f"ECE accepted the chain of {planned['service']}, and still shows another one after {seconds:g} s. "
                "Run terraform plan again later: it looks what is shown by then.",
                Path("chain_pem"),
            )
        try:
            await asyncio.wait_for(context.stop.wait(), pause)
        except TimeoutError:
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            continue
        raise Interrupted(f"Stopped while the certificate chain of {planned['service']} was taken over.")


def _out_of_sight(context: AnyContext, problem: ApiError) -> dict[str, Any]:
    """The API itself shows another certificate now, which this run was not told to trust."""
    context.diagnostics.warning(
        "The API cannot be reached since the upload",
        f"The chain of {context.planned['service']} was accepted. Since then: {problem}. If the API itself shows the "
        "new chain by now, let ca_file, ca_pem or ca_fingerprint of the provider name its CA.",
        Path("chain_pem"),
    )
    return {"chain": context.planned["chain_pem"], "user_supplied": True}


async def _shown(provider: ConfiguredProvider, service: str) -> dict[str, Any]:
    client = await provider.client()
    return dict((await client.call("get-tls-certificate", path={"service_name": service})).data or {})


def _state(values: Values, found: dict[str, Any]) -> Values:
    chain = list(found.get("chain") or ())
    return {
        **values,
        "id": values["service"],
        "chain_pem": chain,
        "private_key_wo": None,
        "ca_pem": chain[-1] if chain else None,
        "expires_at": (found.get("chain_status") or {}).get("expiration_date"),
        "user_supplied": bool(found.get("user_supplied")),
    }
