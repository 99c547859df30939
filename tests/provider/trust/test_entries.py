"""Lists of trust as they go back to ECE: a write replaces all three, so a slip here loses trust of others."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ece_provider.trust.entries import EntryRef, find, level_of, lists_of, put, remove, set_level
from terraform_plugin.diagnostics import DiagnosticError

TRUST: dict[str, Any] = {
    "accounts": [{"account_id": "a", "name": "Default", "trust_all": False, "trust_allowlist": ["y", "x"]}],
    "external": None,
    "direct": [
        {
            "uid": "u", "name": "n", "trust_all": True, "trust_allowlist": None, "scope_id": "s", "new_member": [1],
            "certificates": [{"pem": "P\r\n", "metadata": {"fingerprint": "f"}}],
        }
    ],
}  # fmt: skip


def deployment(trust: Any = TRUST) -> dict[str, Any]:
    """An answer of the API."""
    return {"id": "d", "resources": {"elasticsearch": [{"info": {"settings": {"trust": trust}}}]}}


def test_what_is_not_ours_goes_back_byte_for_byte():
    """Unknown members, the order of ids, odd line breaks, the uid: all of it; null and metadata do not."""
    before = copy.deepcopy(TRUST)
    lists = lists_of(deployment())
    assert before == TRUST
    assert lists["accounts"] == TRUST["accounts"]
    assert lists["external"] == []
    assert lists["direct"] == [
        {
            "uid": "u", "name": "n", "trust_all": True, "scope_id": "s", "new_member": [1],
            "certificates": [{"pem": "P\r\n"}],
        }
    ]  # fmt: skip


def test_settings_that_are_not_shown_are_never_written():
    """Otherwise a write would wipe out what cannot be seen."""
    with pytest.raises(DiagnosticError, match="cannot be seen"):
        lists_of({"id": "d", "resources": {"elasticsearch": [{"info": {}}]}})
    assert lists_of(deployment(None)) == {"accounts": [], "external": [], "direct": []}


def test_an_equal_list_keeps_its_order():
    """No write for a change of order."""
    lists = lists_of(deployment())
    entry = find(lists, EntryRef("account", "a"))
    assert entry is not None
    set_level(entry, trust_all=None, cluster_ids=["x", "y"])
    assert entry["trust_allowlist"] == ["y", "x"]
    set_level(entry, trust_all=None, cluster_ids=["x", "z"])
    assert entry["trust_allowlist"] == ["x", "z"]


def test_levels_there_and_back():
    """All, some, none, and a list that is left to its members."""
    entry: dict[str, Any] = {"trust_all": False, "trust_allowlist": ["b", "a"]}
    assert level_of(entry) == {"trust_all": None, "cluster_ids": ["a", "b"]}
    assert level_of(entry, {"trust_all": None, "cluster_ids": None}) == {"trust_all": None, "cluster_ids": None}
    set_level(entry, trust_all=None, cluster_ids=None)
    assert entry["trust_allowlist"] == ["b", "a"]
    set_level(entry, trust_all=True, cluster_ids=None)
    assert entry == {"trust_all": True}
    assert level_of(entry, {"trust_all": None, "cluster_ids": None}) == {"trust_all": True, "cluster_ids": None}
    set_level(entry, trust_all=None, cluster_ids=[])
    assert entry == {"trust_all": False}


def test_put_and_remove_touch_one_entry():
    """The others stay where they are."""
    lists = lists_of(deployment())
    other = {"account_id": "b", "trust_all": True}
    put(lists, EntryRef("account", "b"), other)
    put(lists, EntryRef("account", "a"), {"account_id": "a", "trust_all": True})
    assert lists["accounts"] == [{"account_id": "a", "trust_all": True}, other]
    put(lists, EntryRef("account", "a"), None)
    remove(lists, EntryRef("direct", "nobody"))
    assert lists["accounts"] == [other]
    assert len(lists["direct"]) == 1
