"""Addresses: which texts are URLs, how they are spelled, and the key by which two spellings are one.

Parsing follows the generic URL syntax as the reference's language reads it, not that of browsers.
"""

import re
import unicodedata
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import quote


class Url(NamedTuple):
    """The parts of an address; escapes are kept as written."""

    scheme: str
    """In lower case; empty if the address is relative."""
    opaque: str = ""
    """What follows a scheme without a slash, as in `mailto:…`."""
    user: str = ""
    host: str = ""
    """With the port."""
    path: str = ""
    query: str = ""
    fragment: str = ""


LONGEST_LABEL = 63
"""Characters between the dots of a host's name. https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4"""

_ORDINARY = re.compile(
    r"(https?)://([A-Za-z0-9.-]+(?::\d+)?)((?:/[A-Za-z0-9._~/+:@=,-]*)?)\Z", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_USER = re.compile(r"[A-Za-z0-9\-._~:!$&'()*+,;=%@]*\Z")
_BAD_HOST = re.compile(r"[ \\^`{|}@/?#]|%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_WEB = ("http", "https")
_PORT = re.compile(r"(?::[0-9]*)?\Z")


def parse(text: str) -> Url | None:
    """The parts of an address, relative ones included; None if it cannot be read as one."""
    ordinary = _ORDINARY.match(text)
    if ordinary:
        scheme, host, path = ordinary.groups()
        return Url(scheme, host=host, path=path)
    before, _, fragment = text.partition("#")
    if _BROKEN_ESCAPE.search(fragment):
        return None
    url = _parse_before_fragment(before)
    return url and url._replace(fragment=fragment)


def parse_request(text: str) -> Url | None:
    """As `parse`, for an address or an absolute path, in which `#` has no meaning."""
    if not text:
        return None
    return _parse_before_fragment(text, request=True)


def _parse_before_fragment(text: str, *, request: bool = False) -> Url | None:
    if _CONTROL.search(text) or text.startswith(":"):
        return None
    matched = _SCHEME.match(text)
    scheme = matched[1].lower() if matched else ""
    rest, _, query = text[matched.end() if matched else 0 :].partition("?")
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, opaque=rest, query=query)
        if request or ":" in rest.partition("/")[0]:
            return None
    user = host = ""
    if rest.startswith("//") and (scheme or (not request and not rest.startswith("///"))):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, _, host = authority.rpartition("@")
        if _BROKEN_ESCAPE.search(user) or not _USER.match(user) or not _is_host(host, scheme):
            return None
    if _BROKEN_ESCAPE.search(rest):
        return None
    return Url(scheme, "", user, host, rest, query)


def _is_host(host: str, scheme: str) -> bool:
    """A name or an address with an optional port; addresses of IPv6 stand in brackets."""
    if "[" in host[1:]:
        return False
    if host.startswith("["):
        address, bracket, port = host[1:].rpartition("]")
        return bool(bracket and _PORT.match(port)) and _is_ipv6(address)
    before, colon, port = host.partition(":") if scheme in _WEB else host.rpartition(":")
    if colon and not _PORT.match(colon + port):
        return False
    return not _BAD_HOST.search(before if colon else host)


def _is_ipv6(text: str) -> bool:
    address, escaped, zone = text.partition("%25")
    try:
        return not IPv6Address(address).scope_id and not (escaped and not zone)
    except ValueError:
        return False


def is_url(text: str) -> bool:
    """Has it a scheme, and a host, an opaque part or a fragment? The contract's rule `url`."""
    if _ORDINARY.match(text):
        return True
    url = parse(text.lower())
    if url is None or not url.scheme:
        return False
    if url.scheme == "file":
        return url.path not in ("", "/")
    return bool(url.host or url.opaque or url.fragment)


def is_http_url(text: str) -> bool:
    if _ORDINARY.match(text):
        return True
    url = parse(text)
    return url is not None and url.scheme in _WEB and bool(url.host) and is_url(text)


_PORTS = {"http": ":80", "https": ":443"}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATH = "/%!$&'()*+,;=:@~[]"


def normalise(url: str) -> str:
    """One spelling for addresses that certainly are the same; what is no address is given back.

    Scheme and host in lower case and ASCII, without `www.` and the usual port; the path without dot
    segments and one trailing slash; escapes only where they are needed. Kept: http or https, the
    path's case, `.git`, query, fragment.
    """
    parts = parse(url)
    if parts is None or not parts.host:
        return url
    path = _without_dot_segments(_escaped(parts.path)).removesuffix("/")
    return (
        f"{parts.scheme}:" * bool(parts.scheme)
        + f"//{parts.user}{'@' * bool(parts.user)}{_host(parts)}{path}"
        + f"?{parts.query}" * bool(parts.query)
        + f"#{parts.fragment}" * bool(parts.fragment)
    )


_SECURE_COPY = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!/)(.+)\Z", re.ASCII)
_BROWSED = re.compile(r"/(?:-/)?(?:tree|blob|src)/.*\Z")
_CASELESS_HOSTS = re.compile(
    r"(?:\A|\.)(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\Z|\A(?:gitlab|gitea|forgejo)\."
)


def key(url: str) -> str:
    """What is common to all spellings of a repository's address: `github.com/owner/name`.

    Without scheme, user, `www.`, usual port, `.git`, trailing slash, path of a browsed folder, query
    and fragment; in lower case at forges that do not tell capitals apart.
    """
    text = url.strip()
    parts = parse(text)
    if parts is None or not parts.host:
        copied = _SECURE_COPY.match(text)
        if not copied or copied[1].lower() in ("http", "https", "urn", "mailto"):
            return text
        parts = Url("ssh", host=copied[1], path="/" + copied[2])
    host = _host(parts)
    path = _without_dot_segments(_escaped(parts.path))
    path = _BROWSED.sub("", path).rstrip("/").removesuffix(".git").rstrip("/")
    if _CASELESS_HOSTS.search(host.partition(":")[0]):
        path = path.lower()
    return host + path


def _host(url: Url) -> str:
    host = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", url.host)).lower()
    host = host.removesuffix(_PORTS.get(url.scheme, "\0")).removesuffix(":").removeprefix("www.")
    return host if host.isascii() else ".".join(map(_spelled_in_ascii, host.split(".")))


def _spelled_in_ascii(label: str) -> str:
    """What is too long for a name stays as it is: the time that Punycode takes grows with its square."""
    if label.isascii() or len(label) > LONGEST_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def _escaped(path: str) -> str:
    """The path with capital escapes, and only those which are needed."""

    def spelled(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if character in _UNRESERVED else escape[0].upper()

    return quote(_ESCAPE.sub(spelled, path), safe=_KEPT_IN_PATH)


def _without_dot_segments(path: str) -> str:
    if "/." not in path:
        return path
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(segments) > 1:
                segments.pop()
        elif segment != ".":
            segments.append(segment)
    if path.endswith(("/.", "/..")):
        segments.append("")
    return "/".join(segments)
