"""Elastic Cloud Hosted: an organization there, and deployments in it that this app connects to and from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from constructs import Construct

from ece_constructs._checks import file_path, known, literal, text
from ece_constructs._places import keep_credentials
from ece_constructs._scopes import place_of
from ece_constructs.deployment import ImportedDeployment
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_constructs.secret import Secret

HOSTED_PREFIX: Final = "ECH"
"""Prefix of the environment variables that the provider reads for a hosted organization unless another is named."""


class HostedEnvironment(Environment):
    """An organization on Elastic Cloud Hosted.

    The provider reads ``<env_prefix>_API_KEY`` when Terraform runs. Deployments there are partners of connections:
    take them with :meth:`HostedDeployment.from_id`. Making them is left to Elastic's own provider.
    """

    KIND: ClassVar[str] = "ech"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        env_prefix: str = HOSTED_PREFIX,
        endpoint: str | None = None,
        egress: Sequence[str] = (),
        ca_file: str | Path | None = None,
        ca_pem: str | None = None,
        region: str | None = None,
        request_timeout: str | None = None,
        max_retries: int | float | None = None,
        poll_interval: str | None = None,
    ) -> None:
        """Name an organization.

        Args:
            scope: A stack or the app; below the app it can be used by all stacks alike.
            id_: Its name; part of the provider's alias.
            env_prefix: Prefix of the environment variables; ``ECH`` unless given.
            endpoint: URL of the API; ``https://api.elastic-cloud.com`` unless given.
            egress: Addresses and blocks that requests of its deployments come from: Elastic publishes those of each
                region. Needed where a deployment on ECE lets its deployments in.
            ca_file: File with the CA certificates of the API; those of the system unless given.
            ca_pem: The same as text.
            region: Region of new rule sets, such as ``aws-eu-central-1``; that of the deployment unless given.
            request_timeout: How long one request may take, such as ``60s``.
            max_retries: How often a request is repeated that failed for a passing reason.
            poll_interval: Longest pause between two looks at a running plan, such as ``2s``.

        Raises:
            EceValueError: a value of the wrong form, or a path that gives the alias of another environment.
        """
        super().__init__(
            scope,
            id_,
            env_prefix=env_prefix,
            endpoint=endpoint,
            egress=egress,
            ca_file=ca_file,
            ca_pem=ca_pem,
            region=region,
            request_timeout=request_timeout,
            max_retries=max_retries,
            poll_interval=poll_interval,
        )


class HostedDeployment(ImportedDeployment):
    """A deployment on Elastic Cloud Hosted that somebody else manages; take one with :meth:`from_id`.

    Keys, secrets, trust, settings and filters of it are written through Elastic Cloud's API and its Elasticsearch.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment_id: str,
        environment: HostedEnvironment,
        username: str = "elastic",
        password: Secret | None = None,
        elasticsearch_url: str | None = None,
        elasticsearch_ca_file: str | Path | None = None,
        region: str | None = None,
    ) -> None:
        """Take a deployment by id; the same as :meth:`from_id`."""
        if not isinstance(environment, HostedEnvironment):
            path = f"{place_of(scope).path}/{id_}"
            raise EceValueError(
                path, "environment", environment, "a HostedEnvironment is needed; on ECE say Deployment.from_id(…)"
            )
        super().__init__(scope, id_, deployment_id=deployment_id, environment=environment)
        path = place_of(self).path
        self._has_login = password is not None
        self._region = None if region is None else text(path, "region", region)
        if password is not None:
            login = {
                "username": text(path, "username", username),
                "endpoint": elasticsearch_url,
                "ca_file": file_path(path, "elasticsearch_ca_file", elasticsearch_ca_file),
            }
            self._keep_login(path, password, login)

    @staticmethod
    def from_id(
        scope: Construct,
        id_: str,
        deployment_id: str,
        *,
        environment: HostedEnvironment,
        username: str = "elastic",
        password: Secret | None = None,
        elasticsearch_url: str | None = None,
        elasticsearch_ca_file: str | Path | None = None,
        region: str | None = None,
    ) -> HostedDeployment:
        """A deployment that exists already on Elastic Cloud Hosted.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            deployment_id: Its deployment id, 32 characters of 0-9 and a-f.
            environment: Its organization.
            username: User of its Elasticsearch who may make keys and write settings.
            password: Where the password of that user lies. Needed to make keys and settings in this deployment, as
                Elastic Cloud has no management channel; connections by certificate in which it is remote need none.
            elasticsearch_url: URL of its Elasticsearch; its own endpoint unless given.
            elasticsearch_ca_file: File with the CA certificates that it is checked against; those of the system unless
                given, which know Elastic Cloud.
            region: Its region, for rule sets, such as ``aws-eu-central-1``.

        Raises:
            EceValueError: not a deployment id, or no organization on Elastic Cloud Hosted.
        """
        return HostedDeployment(
            scope,
            id_,
            deployment_id=deployment_id,
            environment=environment,
            username=username,
            password=password,
            elasticsearch_url=elasticsearch_url,
            elasticsearch_ca_file=elasticsearch_ca_file,
            region=region,
        )

    def _keep_login(self, path: str, password: Secret, login: dict[str, Any]) -> None:
        if not isinstance(password, Secret):
            raise EceValueError(path, "password", "(not shown)", 'Secret.from_env("NAME") is needed')
        if not known(self.deployment_id):
            told = "with a password it must be known now, as provider blocks name it"
            raise EceValueError(path, "deployment_id", "(known later)", told)
        given = {name: literal(value) for name, value in login.items() if value is not None}
        keep_credentials(self, self.deployment_id, {**given, **password.arguments("password")})

    @property
    def has_login(self) -> bool:
        """True when Terraform can write to its Elasticsearch."""
        return self._has_login

    @property
    def region(self) -> str | None:
        """Its region, as it was given."""
        return self._region if self._region is not None else self.environment.region
