"""The Terraform examples of the reference pages, deployed one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.certificates import server_chain
from tests.support.ece import Ece

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples" / "terraform").glob("*.tf"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[file.stem for file in EXAMPLES])
def test_an_example_deploys_settles_and_goes(ece: Ece, example: Path) -> None:
    """Readers copy examples as they are."""
    ece.ws.env["BACKUP_SECRET_KEY"] = "the value that an example names by its variable"
    if "proxy.crt" in example.read_text(encoding="utf-8"):
        chain = server_chain()
        for name, text in zip(
            ("proxy.crt", "company-root.crt", "proxy.key"), (*chain.pems, chain.key_pem), strict=True
        ):
            (ece.ws.folder / name).write_text(text, encoding="utf-8")
    before = ece.state()
    ece.ws.write(example.read_text(encoding="utf-8"))
    ece.ws.apply()
    ece.assert_clean()
    ece.ws.destroy()
    after = ece.state()
    assert [after[kind] for kind in ("deployments", "rulesets")] == [
        before[kind] for kind in ("deployments", "rulesets")
    ]
    ece.no_unknown_fields()
