"""Runs real Terraform for the tests of any provider: a mirror that holds the provider, a workspace, its results.

Nothing here knows a certain provider, and nothing here imports the rest of the package.
"""

from terraform_plugin.testing.attached import AttachedProviders
from terraform_plugin.testing.binary import TerraformBinary
from terraform_plugin.testing.debug import DebuggedProvider
from terraform_plugin.testing.mirror import Mirror
from terraform_plugin.testing.process import RunningTerraform, Terminal
from terraform_plugin.testing.result import Message, Plan, PlannedChange, Result, StoredResource, TerraformError
from terraform_plugin.testing.warm import WarmProvider
from terraform_plugin.testing.workspace import Workspace

__all__ = [
    "AttachedProviders",
    "DebuggedProvider",
    "Message",
    "Mirror",
    "Plan",
    "PlannedChange",
    "Result",
    "RunningTerraform",
    "StoredResource",
    "Terminal",
    "TerraformBinary",
    "TerraformError",
    "WarmProvider",
    "Workspace",
]
