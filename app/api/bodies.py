"""JSON bodies, read strictly and refused in the words of the Open Catalog API.

FastAPI's own body parameters read before anything else is known; ours are dependencies, so that a
route decides what is checked first: that the software exists, and then what to do with it.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from app.api.refusals import (
    BodyMalformed,
    BrokenRule,
    FieldsInvalid,
    FieldUnknown,
    MediaTypeUnsupported,
)
from app.ingest.submission import LONGEST_ADDRESS
from app.publiccode import urls

JSON_PATCH = "application/json-patch+json"
READABLE = ("application/merge-patch+json", "application/json")
OWN_RULES = frozenset({"max", "printable", "url"})
"""Names of rules that the types below add to those of Pydantic."""


class Body(BaseModel):
    """What a request may hold: nothing else, and no other types."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


B = TypeVar("B", bound=Body)


def _must_be_address(text: str) -> str:
    if not urls.is_url(text):
        raise PydanticCustomError("url", "is invalid")
    if len(urls.normalise(text)) > LONGEST_ADDRESS:
        raise PydanticCustomError("max", "does not meet its size limits (too long)")
    return text


def _must_be_storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("printable", "is invalid")
    return text


Required = Annotated[str, Field(min_length=1)]
"""A text that passes the rule `required`."""

Address = Annotated[str, AfterValidator(_must_be_address)]
"""A text that passes the rule `url`, which an empty one does not."""

RequiredAddress = Annotated[Required, AfterValidator(_must_be_address)]
"""A text that passes the rules `required` and `url`, in this order."""

PlainText = Annotated[str, AfterValidator(_must_be_storable)]
"""Any text that both engines can store: PostgreSQL has no NUL."""


def json_body(model: type[B]) -> Callable[[Request], Awaitable[B]]:
    """A dependency that reads the body as `model`.

    Raises BodyMalformed, FieldUnknown or FieldsInvalid, whichever comes first in this order.
    """

    async def read(request: Request) -> B:
        _refuse_other_media(request)
        try:
            return model.model_validate(orjson.loads(await request.body()))
        except orjson.JSONDecodeError as error:
            raise BodyMalformed from error
        except ValidationError as error:
            raise _refusal(error.errors(include_url=False)) from error

    return read


def body_of(model: type[Body], *media_types: str, **examples: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The `openapi_extra` of a route that reads `model`; `examples` are bodies by name."""
    content = {
        "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, content)}}


def _refuse_other_media(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == JSON_PATCH:
        raise MediaTypeUnsupported(READABLE)
    if not media_type.endswith("json"):
        raise BodyMalformed


def _refusal(faults: list[ErrorDetails]) -> BodyMalformed | FieldUnknown | FieldsInvalid:
    known = [fault for fault in faults if fault["type"] != "extra_forbidden"]
    broken = [rule for fault in known if (rule := _broken_rule(fault))]
    if len(broken) < len(known):
        return BodyMalformed()
    if len(known) < len(faults):
        return FieldUnknown()
    return FieldsInvalid(broken)


def _broken_rule(fault: ErrorDetails) -> BrokenRule | None:
    """In the Open Catalog API's words; None for a wrong type, which it calls malformed JSON."""
    given, location = fault["input"], fault["loc"]
    match fault["type"], location:
        case ("missing" | "string_too_short", (str(field),)):
            return BrokenRule(field, "required", f"{field} is required", value="")
        case ("string_type", (str(field),)) if given is None:
            return BrokenRule(field, "required", f"{field} is required", value="")
        case (rule, (str(name), *indexes)) if rule in OWN_RULES:
            field = name + "".join(f"[{index}]" for index in indexes)
            return BrokenRule(field, rule, f"{field} {fault['msg']}", value=given)
        case _:
            return None
