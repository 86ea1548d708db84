"""JSON bodies, read strictly and refused in the words of the Open Catalog API.

FastAPI's own body parameters read before anything else is known; ours are dependencies, so that a
route decides what is checked first: that the software exists, and then what to do with it.
"""

import re
from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_origin

import orjson
from fastapi import Request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from app.api.refusals import BodyMalformed, BrokenRule, FieldsInvalid, FieldUnknown
from app.ingest.submission import LONGEST_ADDRESS
from app.publiccode import urls, values

JSON_PATCH = "application/json-patch+json"
READABLE = ("application/merge-patch+json", "application/json")

RULES = {
    "required": "is required",
    "email": "is not a valid email",
    "min": "does not meet its size limits (too short)",
    "max": "does not meet its size limits (too long)",
    "gt": "does not meet its size limits (too few items)",
    "code_hosting_url": "is not a valid public http(s) URL",
    "url": "is invalid",
    "http_url": "is invalid",
    "webhook_url": "is invalid",
    "oneof": "is invalid",
    "printable": "is invalid",
    "datetime": "is not a time as RFC 3339 has it",
    "range": "is not from {least} to {most}",
    "depth": "is nested too deeply",
}
"""The rules that the types below add to those of Pydantic, and what is said of a value that breaks
one, after its name."""

_HOST_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?\.?")


class Body(BaseModel):
    """What a request may hold: nothing else, and no other types.

    Names may be written in any case, as the reference reads them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)

    @classmethod
    def names(cls) -> set[str]:
        """The members that there may be."""
        return {field.alias or name for name, field in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _in_any_case(cls, given: object) -> object:
        return cls.in_its_spelling(given)

    @classmethod
    def in_its_spelling(cls, given: object) -> object:
        """The same with our spelling of the names; of equal ones the last counts."""
        if not isinstance(given, dict):
            return given
        spelled = {name.lower(): name for name in cls.names()}
        return {spelled.get(name.lower(), name): value for name, value in given.items()}


B = TypeVar("B", bound=Body)
T = TypeVar("T", bound=Sized)


def broken(rule: str, **limits: int) -> PydanticCustomError:
    """What a validator raises for a value that breaks one of `RULES`, with the limits in its text."""
    return PydanticCustomError(rule, "{text}", {"text": RULES[rule].format(**limits)})


def _must_be_url(text: str) -> str:
    if not urls.is_url(text):
        raise broken("url")
    return text


def _must_be_address(text: str) -> str:
    _must_be_url(text)
    if len(urls.normalise(text)) > LONGEST_ADDRESS:
        raise broken("max")
    return text


def _must_host_code(text: str) -> str:
    if not urls.is_http_url(text):
        raise broken("http_url")
    parts = urls.parse(urls.normalise(text))
    if parts is None or not _HOST_NAME.fullmatch(parts.host.partition(":")[0]):
        raise broken("code_hosting_url")
    return _must_be_address(text)


def _must_be_email(text: str) -> str:
    if not values.is_email(text.strip()):
        raise broken("email")
    return text


def _must_be_storable(text: str) -> str:
    if "\0" in text:
        raise broken("printable")
    return text


def sized(least: int, most: int) -> AfterValidator:
    """The rules `min` and `max`: of a text its characters, of a list its items."""

    def check(value: T) -> T:
        if len(value) < least:
            raise broken("min")
        if len(value) > most:
            raise broken("max")
        return value

    return AfterValidator(check)


def more_than(items: int) -> AfterValidator:
    """The rule `gt`."""

    def check(value: T) -> T:
        if len(value) <= items:
            raise broken("gt")
        return value

    return AfterValidator(check)


@dataclass(frozen=True, eq=False)
class Rule:
    """What a value must pass, and how the description of the service puts it in JSON Schema."""

    check: Callable[[Any], Any]
    described: dict[str, Any]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, checked: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(checked), **self.described}


def within(least: int, most: int) -> Rule:
    """The rule `range`."""

    def check(value: int) -> int:
        if not least <= value <= most:
            raise broken("range", least=least, most=most)
        return value

    return Rule(check, {"minimum": least, "maximum": most})


def one_of(*texts: str) -> Rule:
    """The rule `oneof`."""

    def check(value: str) -> str:
        if value not in texts:
            raise broken("oneof")
        return value

    return Rule(check, {"enum": [str(text) for text in texts]})


Required = Annotated[str, Field(min_length=1)]
"""A text that passes the rule `required`."""

PlainText = Annotated[str, AfterValidator(_must_be_storable)]
"""Any text that both engines can store: PostgreSQL has no NUL."""

RequiredText = Annotated[Required, AfterValidator(_must_be_storable)]
"""A text that passes the rule `required`, and that both engines can store."""

Address = Annotated[str, AfterValidator(_must_be_address)]
"""A text that passes the rule `url`, which an empty one does not."""

RequiredAddress = Annotated[Required, AfterValidator(_must_be_address)]
"""A text that passes the rules `required` and `url`, in this order."""

RequiredLongAddress = Annotated[Required, AfterValidator(_must_be_url)]
"""As `RequiredAddress`, for what is stored but never looked up, and so may be longer."""

CodeHostingAddress = Annotated[Required, AfterValidator(_must_host_code)]
"""A text that passes the rules `required`, `http_url` and `code_hosting_url`, in this order."""

Email = Annotated[str, AfterValidator(_must_be_email)]
"""A text that passes the rule `email`; blanks around it do not count."""


def json_body(model: type[B]) -> Callable[[Request], Awaitable[B]]:
    """A dependency that reads the body as `model`.

    Raises BodyMalformed, FieldUnknown or FieldsInvalid, whichever comes first in this order.
    """

    async def read(request: Request) -> B:
        return checked(model, json_of(request, await request.body()))

    return read


def json_of(request: Request, body: bytes) -> JsonValue:
    """The body, if it was sent as JSON and is some. Raises BodyMalformed."""
    if not media_type_of(request).endswith("json"):
        raise BodyMalformed
    try:
        given: JsonValue = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyMalformed from error
    return given


def media_type_of(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def checked(model: type[B], given: object) -> B:
    """`given` as `model`. Raises BodyMalformed, FieldUnknown or FieldsInvalid."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(model, error.errors(include_url=False)) from error


def body_of(model: type[Body], *media_types: str, **examples: object) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads `model`; `examples` are bodies by name."""
    content = {
        "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, content)}}


def _refusal(
    model: type[Body], faults: list[ErrorDetails]
) -> BodyMalformed | FieldUnknown | FieldsInvalid:
    known = [fault for fault in faults if fault["type"] != "extra_forbidden"]
    rules = [rule for fault in known if (rule := _broken_rule(model, fault))]
    if len(rules) < len(known):
        return BodyMalformed()
    if len(known) < len(faults):
        return FieldUnknown()
    return FieldsInvalid(rules)


def _broken_rule(model: type[Body], fault: ErrorDetails) -> BrokenRule | None:
    """In the Open Catalog API's words; None for a wrong type, which it calls malformed JSON."""
    field, given = _leaf(fault["loc"]), fault["input"]
    match fault["type"]:
        case rule if rule in RULES:
            return BrokenRule(
                field, rule, f"{field} {fault['msg']}", given if isinstance(given, str) else None
            )
        case "string_too_short":
            return BrokenRule(field, "required", f"{field} is required", value="")
        case "missing":
            value = None if field in _lists(model) else ""
            return BrokenRule(field, "required", f"{field} is required", value)
        case "string_type" if given is None and isinstance(fault["loc"][-1], str):
            return BrokenRule(field, "required", f"{field} is required", value="")
        case "list_type" if given is None:
            return BrokenRule(field, "required", f"{field} is required")
        case _:
            return None


def _leaf(location: tuple[int | str, ...]) -> str:
    """`url` for `codeHosting[0].url`, but `scopes[0]`: the last name, and what follows it."""
    names = [place for place, part in enumerate(location) if isinstance(part, str)]
    name, *indexes = location[names[-1] :] if names else ("",)
    return f"{name}" + "".join(f"[{index}]" for index in indexes)


def _lists(model: type[Body]) -> set[str]:
    """The members that hold lists; a value which is no text is not repeated in a refusal."""
    return {
        field.alias or name
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is list
    }
