"""The base of every wire model."""

from pydantic import BaseModel, ConfigDict


class WireModel(BaseModel):
    """A model of the wire. Unknown fields are ignored on input (protocol.md W-11)."""

    # Validators are built on first use: importing this package must stay cheap.
    model_config = ConfigDict(defer_build=True)
