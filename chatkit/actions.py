"""What a widget can ask for: the description of an action, and the action as it comes back."""

from typing import Any, Generic, Literal, get_args, get_origin

from pydantic import BaseModel, Field
from typing_extensions import TypeVar

Handler = Literal["client", "server"]
"""Who carries an action out: the page (`options.widgets.onAction`) or the server."""

LoadingBehavior = Literal["auto", "none", "self", "container"]
"""What looks busy while an action runs (widgets.md §6.3)."""

DEFAULT_HANDLER: Handler = "server"
DEFAULT_LOADING_BEHAVIOR: LoadingBehavior = "auto"

TType = TypeVar("TType", bound=str)
TPayload = TypeVar("TPayload")


class ActionConfig(BaseModel):
    """An action bound to a control of a widget."""

    type: str
    payload: Any = None
    handler: Handler = DEFAULT_HANDLER
    loadingBehavior: LoadingBehavior = DEFAULT_LOADING_BEHAVIOR
    streaming: bool = True


class Action(BaseModel, Generic[TType, TPayload]):
    """An action a person set off."""

    type: TType = Field(frozen=True)
    payload: TPayload = None  # pyright: ignore[reportAssignmentType]  # absent on the wire means None

    @classmethod
    def create(
        cls,
        payload: TPayload,
        handler: Handler = DEFAULT_HANDLER,
        loading_behavior: LoadingBehavior = DEFAULT_LOADING_BEHAVIOR,
        streaming: bool = True,
    ) -> ActionConfig:
        """Describe this action for a widget.

        Args:
            payload: Sent back with the action, with the values of the surrounding form merged in.
            handler: Who carries it out.
            loading_behavior: What looks busy meanwhile.
            streaming: False: answered by `sync_action` with one JSON object instead of events.

        Raises:
            TypeError: If the class is not parametrised with exactly one string literal.
        """
        return ActionConfig(
            type=cls._literal_type(),
            payload=payload,
            handler=handler,
            loadingBehavior=loading_behavior,
            streaming=streaming,
        )

    @classmethod
    def _literal_type(cls) -> str:
        annotation = cls.model_fields["type"].annotation
        names = get_args(annotation) if get_origin(annotation) is Literal else ()
        if len(names) != 1 or not isinstance(names[0], str):
            raise TypeError(
                f"{cls.__name__}.create() needs a class with one string literal as its type, "
                f"for example Action[Literal['order.cancel'], Payload]; this one has {annotation!r}"
            )
        return names[0]
