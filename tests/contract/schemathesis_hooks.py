"""What Schemathesis cannot know: how a line of JSON is sent, and that both it and YAML come as text."""

import json

import schemathesis
from schemathesis import DeserializationContext, Response, SerializationContext
from schemathesis.core.media_types import YAML_MEDIA_TYPES


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: SerializationContext, value: object) -> bytes:
    """One line, unless it is text already."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson", *YAML_MEDIA_TYPES)
def as_text(_context: DeserializationContext, response: Response) -> str:
    """As our description has it: a text."""
    return response.content.decode("utf-8", "replace")
