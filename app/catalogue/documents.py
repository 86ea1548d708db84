"""The exact JSON texts that are stored: what readers get, descriptions, and reports as data."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from app.catalogue.entry import ROOT_ID, Identifier, Tier
from app.catalogue.mapping import default_language
from app.pagination import rfc3339
from app.publiccode import Description, Finding, Report, Span

if TYPE_CHECKING:
    from app.catalogue.tables import Record


def document(
    software_id: str,
    record: "Record",
    urls: Sequence[str],
    *,
    active: bool,
    created_at: datetime,
    updated_at: datetime,
) -> str:
    """A software as the Open Catalog API shows it: its members in its order, as JSON.

    The file is empty where there is none.
    """
    is_index = record.tier == Tier.INDEX
    return json_text(
        {
            "id": software_id,
            **_catalog_id(record),
            "url": urls[0],
            "aliases": list(urls[1:]),
            "publiccodeYml": "" if is_index else record.raw.decode("utf-8", "replace"),
            "active": active,
            "vitality": record.vitality,
            "createdAt": rfc3339(created_at),
            "updatedAt": rfc3339(updated_at),
        }
    )


def record(record: "Record", urls: Sequence[str], identifiers: Sequence[Identifier]) -> str:
    """What one catalogue says about a software, for those who merge it themselves, as JSON.

    Without an `origin`, it was said here first. A file that is no UTF-8 comes as Base64; what is
    `known` without one comes in its place.
    """
    return json_text(
        {
            "id": record.id,
            **_catalog_id(record),
            "sourceId": record.source_id,
            "origin": (
                {"catalog": record.origin_catalog, "recordId": record.origin_id}
                if record.origin_catalog
                else None
            ),
            "via": record.via,
            "fork": record.fork,
            "url": urls[0],
            "aliases": list(urls[1:]),
            "identifiers": [
                {"scheme": each.scheme.value, "value": each.value} for each in identifiers
            ],
            "tier": record.tier,
            **_verbatim(record),
            "hash": record.content_hash,
            "valid": record.valid,
            "stale": record.stale,
            "active": record.active,
            "vitality": record.vitality,
            "firstSeen": rfc3339(record.first_seen),
            "updatedAt": rfc3339(record.updated_at),
        }
    )


def item(
    software_id: str,
    record: "Record",
    urls: Sequence[str],
    description: Description,
    *,
    valid: bool,
    stale: bool,
    tier: str,
    updated_at: datetime,
) -> str:
    """A software as a line of search results, as JSON."""
    language = default_language(description)
    text = description.description.get(language) if language else None
    organisation = description.organisation
    return json_text(
        {
            "id": software_id,
            "url": urls[0],
            **_catalog_id(record),
            "tier": tier,
            "valid": valid,
            **({"stale": True} if stale else {}),
            "name": description.name,
            "shortDescription": text.short_description if text else None,
            "language": language,
            "categories": description.categories,
            "developmentStatus": description.development_status,
            "softwareType": description.software_type,
            "license": description.legal.license,
            "organisation": (
                {"name": organisation.name, "uri": organisation.uri} if organisation else None
            ),
            "updatedAt": rfc3339(updated_at),
        }
    )


def description_json(description: Description) -> str:
    """The stored form of a description; `read_description` takes it back."""
    return json_text(description.to_json())


def read_description(text: str) -> Description:
    """The description that `description_json` stored."""
    return Description.from_json(orjson.loads(text))


def report_json(report: Report) -> str:
    """The findings of a report as data, so that each reader gets them in their own language."""
    return json_text(
        [
            {
                "code": finding.code,
                "path": finding.path,
                "params": dict(finding.params),
                "span": [
                    finding.span.line,
                    finding.span.column,
                    finding.span.end_line,
                    finding.span.end_column,
                ],
                **({"extra": True} if finding.extra else {}),
                **({"line": finding.reference_line} if finding.reference_line else {}),
            }
            for finding in report.findings
        ]
    )


def read_findings(text: str) -> tuple[Finding, ...]:
    """The findings that `report_json` stored."""
    return tuple(
        Finding(
            code=stored["code"],
            path=stored["path"],
            params=stored["params"],
            span=Span(*stored["span"]),
            extra=stored.get("extra", False),
            reference_line=stored.get("line", 0),
        )
        for stored in orjson.loads(text)
    )


def read_report(findings: str, description: str | None) -> Report:
    """The report of which `report_json` and `description_json` were stored."""
    described = None if description is None else read_description(description)
    version = described.version if described else None
    return Report(read_findings(findings), version, described)


def content_hash(data: bytes) -> str:
    """`sha256:` and the hash of a file, in hexadecimal."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _verbatim(record: "Record") -> Mapping[str, Any]:
    if record.tier == Tier.INDEX:
        return {"known": orjson.Fragment(record.raw)}
    try:
        return {"publiccodeYml": record.raw.decode()}
    except UnicodeDecodeError:
        return {"publiccodeYmlBase64": b64encode(record.raw).decode()}


def _catalog_id(record: "Record") -> Mapping[str, str]:
    return {} if record.catalog_id == ROOT_ID else {"catalogId": record.catalog_id}


def json_text(value: object) -> str:
    """Compact JSON."""
    return orjson.dumps(value).decode()
