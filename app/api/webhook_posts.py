"""What somebody sends who subscribes: where to, in which format, and to which search."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends
from pydantic import ValidationError

from app.api.bodies import Body, PlainText, RequiredAddress, json_body, one_of, sized
from app.api.dependencies import SettingsDep
from app.api.refusals import BrokenRule, FieldsInvalid
from app.catalogue.webhooks import WebhookDraft
from app.publiccode import urls
from app.remote.guard import is_public
from app.search import saved

GITHUB = "github"
FORMATS = ("default", GITHUB, "standard-webhooks")
LONGEST_FILTER = 4000


class WebhookPost(Body):
    """Where to send what happens, signed with the secret if there is one.

    With a filter, the query string of a search, software is told of that the search finds; and
    once more when it finds it no longer.
    """

    url: RequiredAddress
    secret: Annotated[PlainText, sized(16, 256)] | None = None
    format: Annotated[str, one_of(*FORMATS)] | None = None
    filter: Annotated[PlainText, sized(0, LONGEST_FILTER)] | None = None


async def _public(
    post: Annotated[WebhookPost, Depends(json_body(WebhookPost))], settings: SettingsDep
) -> WebhookPost:
    """The subscription, once its address looks like one that anybody could reach, and its filter is one."""
    url = urls.parse(urls.normalise(post.url))
    host = url.host if url else ""
    if not urls.is_http_url(post.url) or (
        not _is_public(host)
        and settings.allow_private_hosts.isdisjoint({host, host.rpartition(":")[0]})
    ):
        raise FieldsInvalid([BrokenRule("url", "webhook_url", "url is invalid", value=post.url)])
    if broken := list(_faults(post.filter or "")):
        raise FieldsInvalid(broken)
    return post


def _faults(filter: str) -> Iterator[BrokenRule]:
    """The parameters of the search that are wrong, as `filter.sort`."""
    try:
        saved.read(filter)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            field, given = f"filter.{each['loc'][0]}", each["input"]
            shown = given if isinstance(given, str) else None
            yield BrokenRule(field, each["type"], f"{field}: {each['msg']}", value=shown)
    except ValueError as error:
        yield BrokenRule("filter", "max", f"filter: {error}", value=filter)


def _is_public(host: str) -> bool:
    """As far as can be told without asking the network; when it is delivered to, it is asked."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return is_public(ip_address(name))
    except ValueError:
        return "." in name.strip(".") and not name.endswith((".localhost", ".local", ".internal"))


Posted = Annotated[WebhookPost, Depends(_public)]
"""What was sent, once it is known to be sound."""


def draft(post: WebhookPost, format: str = FORMATS[0]) -> WebhookDraft:
    return WebhookDraft(
        url=urls.normalise(post.url),
        secret=post.secret,
        format=post.format or format,
        filter=None if post.filter is None else saved.written(saved.parameters(post.filter)),
    )
