"""publiccode.yml as JSON inside one element: everything that the standard says, for those who know it.

The text is what `/v1/software/{id}/publiccode` answers.
"""

import re

import orjson

from app.catalogue.profiles import Profile
from app.federation import xml
from app.federation.uris import Uris

NAMESPACE = "tag:samkod.example,2026:publiccode-json"
ELEMENT = "publiccode"
SCHEMA_PATH = "/oai/publiccode_json.xsd"
SCHEMA = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}"
    elementFormDefault="qualified">
  <xs:element name="{ELEMENT}" type="xs:string">
    <xs:annotation>
      <xs:documentation>A description by publiccode.yml, as JSON.</xs:documentation>
    </xs:annotation>
  </xs:element>
</xs:schema>
"""

_UNWRITABLE = re.compile("[\x7f-\x9f\ufffe\uffff]")


def record(profile: Profile, uris: Uris) -> xml.Element:
    """One software."""
    root = xml.element(
        f"{{{NAMESPACE}}}{ELEMENT}",
        {None: NAMESPACE, "xsi": xml.SCHEMA_INSTANCE},
        {xml.SCHEMA_LOCATION: f"{NAMESPACE} {uris.base}{SCHEMA_PATH}"},
    )
    root.text = _UNWRITABLE.sub(_escaped, orjson.dumps(profile.description.to_json()).decode())
    return root


def _escaped(found: re.Match[str]) -> str:
    """As JSON writes what XML cannot; JSON has escaped the other control characters already."""
    return f"\\u{ord(found[0]):04x}"
