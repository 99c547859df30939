"""Storing, reading and removing (ECE API ``GET``, ``PUT``, ``DELETE`` of ``…/security/extra_certs/{cert_id}``)."""

from __future__ import annotations

import logging
from typing import Any

from ece_client import NotFound, StatusError
from ece_domain.certificate_chains import same_chain
from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import must_keep, note_done, settle
from ece_provider.resources.extra_certificate.schema import TYPE_NAME
from ece_provider.resources.platform_certificate.verbs import upload_body
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, ReadContext, UpdateContext
from terraform_plugin.values import Values

LOG = logging.getLogger("ece_provider.extra_certificate")

AnyContext = CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider]


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Store the certificate; one of this id that holds something else is not written over.

    Raises:
        DiagnosticError: the id is taken, the key cannot be had or does not fit, or ECE refuses the certificate.
        ApiError: the API cannot be reached or refuses.
    """
    settle(context)
    cert_id = context.planned["cert_id"]
    is_own = bool(context.provider.owners.take_kept(TYPE_NAME, cert_id))
    found = await _found(context.provider, cert_id)
    if found is not None and not is_own and not same_chain(found, context.planned["chain_pem"]):
        raise DiagnosticError(
            "The certificate id is taken",
            f'The platform has an extra certificate "{cert_id}" already, which holds something else. Give this one '
            f"another cert_id; or, to take it over, import it by {cert_id}.",
            Path("cert_id"),
        )
    return await _stored(context)


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Store another certificate under the same id. Raises as ``create``."""
    settle(context)
    return await _stored(context)


async def _stored(context: AnyContext) -> Values:
    planned = context.planned
    body = upload_body(context, rsa_only=False)
    if context.stop.is_set():
        raise Interrupted("Stopped before the certificate was stored.")
    client = await context.provider.client()
    try:
        await client.call("set-extra-certificate", path={"cert_id": planned["cert_id"]}, body=body)
    except StatusError as error:
        if error.status == 400:
            raise DiagnosticError("The certificate was refused", f"{error}.", Path("chain_pem")) from error
        raise
    state = {**planned, "id": planned["cert_id"], "private_key_wo": None}
    context.save(state)
    note_done(context, TYPE_NAME, planned["cert_id"])
    return state


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The certificate as it is, None when it is gone."""
    chain = await _found(context.provider, context.state["cert_id"])
    if chain is None:
        return None
    return {**context.state, "id": context.state["cert_id"], "chain_pem": chain, "private_key_wo": None}


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove it; one that is stored again under the same id stays until then."""
    cert_id = context.state["cert_id"]
    if must_keep(context, TYPE_NAME, cert_id):
        context.provider.owners.keep(TYPE_NAME, cert_id)
        return
    client = await context.provider.client()
    try:
        await client.call("delete-extra-certificate", path={"cert_id": cert_id})
    except NotFound:
        LOG.info("extra certificate %s is gone already", cert_id)


async def _found(provider: ConfiguredProvider, cert_id: str) -> list[Any] | None:
    client = await provider.client()
    try:
        return list((await client.call("get-extra-certificate", path={"cert_id": cert_id})).data.get("chain") or ())
    except NotFound:
        return None
