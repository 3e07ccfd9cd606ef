"""deploy/server.py as it is, except for who answers: the script of these tests, not a model."""

import sys
from importlib.util import module_from_spec, spec_from_file_location

from chatkit.types import ThreadMetadata, UserMessageItem
from tests.scripted import Events
from tests.survival.processes import ROOT
from tests.survival.site import script

_spec = spec_from_file_location("deployed_server", ROOT / "deploy" / "server.py")
assert _spec is not None
assert _spec.loader is not None
_module = sys.modules["deployed_server"] = module_from_spec(_spec)
_spec.loader.exec_module(_module)


def _respond(
    self: object, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
) -> Events:
    return script(thread, input_user_message, context)


_module.Assistant.respond = _respond
app = _module.app
