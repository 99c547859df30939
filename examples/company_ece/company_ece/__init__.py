"""How our company runs Elasticsearch: its defaults and rules as constructs."""

from company_ece.deployments import CompanyDeployment, OfficeDeployment
from company_ece.partners import DataCentreCluster
from company_ece.policies import TeamTagPolicy

__all__ = ["CompanyDeployment", "DataCentreCluster", "OfficeDeployment", "TeamTagPolicy"]
