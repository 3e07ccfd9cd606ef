"""The `chatkit` logger. It gets a level and a handler only if `LOG_LEVEL` is set at import."""

import logging
import os

logger = logging.getLogger("chatkit")

_level = os.environ.get("LOG_LEVEL")
if _level:
    logger.setLevel(_level.upper())
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(_handler)
