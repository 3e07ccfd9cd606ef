"""Names that apps also import from modules which only work with them, as upstream's modules let them."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any


def lends(module: str, *lenders: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module that lends what others have.

    Hide it from type checkers, which are to say where a name lives.

    Args:
        module: The name of the module.
        lenders: The modules that have what it lends, in the order in which they are asked.
    """

    def lent(name: str) -> Any:
        if not name.startswith("_"):
            for lender in lenders:
                value = getattr(import_module(lender), name, None)
                if value is not None and not isinstance(value, ModuleType):
                    return value
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return lent
