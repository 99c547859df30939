"""The base of all generated models: reads are lenient, nothing that a server sends is lost."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ApiModel(BaseModel):
    """A JSON object of the ECE API.

    Every field is optional and may be null, and unknown fields are kept, because servers of other versions
    leave fields out that the API document requires and send fields that it does not know.
    Dump with `by_alias=True, exclude_unset=True`: an absent field means "keep", an explicit null "back to default".
    """

    model_config = ConfigDict(extra="allow", populate_by_name=True, protected_namespaces=(), defer_build=True)
