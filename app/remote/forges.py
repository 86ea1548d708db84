"""Where a forge keeps a file of a repository, as told by the repository's address alone."""

from posixpath import normpath
from urllib.parse import quote, urlsplit

GITLAB_HOSTS = frozenset({"code.europa.eu", "framagit.org", "salsa.debian.org"})
FORGEJO_HOSTS = frozenset({"codeberg.org"})

# The word in the path of a page which shows a file, and the one which gives the file itself.
PAGE_AND_FILE = {
    "github": ("/blob/", "/raw/"),
    "gitlab": ("/-/blob/", "/-/raw/"),
    "forgejo": ("/src/", "/raw/"),
    "bitbucket": ("/src/", "/raw/"),
}


def raw_file(repository: str, path: str) -> str | None:
    """The address of a file at the head of the default branch; None if the forge is unknown to us.

    https://docs.gitlab.com/user/project/repository/files/
    https://codeberg.org/api/swagger#/repository/repoGetRawFile
    """
    parts, inside = urlsplit(repository), normpath(path)
    root = parts.path.partition("/-/")[0].rstrip("/").removesuffix(".git")
    if inside.startswith(("../", "/")) or inside in (".", "..") or root.count("/") < 2:
        return None
    host, file = f"{parts.scheme}://{parts.netloc}", quote(inside)
    match _forge(parts.hostname):
        case "github" | "bitbucket":
            return f"{host}{root}/raw/HEAD/{file}"
        case "gitlab":
            return f"{host}{root}/-/raw/HEAD/{file}"
        case "forgejo":
            return f"{host}/api/v1/repos{root}/raw/{file}"
        case _:
            return None


def raw_of_page(url: str) -> str:
    """The file which a forge's page at `url` shows; `url` itself if it is no such page."""
    forge = _forge(urlsplit(url).hostname)
    return url.replace(*PAGE_AND_FILE[forge], 1) if forge else url


def _forge(host: str | None) -> str | None:
    match host:
        case None:
            return None
        case "github.com":
            return "github"
        case "bitbucket.org":
            return "bitbucket"
    first = host.split(".")[0]
    if first == "gitlab" or host in GITLAB_HOSTS:
        return "gitlab"
    if first in ("forgejo", "gitea") or host in FORGEJO_HOSTS:
        return "forgejo"
    return None
