"""A YAML file as the JSON values that an editor's YAML 1.2 parser makes of it."""

import re
from typing import Any

from yaml.events import ScalarEvent

from app.publiccode.tree import AliasNode, MappingNode, Node, SequenceNode, is_null, read

TAG = "tag:yaml.org,2002:"
WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
FLAG = re.compile(r"true|True|TRUE|false|False|FALSE")


def plain_values(data: bytes) -> Any:
    """The core schema of YAML 1.2, merges and aliases followed. https://yaml.org/spec/1.2.2/#103-core-schema"""
    root = read(data).root
    assert root is not None
    return _value(root)


def _value(node: Node) -> Any:
    if isinstance(node, AliasNode):
        assert node.target is not None
        return _value(node.target)
    if isinstance(node, SequenceNode):
        return [_value(item) for item in node.items]
    if isinstance(node, MappingNode):
        merged = [_value(value) for _, value in node.merges]
        own = {name: _value(value) for name, (_, value) in node.entries.items()}
        mappings = (each for each in merged if isinstance(each, dict))
        return {name: value for each in mappings for name, value in each.items()} | own
    return _scalar(node)


def _scalar(scalar: ScalarEvent) -> str | float | bool | None:
    text: str = scalar.value
    if not scalar.implicit[0] and scalar.tag in (None, "!", f"{TAG}str"):
        return text
    if is_null(scalar) or scalar.tag == f"{TAG}null":
        return None
    if FLAG.fullmatch(text):
        return text.lower() == "true"
    if WHOLE.fullmatch(text):
        return int(text, 0) if text.startswith("0") and not text.isdigit() else int(text)
    return float(text) if FRACTION.fullmatch(text) else text
