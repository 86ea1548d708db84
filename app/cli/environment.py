"""The settings of this process, as a command needs them."""

from typing import Any

from pydantic import ValidationError

from app.cli.exits import refuse
from app.settings import Settings


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - whatever a command line option holds
    """Settings from the environment; what is `given` and not None wins."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        refuse("; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors()))
