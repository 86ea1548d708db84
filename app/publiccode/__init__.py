"""The publiccode.yml standard: bytes in, findings and a description out.

Pure: no network, no clock, no settings. `validate` is all that most callers need; `messages` and
`results` render findings, `normalise` writes descriptions, `urls` compares addresses.
"""

from app.publiccode.codes import Severity
from app.publiccode.findings import Finding, Fix, Report, Span
from app.publiccode.model import Description
from app.publiccode.validate import validate

__all__ = ["Description", "Finding", "Fix", "Report", "Severity", "Span", "validate"]
