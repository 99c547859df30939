"""What is judged of a trust relationship before it is written."""

from __future__ import annotations

from datetime import UTC, datetime

from ece_domain.trust import account_id_finding, installation_id_finding
from ece_provider.findings import report
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.values import Values, is_set


def check_ids(config: Values, diagnostics: Diagnostics) -> None:
    """The forms of the ids, as far as they are known."""
    if is_set(config["account_ids"]):
        report(diagnostics, [account_id_finding(each) for each in config["account_ids"] if is_set(each)])
    if is_set(config["installation_id"]):
        report(diagnostics, [installation_id_finding(config["installation_id"])])
    if config["account_ids"] in (None, []) and config["installation_id"] is None:
        diagnostics.error(
            "The other installation is not named",
            "Give account_ids, installation_id or both, as ece_environment of the other ECE tells them: a CA alone "
            "names no clusters.",
            Path("installation_id"),
        )


def check_certificate(planned: Values, prior: Values | None, diagnostics: Diagnostics) -> None:
    """The certificate; one that was there before may have expired since (the clock adds messages only)."""
    from ece_domain.certificates import certificate_findings, read_certificates
    from ece_domain.findings import InvalidValue

    pem, path = planned["public_ca_cert"], Path("public_ca_cert")
    if not is_set(pem):
        return
    is_new = pem != (prior or {}).get("public_ca_cert")
    report(diagnostics, certificate_findings(pem, datetime.now(UTC), is_new=is_new), path)
    try:
        count = len(read_certificates(pem))
    except InvalidValue:
        return
    if count > 1:
        diagnostics.error(
            "More than one certificate",
            f"public_ca_cert holds {count} certificates; a trust relationship has one CA (whether ECE takes several is "
            "not documented). Give the CA that signs the node certificates of the other ECE: ca_pem of its "
            "ece_environment.",
            path,
        )
