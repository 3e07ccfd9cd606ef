"""The installed version of the distribution."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed_version

try:
    __version__: str = _installed_version("chatkit")
except PackageNotFoundError:  # run from a folder of sources
    __version__ = "0.0.0"
