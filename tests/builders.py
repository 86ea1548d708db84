"""Small valid things, each of which a test changes in the one place it is about."""

from collections.abc import Mapping
from typing import Any

import orjson

LONG = "Residents report what is broken, and the city answers them. " * 4


def a_file(url: str = "https://git.example.org/storabro/felanmalan", **changes: Any) -> bytes:
    """A valid publiccode.yml (JSON is YAML); a change to None leaves the key out."""
    content: dict[str, Any] = {
        "publiccodeYmlVersion": "0",
        "name": "Felanmälan",
        "url": url,
        "platforms": ["web"],
        "developmentStatus": "stable",
        "softwareType": "standalone/web",
        "description": {"en": texts()},
        "legal": {"license": "EUPL-1.2"},
        "maintenance": {"type": "none"},
        "localisation": {"localisationReady": True, "availableLanguages": ["sv"]},
        **changes,
    }
    return orjson.dumps({key: value for key, value in content.items() if value is not None})


def texts(**changes: Any) -> Mapping[str, Any]:
    """A valid description in one language."""
    return {
        "shortDescription": "Report a broken street light",
        "longDescription": LONG,
        "features": ["Map"],
        **changes,
    }
