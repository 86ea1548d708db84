"""Why nothing usable came back from outside. A reply with any status, 404 or 500, is no error.

RemoteError
├── Refused               we did not ask
│   ├── UrlRefused        not http or https, an unusual port, or credentials in it
│   └── AddressRefused    the host is not, or not only, on the public internet
├── Unreachable           nobody answered: refused, reset, no route, no trusted certificate
│   ├── UnknownHost       the name does not exist
│   └── TimedOut          no connection, no next byte or no end in time
├── BadReply              the answer is cut short, or not what HTTP allows
├── Resting                the host needs time; we did not ask
├── TooLarge              the body, as sent or unpacked, exceeds the limit
└── TooManyRedirects
"""


class RemoteError(Exception):
    """`where` is a URL or a host; the message completes the sentence “*where* …”."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} {what}")
        self.where = where


class Refused(RemoteError):
    pass


class UrlRefused(Refused):
    pass


class AddressRefused(Refused):
    pass


class Unreachable(RemoteError):
    pass


class UnknownHost(Unreachable):
    pass


class TimedOut(Unreachable):
    pass


class BadReply(RemoteError):
    pass


class Resting(RemoteError):
    pass


class TooLarge(RemoteError):
    pass


class TooManyRedirects(RemoteError):
    pass
