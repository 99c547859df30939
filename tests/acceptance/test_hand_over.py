"""``ece_hand_over`` with real Terraform: files of a deployment that is made in the same apply, drift, import."""

from __future__ import annotations

from typing import Any

from tests.support.ece import Ece, small_deployment

HAND_OVER = "ece_hand_over.shop"
FOLDER = "hand-over/shop"


def arguments(**remote: Any) -> dict[str, Any]:
    """A deployment, and a hand-over for a cluster on Kubernetes that it is to reach."""
    return {
        "ece_deployment": {"a": small_deployment(name="central")},
        "ece_hand_over": {
            "shop": {
                "folder": FOLDER,
                "alias": "shop",
                "security_model": "api_key",
                "local": {"kind": "ece", "name": "central", "deployment_id": "${ece_deployment.a.id}"},
                "remote": {
                    "kind": "eck", "name": "shop", "cluster_name": "shop", "namespace": "elastic",
                    "address": "shop.example.com", **remote,
                },
            }
        },
    }  # fmt: skip


def test_the_life_of_a_hand_over(ece: Ece) -> None:
    """Content is known after apply, settles, is repaired, is adopted from its folder, and goes with its object."""
    ece.write(arguments())
    plan = ece.ws.plan()
    assert plan.actions == {"ece_deployment.a": "create", HAND_OVER: "create"}
    ece.ws.apply()
    ece.assert_clean()
    folder = ece.ws.folder / FOLDER
    files = ece.resource(HAND_OVER)["files"]
    assert {file.name for file in folder.iterdir()} == {*files, ".ece_hand_over.json"}
    (folder / "elasticsearch.patch.yaml").write_text("spec: {}\n")
    with ece.expect_writes():
        repaired = ece.apply(arguments())
    assert "elasticsearch.patch.yaml" in repaired.stdout + repaired.stderr
    assert ece.resource(HAND_OVER)["files"] == files
    ece.ws.run("state", "rm", HAND_OVER)
    ece.ws.import_(HAND_OVER, FOLDER)
    ece.assert_clean()
    ece.ws.destroy()
    assert not folder.exists()
    assert ece.hunt() == []
