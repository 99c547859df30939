"""Elastic Cloud Enterprise as CDK constructs: say what you want, Terraform and our provider do it."""

from ece_constructs.access import Access
from ece_constructs.cluster import Cluster, ICluster
from ece_constructs.connecting import ConnectingCluster
from ece_constructs.cross_cluster_enablement import CrossClusterEnablement
from ece_constructs.default_trust import DefaultTrust
from ece_constructs.deployment import Deployment, EceDeployment, ImportedDeployment, Tier
from ece_constructs.eck import EckCluster
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_constructs.hosted import HostedDeployment, HostedEnvironment
from ece_constructs.keystore_secret import KeystoreSecret
from ece_constructs.partner import ElasticsearchApi, PartnerCluster
from ece_constructs.remote_cluster import RemoteCluster
from ece_constructs.secret import Secret
from ece_constructs.self_managed import SelfManagedCluster
from ece_constructs.traffic_filter import IpFilter, RemoteClusterFilter, TrafficFilter
from ece_constructs.trust_relationship import TrustRelationship

__all__ = [
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
