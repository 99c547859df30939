"""The one place that knows which CDK library is in use: cdktf, or its living fork CDK Terrain (cdktn).

cdktn is taken when the environment variable ``ECE_CDK`` says ``cdktn``, or when it alone is installed; else cdktf.
Both have the same classes, so the type checker sees those of cdktf. Nothing but this choice belongs here.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cdktf import (
        Annotations,
        App,
        IResolvable,
        ITerraformDependable,
        ITerraformIterator,
        TerraformCount,
        TerraformDataSource,
        TerraformIterator,
        TerraformOutput,
        TerraformProvider,
        TerraformProviderGeneratorMetadata,
        TerraformResource,
        TerraformResourceLifecycle,
        TerraformStack,
        Testing,
        Token,
    )

LIBRARIES: Final = ("cdktf", "cdktn")
"""The libraries that can be used, the default one first."""


def chosen_library() -> str:
    """Name the library in use: what ``ECE_CDK`` says, else the first of :data:`LIBRARIES` that is installed.

    Raises:
        ImportError: ``ECE_CDK`` names another library, or none is installed.
    """
    wanted = os.environ.get("ECE_CDK")
    if wanted and wanted not in LIBRARIES:
        raise ImportError(f"ECE_CDK is {wanted!r}; allowed are {' and '.join(LIBRARIES)}")
    for name in (wanted,) if wanted else LIBRARIES:
        if find_spec(name) is not None:
            return name
    raise ImportError(f"{wanted or ' or '.join(LIBRARIES)} is needed: pip install {wanted or LIBRARIES[0]}")


LIBRARY: Final = chosen_library()
"""Name of the library in use."""

if not TYPE_CHECKING:
    _library: Any = import_module(LIBRARY)
    Annotations = _library.Annotations
    App = _library.App
    IResolvable = _library.IResolvable
    ITerraformDependable = _library.ITerraformDependable
    ITerraformIterator = _library.ITerraformIterator
    TerraformCount = _library.TerraformCount
    TerraformDataSource = _library.TerraformDataSource
    TerraformIterator = _library.TerraformIterator
    TerraformOutput = _library.TerraformOutput
    TerraformProvider = _library.TerraformProvider
    TerraformProviderGeneratorMetadata = _library.TerraformProviderGeneratorMetadata
    TerraformResource = _library.TerraformResource
    TerraformResourceLifecycle = _library.TerraformResourceLifecycle
    TerraformStack = _library.TerraformStack
    Testing = _library.Testing
    Token = _library.Token

__all__ = [
    "LIBRARIES",
    "LIBRARY",
    "Annotations",
    "App",
    "IResolvable",
    "ITerraformDependable",
    "ITerraformIterator",
    "TerraformCount",
    "TerraformDataSource",
    "TerraformIterator",
    "TerraformOutput",
    "TerraformProvider",
    "TerraformProviderGeneratorMetadata",
    "TerraformResource",
    "TerraformResourceLifecycle",
    "TerraformStack",
    "Testing",
    "Token",
    "chosen_library",
]
