"""A fault at every single call of making and removing trust: the next apply converges, nothing is lost or double."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.support import Refused, Stored
from tests.provider.trust.support import ACCOUNT, DIRECT, EXTERNAL, TrustWorld, direct, without_uid

FAULTS: dict[str, dict[str, Any]] = {
    "an error before": {"status": 500},
    "an error after": {"status": 500, "after_effect": True},
    "a lost answer": {"drop": True, "after_effect": True},
}


class Scene:
    """Two deployments with trust of others, and three objects that are made at the same time."""

    def __init__(self, world: TrustWorld) -> None:
        self.world = world
        world.control.reset()
        self.logs, self.shop = world.seed_foreign("logs"), world.seed("shop")
        self.former = world.trust()
        relationship = world.relationship("dr")
        target = {"deployment_id": self.logs["id"]}
        self.objects: list[tuple[str, dict[str, Any]]] = [
            (ACCOUNT, {**target, "cluster_ids": [self.shop["cluster_id"]]}),
            (DIRECT, direct(self.logs)),
            (EXTERNAL, {**target, "trust_relationship_id": relationship, "trust_all": True}),
        ]
        world.control.clear_calls()

    async def made(self) -> list[Stored]:
        """All objects, made in a run that may fail and in those that follow."""
        results = await self.world.together(self.objects)
        found = []
        for (kind, arguments), result in zip(self.objects, results, strict=True):
            left = result.left if isinstance(result, Refused) else result
            found.append(left if isinstance(result, Stored) else await self.again(kind, arguments, left))
        return [each for each in found if each is not None]

    async def again(self, kind: str, arguments: dict[str, Any], left: Stored | None) -> Stored:
        """The next apply, when nothing is wrong any more."""
        self.world.control.clear_faults()
        return await self.world.apply(kind, arguments, left)

    async def removed(self, made: list[Stored]) -> None:
        """All objects gone, by a run that may fail and those that follow."""
        for (kind, _), stored in zip(self.objects, made, strict=True):
            try:
                await self.world.destroy(kind, stored)
            except Refused:
                self.world.control.clear_faults()
                await self.world.destroy(kind, stored)


async def calls_of(world: TrustWorld) -> tuple[int, int]:
    """How many calls an undisturbed run makes to create, and to remove."""
    scene = Scene(world)
    made = await scene.made()
    creates = world.mark()
    await scene.removed(made)
    return creates, world.mark() - creates


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_at_every_call(world: TrustWorld, fault: str):
    """Each time: one entry of each kind, those of others untouched, and the former trust at the end."""
    world.config["max_retries"] = 0
    creates, removes = await calls_of(world)
    assert creates > 5
    for number in range(creates + removes):
        scene = Scene(world)
        if number < creates:
            world.control.fail_next(skip=number, **FAULTS[fault])
        made = await scene.made()
        world.control.clear_faults()
        trust = world.trust()
        assert [entry["name"] for entry in without_uid(trust["direct"])] == ["theirs", "orders"], number
        assert len(trust["external"]) == 2, number
        assert trust["accounts"][0]["trust_allowlist"] == [scene.shop["cluster_id"]], number
        if number >= creates:
            world.control.fail_next(skip=number - creates, **FAULTS[fault])
        await scene.removed(made)
        assert world.trust() == scene.former, number
