"""The control API about users, keys, sessions, and the certificates of the API's TLS port."""

from __future__ import annotations

from contextlib import suppress

from ece_simulator.control_connections import Which
from ece_simulator.control_partners import PartnerControl
from ece_simulator.users.rights import GRANTS


class AccessControl(PartnerControl):
    """Wrong arguments raise ValueError that says what is allowed."""

    def add_key(
        self, role: str, *, installation: int | str = 0, lifetime: float | None = None, user: str | None = None
    ) -> str:
        """A new API key of that role (of a new user unless one is named); `lifetime` in seconds."""
        with self._lock:
            accounts = self._fabric.one(installation).world.accounts
            owner = user or f"user-{len(accounts.users)}"
            if owner not in accounts.users:
                accounts.add_user(owner, role)
            lifetimes = {} if lifetime is None else {"lifetime": lifetime}
            return accounts.add_key(owner, "made by the control API", **lifetimes).secret

    def set_role(self, user: str, role: str, *, installation: int | str = 0) -> None:
        """Changes the role of a user; keys and sessions follow."""
        if role not in GRANTS:
            raise ValueError(f"role: one of {', '.join(GRANTS)}; got {role!r}")
        with self._lock:
            users = self._fabric.one(installation).world.accounts.users
            if user not in users:
                raise ValueError(f"user: one of {', '.join(users)}; got {user!r}")
            users[user].roles = (role,)

    def expire_tokens(self, *, installation: Which = None, session_seconds: float | None = None) -> None:
        """Ends all sessions; `session_seconds` also sets how long later ones last."""
        with self._lock:
            for one in self._fabric.select(installation):
                one.world.accounts.sessions.clear()
                if session_seconds is not None:
                    one.world.accounts.session_seconds = session_seconds

    def revoke(self, credential: str, *, installation: Which = None) -> None:
        """Makes an API key or token worthless at once; unknown ones are no error."""
        with self._lock:
            for one in self._fabric.select(installation):
                for store in (one.world.accounts.keys, one.world.accounts.sessions):
                    with suppress(KeyError):
                        store.pop(credential)

    def set_certificate(self, kind: str, *, installation: Which = None) -> None:
        """What the TLS port shows to new connections: normal, expired, foreign_ca or wrong_host."""
        for one in self._fabric.select(installation):
            if one.show_certificate is None:
                raise ValueError("set_certificate: the simulator does not serve a TLS port")
            one.show_certificate(kind)

    def require_client_certificate(self, required: bool = True, *, installation: Which = None) -> None:
        """Whether new TLS connections must show the certificate of `client_certificate`."""
        for one in self._fabric.select(installation):
            if one.demand_client_certificate is None:
                raise ValueError("require_client_certificate: the simulator does not serve a TLS port")
            one.demand_client_certificate(required)

    def client_certificate(self, installation: int | str = 0) -> dict[str, str]:
        """A client certificate the installation accepts: PEM texts `certificate` and `key`."""
        client = self._fabric.one(installation).world.authority.client
        return {"certificate": client.pem, "key": client.key_pem}
