"""`ece-simulator`: serves installations until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event
from typing import Any

from ece_simulator.simulator import Simulator

_COUNT: dict[str, Any] = {"type": int, "nargs": "?", "const": 1, "default": 0, "metavar": "N"}


def main(arguments: list[str] | None = None) -> int:
    """Parses the command line, serves, and returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        simulator = Simulator(
            options.installations,
            plan_seconds=options.plan_seconds,
            seed=options.seed,
            host=options.host,
            port=options.port,
            state_dir=options.state_dir,
            proxy_ca=_proxy_ca(options.proxy_ca),
        )
        _add_partners(simulator, options)
        simulator.start()
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        print(f"ece-simulator: cannot open its ports: {error}", file=sys.stderr)
        return 1
    try:
        print(announcement(simulator) if options.json else _table(simulator), flush=True)
        stopped.wait()
    finally:
        simulator.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ece-simulator", description="Simulator of Elastic Cloud Enterprise")
    parser.add_argument("--installations", type=int, default=1, help="how many (default 1)")
    parser.add_argument("--json", action="store_true", help="announce as one line of JSON")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default loopback)")
    parser.add_argument("--port", type=int, default=0, help="first port: control, then plain and TLS per installation")
    parser.add_argument("--plan-seconds", type=float, default=1.0, help="time a plan takes (default 1)")
    parser.add_argument("--state-dir", type=Path, help="where CA files go (default: temporary, removed at exit)")
    parser.add_argument(
        "--proxy-ca",
        default="private",
        help="who signs the proxies' certificates: private or public, or one for each installation (private,public)",
    )
    parser.add_argument("--hosted", **_COUNT, help="organisations on Elastic Cloud Hosted (default 0; 1 without N)")
    parser.add_argument("--self-managed", **_COUNT, help="self-managed clusters (default 0; 1 without N)")
    parser.add_argument("--eck", **_COUNT, help="clusters on Kubernetes (default 0; 1 without N)")
    parser.add_argument("--seed", default="ece", help="same seed, same ids")
    return parser


def _add_partners(simulator: Simulator, options: argparse.Namespace) -> None:
    kinds = (
        ("cloud", options.hosted, simulator.add_hosted),
        ("onprem", options.self_managed, simulator.add_self_managed),
        ("search", options.eck, simulator.add_eck),
    )
    for name, count, add in kinds:
        for number in range(1, count + 1):
            add(name if number == 1 else f"{name}{number}")


def _proxy_ca(text: str) -> str | list[str]:
    kinds = text.split(",")
    return kinds if len(kinds) > 1 else text


def announcement(simulator: Simulator) -> str:
    """The one line of JSON that says where everything is."""
    installations = [
        {
            "name": one.name,
            "endpoint": one.endpoint,
            "plain_endpoint": one.plain_endpoint,
            "api_key": one.api_key,
            "api_keys": one.api_keys,
            "username": one.username,
            "password": one.password,
            "ca_file": one.ca_file,
            "elasticsearch_endpoint": one.elasticsearch_endpoint,
            "proxy_ca_file": one.proxy_ca_file,
            "environment_id": one.environment_id,
            "account_id": one.account_id,
        }
        for one in simulator.installations
    ]
    return json.dumps(
        {
            "installations": installations,
            "control": simulator.control_endpoint,
            "gateway": simulator.gateway_endpoint,
            **simulator.fabric.partner_facts(),
        }
    )


def _table(simulator: Simulator) -> str:
    lines = [f"control  {simulator.control_endpoint}"]
    for one in simulator.installations:
        lines += [f"{one.name}        {one.endpoint}   {one.plain_endpoint}   CA {one.ca_file}"]
    return "\n".join([*lines, "credentials: start with --json"])


if __name__ == "__main__":
    sys.exit(main())
