"""The generated pydantic models, one per definition of the API document. Slow to load (0.2 s): import where needed."""

from ece_client._generated.models import *  # noqa: F403
