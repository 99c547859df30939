"""Who can log in: users, API keys, sessions. State and rules; no HTTP shapes."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from ece_simulator.clock import Agenda
from ece_simulator.ids import Ids
from ece_simulator.problems import Problem
from ece_simulator.users.rights import (
    DEPLOYMENT_MANAGER,
    DEPLOYMENT_VIEWER,
    GRANTS,
    PLATFORM_ADMIN,
    PLATFORM_VIEWER,
)

KEY_LIFETIME_SECONDS = 90 * 24 * 3600
"""Life of an API key that names no expiration; the UI's default is three months."""

BUILT_IN = {
    "admin": PLATFORM_ADMIN,
    "readonly": PLATFORM_VIEWER,
}
NATIVE = {
    "terraform": PLATFORM_ADMIN,
    "platform-viewer": PLATFORM_VIEWER,
    "manager": DEPLOYMENT_MANAGER,
    "viewer": DEPLOYMENT_VIEWER,
}


@dataclass
class User:
    """Somebody who may log in."""

    name: str
    user_id: str
    roles: tuple[str, ...]
    password: str = field(repr=False)
    built_in: bool = False
    created: float = 0.0


@dataclass
class ApiKey:
    """A key of a user; `secret` is what is sent, base64 of `id:random`."""

    key_id: str
    user: str
    description: str
    created: float
    expires: float
    secret: str = field(repr=False)


@dataclass
class Session:
    """A login token."""

    user: str
    expires: float
    token: str = field(repr=False)


@dataclass(frozen=True)
class Login:
    """Who calls, and with what: a session token, or a key with its end of life."""

    user: User
    token: str | None = field(default=None, repr=False)
    key_expires: float | None = None


class Accounts:
    """Users, keys and sessions of one installation."""

    def __init__(self, ids: Ids, agenda: Agenda, session_seconds: float = 3600.0) -> None:
        self._ids = ids
        self._agenda = agenda
        self.session_seconds = session_seconds
        self.users: dict[str, User] = {}
        self.keys: dict[str, ApiKey] = {}
        self.sessions: dict[str, Session] = {}
        for name, role in {**BUILT_IN, **NATIVE}.items():
            self.add_user(name, role)
        self.default_keys = {
            role: self.add_key(name, f"{role} of the simulator").secret for name, role in NATIVE.items()
        }

    def add_user(self, name: str, role: str) -> User:
        """A new user with one role and a made-up password."""
        if role not in GRANTS:
            raise ValueError(f"role: one of {', '.join(GRANTS)}; got {role!r}")
        password = self._ids.word(24)
        user = User(name, self._ids.number(), (role,), password, name in BUILT_IN, self._agenda.now)
        self.users[name] = user
        return user

    def add_key(self, user_name: str, description: str, lifetime: float = KEY_LIFETIME_SECONDS) -> ApiKey:
        """A new API key of a user."""
        key_id = self._ids.word(20)
        secret = base64.b64encode(f"{key_id}:{self._ids.word(22)}".encode()).decode()
        now = self._agenda.now
        key = ApiKey(key_id, user_name, description, now, now + lifetime, secret)
        self.keys[secret] = key
        return key

    def log_in(self, user_name: str, password: str) -> Session:
        """A session for a right password; 401 otherwise."""
        user = self.users.get(user_name)
        if user is None or user.password != password:
            raise _unauthenticated("The supplied username or password is wrong")
        return self.open_session(user_name)

    def open_session(self, user_name: str) -> Session:
        """A new session without asking for a password (refresh)."""
        session = Session(user_name, self._agenda.now + self.session_seconds, self._ids.word(48))
        self.sessions[session.token] = session
        return session

    def authenticate(self, authorization: str | None) -> Login:
        """The caller behind an `Authorization` header."""
        scheme, _, value = (authorization or "").partition(" ")
        match scheme.lower():
            case "apikey":
                key = self._key(value)
                return Login(self.users[key.user], key_expires=key.expires)
            case "bearer":
                return Login(self._by_token(value), token=value)
            case "basic":
                return Login(self._by_password(value))
        raise _unauthenticated("The request carries no credentials")

    def _key(self, secret: str) -> ApiKey:
        key = self.keys.get(secret)
        if key is None or key.user not in self.users:
            raise _unauthenticated("The supplied API key is not valid")
        if key.expires <= self._agenda.now:
            raise _unauthenticated("The supplied API key has expired")
        return key

    def _by_token(self, token: str) -> User:
        session = self.sessions.get(token)
        if session is None or session.expires <= self._agenda.now:
            raise _unauthenticated("The supplied authentication token is not valid or has expired")
        return self.users[session.user]

    def _by_password(self, encoded: str) -> User:
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError as error:
            raise _unauthenticated("The basic credentials cannot be decoded") from error
        user = self.users.get(name)
        if user is None or user.password != password:
            raise _unauthenticated("The supplied username or password is wrong")
        return user


def _unauthenticated(message: str) -> Problem:
    return Problem(401, "root.unauthenticated", message)
