"""What the edge itself refuses, before the catalogue is asked. `problems` gives each a status.

Refusal
├── RouteNotFound           no route has this path
├── RuleNotFound            no finding has this code
├── MethodNotAllowed        the path is there, but not for this method
├── TokenRefused            no token, or one that is not ours, or not valid now
├── ScopeMissing            the token is not for this kind of thing
├── CatalogForbidden        the token is not for this catalogue
├── BodyEmpty               there is nothing to read
├── BodyTooLarge            more bytes than we read
├── BodyMalformed           not the JSON that the route takes
├── FieldUnknown            JSON with a member that the route does not know
├── FieldsInvalid           JSON whose values break rules
├── BodyRefused             JSON whose values are right one by one, but not together
├── PatchMalformed          not the JSON that RFC 6902 asks for
├── ParametersInvalid       a query that breaks rules
├── SubscribedNotFound      a webhook for something that is not there
├── NotAcceptable           nothing that is there is in a form that the reader takes
├── TooManyRequests         more in a minute than the operator allows
├── IdentifierUnknown       what others call no software that we know
├── ExportNotFound          no snapshot has a file of this name
├── RangeUnsatisfiable      a part of a file that begins behind its end
├── SequenceAhead           a place in the change log which that log has not reached
├── EpochOver               a change log that another one has taken the place of
├── StreamOver              an event stream of such a log
├── DatabaseUnreachable     it may pass
├── SchemaOutdated          the database waits for a migration
└── Unexpected              a fault of ours

The texts are those of the Open Catalog API where it has one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_VALUE = 255


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One field and the rule it breaks; `value` is None where the bad value is not a text."""

    field: str
    rule: str
    text: str
    value: str | None = None

    def as_json(self) -> dict[str, str]:
        """As a member of `validationErrors`; long values are cut."""
        given = {} if self.value is None else {"value": self.value[:LONGEST_VALUE]}
        return {"field": self.field, "rule": self.rule} | given


class Refusal(Exception):
    """A request that goes no further."""


class RouteNotFound(Refusal):
    """No route has this path."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"Cannot {method} {path}")


class RuleNotFound(Refusal):
    """No finding has this code."""

    def __init__(self, code: str, near: str | None) -> None:
        hint = f" Did you mean {near}?" if near else ""
        super().__init__(f"There is no rule with the code {code}.{hint}")


class MethodNotAllowed(Refusal):
    """The path is there, but not for this method. `Allow` names those it has."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__("Method Not Allowed")
        self.allowed = allowed


class TokenRefused(Refusal):
    """Writing needs `Authorization: Bearer` and a token that is ours and valid now."""


class ScopeMissing(Refusal):
    """The token is valid, but is limited to other scopes than the one that this needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"token lacks the scope {scope}")


class CatalogForbidden(Refusal):
    """The token is valid, but is limited to other catalogues, and this may belong to none."""

    def __init__(self, id: str | None) -> None:
        super().__init__(f"token lacks the catalog {id}" if id else "token is limited to catalogs")


class BodyEmpty(Refusal):
    """There is nothing to read."""

    def __init__(self) -> None:
        super().__init__("Send the text of a publiccode.yml as the body of the request.")


class BodyTooLarge(Refusal):
    """The body has more bytes than we read."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body may have at most {limit} bytes.")


class BodyMalformed(Refusal):
    """The body is not the JSON that the route takes, or is not sent as JSON."""

    def __init__(self) -> None:
        super().__init__("invalid or malformed JSON")


class FieldUnknown(Refusal):
    """The JSON has a member that the route does not know."""

    def __init__(self) -> None:
        super().__init__("unknown field in JSON input")


class FieldsInvalid(Refusal):
    """Values in the JSON break the rules that `validationErrors` names."""

    def __init__(self, broken: Sequence[BrokenRule]) -> None:
        super().__init__("invalid format: " + ", ".join(rule.text for rule in broken))
        self.broken = broken


class ParametersInvalid(Refusal):
    """The query breaks the rules that `validationErrors` names."""

    def __init__(self, broken: Sequence[BrokenRule]) -> None:
        super().__init__(", ".join(rule.text for rule in broken))
        self.broken = broken


class BodyRefused(Refusal):
    """The values are right one by one, but not together, or not for this."""


class PatchMalformed(Refusal):
    """The body is not a JSON Patch (RFC 6902)."""

    def __init__(self, given: str) -> None:
        super().__init__(f"cannot unmarshal {given} into a JSON Patch")


class SubscribedNotFound(Refusal):
    """What the webhook is about is not there."""


class NotAcceptable(Refusal):
    """Nothing that is there is in a form that `Accept` names."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__(f"There is {', '.join(offered)}.")


class TooManyRequests(Refusal):
    """More requests in a minute than the operator allows. `Retry-After` says when to go on."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Try again in {seconds} seconds.")
        self.seconds = seconds


class IdentifierUnknown(Refusal):
    """No software is known by this identifier, or not any more."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"No software is known as {identifier}.")


class ExportNotFound(Refusal):
    """No snapshot has a file of this name. The manifest lists those there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no export with the name {name}.")


class RangeUnsatisfiable(Refusal):
    """The part that was asked for begins behind the end of the file."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes.")
        self.size = size


class SequenceAhead(Refusal):
    """The change log has not reached this number; it may have begun anew."""

    def __init__(self, since: int, last: int) -> None:
        super().__init__(
            f"since={since} is ahead of this log, which ends at {last}. "
            "If its epoch is not the one you followed, start again from 0."
        )


class EpochOver(Refusal):
    """Another change log has taken the place of this one, say because a backup was restored."""

    def __init__(self, epoch: str) -> None:
        super().__init__(f"The log has the epoch {epoch} now. Start from a snapshot, or from 0.")


class StreamOver(Refusal):
    """The event stream tells of a change log that another one has taken the place of."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This stream has ended. Begin again at {name}.")


class DatabaseUnreachable(Refusal):
    """The database does not answer. This may pass: try again."""


class SchemaOutdated(Refusal):
    """The database waits for a migration."""

    def __init__(self) -> None:
        super().__init__("The database schema is not the one that this version needs.")


class Unexpected(Refusal):
    """A fault of ours. Our log has it under the `X-Request-Id` of the reply."""

    def __init__(self) -> None:
        super().__init__("Internal Server Error")
