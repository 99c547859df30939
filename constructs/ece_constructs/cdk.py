"""The CDK library's own classes that a program needs beside the constructs, whichever library is in use.

``from ece_constructs.cdk import App`` works with cdktf and, with ``ECE_CDK=cdktn`` in the environment, with cdktn.
"""

from __future__ import annotations

from ece_l1._cdk import LIBRARY, Annotations, App, IResolvable, TerraformOutput, TerraformStack, Testing, Token

__all__ = ["LIBRARY", "Annotations", "App", "IResolvable", "TerraformOutput", "TerraformStack", "Testing", "Token"]
