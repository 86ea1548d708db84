"""Changes to what is there, as JSON Merge Patch (RFC 7396) or as JSON Patch (RFC 6902).

Both are applied to the thing as it is shown, and what comes out must pass the rules that a new one
has to pass. What the server keeps, such as ids and times, can be tested but not changed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import jsonpatch
import orjson
from fastapi import Request

from app.api.bodies import JSON_PATCH, READABLE, Body, body_of, checked, json_of, media_type_of
from app.api.refusals import BodyMalformed, BodyRefused, FieldUnknown, PatchMalformed

READ_ONLY = ("id", "catalogId", "createdAt", "updatedAt")
LONGEST_PATCH = 100
LONGEST_POINTER = 255
LONGEST_REASON = 255
LARGEST_COPY = 4 * 1024 * 1024
"""Bytes of the largest document that copying may lead to: a hundred copies can double it each."""

SCHEMA = {
    "title": "JsonPatch",
    "description": "https://www.rfc-editor.org/rfc/rfc6902",
    "type": "array",
    "minItems": 1,
    "maxItems": LONGEST_PATCH,
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string", "maxLength": LONGEST_POINTER},
            "from": {"type": "string", "maxLength": LONGEST_POINTER},
            "value": {},
        },
    },
}
"""What a JSON Patch looks like, for the documentation."""

Json: TypeAlias = dict[str, Any]
B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class MergePatch:
    """The members to change; None takes a member away."""

    members: Json


@dataclass(frozen=True, slots=True)
class JsonPatch:
    """Operations, one after the other, all or none."""

    operations: list[Json]


Patch: TypeAlias = MergePatch | JsonPatch


def patch_body(model: type[Body]) -> Callable[[Request], Awaitable[Patch]]:
    """A dependency that reads a patch for what is posted as `model`.

    Raises BodyMalformed, PatchMalformed, BodyRefused or FieldUnknown.
    """

    async def read(request: Request) -> Patch:
        if media_type_of(request) == JSON_PATCH:
            return JsonPatch(_operations(await request.body()))
        members = model.in_its_spelling(json_of(request, await request.body()))
        if not isinstance(members, dict):
            raise BodyMalformed
        if not members.keys() <= model.names():
            raise FieldUnknown
        return MergePatch(members)

    return read


def patch_of(model: type[Body], **examples: Json) -> dict[str, Any]:
    """The `openapi_extra` of a route that changes what is posted as `model`."""
    extra = body_of(model, *READABLE, **examples)
    extra["requestBody"]["content"][JSON_PATCH] = {
        "schema": {"$ref": "#/components/schemas/JsonPatch"},
        "examples": {name: {"value": _in_steps(members)} for name, members in examples.items()},
    }
    return extra


def _in_steps(members: Json) -> list[Json]:
    """The JSON Patch that sets these members, whether they are there or not."""
    return [{"op": "add", "path": f"/{name}", "value": value} for name, value in members.items()]


def patched(model: type[B], shown: Mapping[str, Any], patch: Patch) -> B:
    """What `shown` becomes, checked as if it were new.

    Raises BodyRefused where an operation fails or changes what is read-only, and whatever a faulty
    body is refused by.
    """
    kept = {name: shown[name] for name in READ_ONLY if name in shown}
    try:
        if isinstance(patch, MergePatch):
            result = merged({**shown}, patch.members)
        else:
            result = _applied({**shown}, patch.operations)
    except RecursionError as error:
        raise BodyRefused("patch is nested too deeply") from error
    if not isinstance(result, dict):
        raise BodyMalformed
    if {name: result.pop(name) for name in READ_ONLY if name in result} != kept:
        raise BodyRefused(f"{', '.join(READ_ONLY)} cannot be changed")
    return checked(model, result)


def merged(target: object, patch: object) -> object:
    """https://www.rfc-editor.org/rfc/rfc7396#section-2"""
    if not isinstance(patch, dict):
        return patch
    result = {**target} if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _operations(body: bytes) -> list[Json]:
    try:
        operations = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PatchMalformed("text that is no JSON") from error
    if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
        raise PatchMalformed("anything but an array of objects")
    if not operations:
        raise BodyRefused("patch must contain at least one operation")
    if len(operations) > LONGEST_PATCH:
        raise BodyRefused(f"patch must not exceed {LONGEST_PATCH} operations")
    pointers = (str(each.get(name, "")) for each in operations for name in ("path", "from"))
    if any(len(pointer) > LONGEST_POINTER for pointer in pointers):
        raise BodyRefused(f"path and from must not exceed {LONGEST_POINTER} characters")
    return operations


def _applied(document: object, operations: list[Json]) -> object:
    try:
        for operation in operations:
            document = jsonpatch.apply_patch(document, [operation])
            if operation.get("op") == "copy" and len(orjson.dumps(document)) > LARGEST_COPY:
                raise BodyRefused("patch makes the document too large")
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
        raise BodyRefused(str(error)[:LONGEST_REASON]) from error
    return document
