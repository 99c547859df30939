"""What the package hands out."""

from __future__ import annotations

import ece_constructs
import ece_constructs.cdk
import ece_constructs.patterns


def test_the_public_names_are_these() -> None:
    """A name that goes missing breaks programs; a new one is a promise and must be meant."""
    assert sorted(ece_constructs.__all__) == [
        "Access",
        "Cluster",
        "ConnectingCluster",
        "CrossClusterEnablement",
        "DefaultTrust",
        "Deployment",
        "EceDeployment",
        "EceValueError",
        "EckCluster",
        "ElasticsearchApi",
        "Environment",
        "HostedDeployment",
        "HostedEnvironment",
        "ICluster",
        "ImportedDeployment",
        "IpFilter",
        "KeystoreSecret",
        "PartnerCluster",
        "RemoteCluster",
        "RemoteClusterFilter",
        "Secret",
        "SelfManagedCluster",
        "Tier",
        "TrafficFilter",
        "TrustRelationship",
    ]
    assert all(hasattr(ece_constructs, name) for name in ece_constructs.__all__)
    assert all(hasattr(ece_constructs.cdk, name) for name in ece_constructs.cdk.__all__)
    assert ece_constructs.patterns.__all__ == ["CentralSearch", "DisasterRecoveryPair", "Mesh"]
