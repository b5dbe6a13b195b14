"""A client of a Maquette server, the self-hosted 3D API. See README.md."""

from .client import Client
from .errors import MaquetteError
from .transport import Download

__all__ = ["Client", "Download", "MaquetteError"]
