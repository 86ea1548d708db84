"""What a harvester did wrong, in the protocol's words. All of it is answered with status 200.

ProtocolError
├── BadVerb                     none, several, or one that there is not
├── BadArgument                 missing, unknown, repeated or not well formed
├── BadResumptionToken          not one of ours, or of a list that is no more
├── CannotDisseminateFormat     no such metadata format
├── IdDoesNotExist              no record has ever had this identifier
├── NoMetadataFormats           the record is deleted
└── NoRecordsMatch              an empty list

There always are sets, so `noSetHierarchy` never happens.
"""

from typing import ClassVar


class ProtocolError(Exception):
    """A request that the protocol does not allow, or that leads to nothing."""

    code: ClassVar[str]


class BadVerb(ProtocolError):
    code = "badVerb"


class BadArgument(ProtocolError):
    code = "badArgument"


class BadResumptionToken(ProtocolError):
    code = "badResumptionToken"


class CannotDisseminateFormat(ProtocolError):
    code = "cannotDisseminateFormat"


class IdDoesNotExist(ProtocolError):
    code = "idDoesNotExist"


class NoMetadataFormats(ProtocolError):
    code = "noMetadataFormats"


class NoRecordsMatch(ProtocolError):
    code = "noRecordsMatch"
