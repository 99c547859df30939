"""Shared lists: one call for many, never older than two seconds, never from before a write."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import ApiError
from ece_provider.configured import ConfiguredProvider
from ece_provider.list_reads import ListReads
from ece_provider.settings import Settings
from ece_provider.shared_read import MAX_AGE
from ece_simulator import Simulator

LIST = "get-traffic-filter-rulesets"


class Hand:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Setting:
    """A provider, its lists on a clock of our own, and the calls that reached the installation."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        installation = simulator.installations[0]
        settings = Settings(endpoint=installation.plain_endpoint, api_key=installation.api_key, max_retries=0)
        self.provider = ConfiguredProvider(settings, {}, environ={})
        self.clock = Hand()
        self.lists = self.provider.lists = ListReads(self.provider.client, self.clock)

    def calls(self) -> list[str]:
        return [call["operation_id"] for call in self.simulator.control.calls()]

    async def write(self, **options) -> None:
        body = {"name": "x", "type": "ip", "region": "ece-region", "include_by_default": False, "rules": []}
        await (await self.provider.client()).call("create-traffic-filter-ruleset", body={**body, **options})


@pytest.fixture
async def setting():
    """One installation for each test."""
    async with Simulator() as simulator:
        made = Setting(simulator)
        yield made
        await made.provider.close()


async def test_reads_at_once_and_soon_after_are_one_call(setting):
    """Terraform refreshes ten objects at a time, and many tens one after the other."""
    await asyncio.gather(*(setting.lists.traffic_filters() for _ in range(10)))
    setting.clock.now += MAX_AGE
    await setting.lists.traffic_filters()
    assert setting.calls() == [LIST]


async def test_old_lists_are_not_used(setting):
    """A long refresh must not show what was true at its beginning."""
    await setting.lists.traffic_filters()
    setting.clock.now += MAX_AGE + 0.01
    await setting.lists.traffic_filters()
    assert setting.calls() == [LIST, LIST]


async def test_lists_end_with_any_write(setting):
    """What this process wrote must show in its next read; a write that failed may have had an effect."""
    assert await setting.lists.traffic_filters() == []
    assert not setting.lists.has_written
    await setting.write()
    assert setting.lists.has_written
    assert len(await setting.lists.traffic_filters()) == 1
    with pytest.raises(ApiError):
        await setting.write(region="nowhere")
    await setting.lists.traffic_filters()
    assert setting.calls().count(LIST) == 3


async def test_a_list_under_way_when_a_write_begins_is_not_shared_afterwards(setting):
    """It may be from before the write."""
    fault = setting.simulator.control.fail_next(operation_id=LIST, hold=True)
    before = asyncio.ensure_future(setting.lists.traffic_filters())
    await asyncio.to_thread(setting.simulator.control.wait_for_call, 1)
    await setting.write()
    assert len(await setting.lists.traffic_filters()) == 1
    setting.simulator.control.release(fault)
    await before
    assert setting.calls().count(LIST) == 2


async def test_a_failure_is_not_kept(setting):
    """Who waits gets the error; who comes later asks again."""
    setting.simulator.control.fail_next(operation_id=LIST, status=500)
    results = await asyncio.gather(*(setting.lists.traffic_filters() for _ in range(3)), return_exceptions=True)
    assert all(isinstance(result, ApiError) for result in results)
    assert await setting.lists.traffic_filters() == []
    assert setting.calls() == [LIST, LIST]


async def test_one_reader_that_gives_up_does_not_take_the_others_along(setting):
    """A cancelled read of one object must not cancel the call that others wait for."""
    fault = setting.simulator.control.fail_next(operation_id=LIST, hold=True)
    first = asyncio.ensure_future(setting.lists.traffic_filters())
    second = asyncio.ensure_future(setting.lists.traffic_filters())
    await asyncio.to_thread(setting.simulator.control.wait_for_call, 1)
    first.cancel()
    setting.simulator.control.release(fault)
    assert await second == []
    assert setting.calls() == [LIST]


async def test_lists_are_apart(setting):
    """One name must never give the list of another."""
    deployments = {each["name"] for each in await setting.lists.deployments()}
    assert {each["version"] for each in await setting.lists.stack_versions()} >= {"9.2.0"}
    assert any(each["id"] == "default" for each in await setting.lists.templates())
    hidden = {each["id"] for each in await setting.lists.templates(show_hidden=True)}
    assert hidden > {each["id"] for each in await setting.lists.templates()}
    assert "default" not in deployments
    assert [set(each) >= {"version", "regions"} for each in await setting.lists.platform()] == [True]


async def test_checks_give_up_after_the_first_failure(setting):
    """A plan that needs nothing from the API must not wait for it once per object."""
    setting.simulator.control.fail_next(count=None, status=503)
    assert await setting.lists.for_check(setting.lists.traffic_filters) is None
    calls = len(setting.calls())
    assert await setting.lists.for_check(setting.lists.deployments) is None
    assert len(setting.calls()) == calls
