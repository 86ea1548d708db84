"""Where a forge keeps the files of a repository, as told by the repository's address alone."""

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
    root = _root(parts.path)
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


def tarball(repository: str) -> str | None:
    """Where all files at the head of the default branch come as one; None if the forge is unknown.

    https://docs.gitlab.com/api/repositories/#get-file-archive
    https://codeberg.org/api/swagger#/repository/repoGetArchive
    """
    parts = urlsplit(repository)
    root, host = _root(parts.path), f"{parts.scheme}://{parts.netloc}"
    if root.count("/") < 2:
        return None
    match _forge(parts.hostname):
        case "github":
            return f"{host}{root}/archive/HEAD.tar.gz"
        case "bitbucket":
            return f"{host}{root}/get/HEAD.tar.gz"
        case "gitlab":
            return f"{host}/api/v4/projects/{quote(root[1:], safe='')}/repository/archive.tar.gz"
        case "forgejo":
            return f"{host}/api/v1/repos{root}/archive/HEAD.tar.gz"
        case _:
            return None


def raw_of_page(url: str) -> str:
    """The file which a forge's page at `url` shows; `url` itself if it is no such page."""
    forge = _forge(urlsplit(url).hostname)
    return url.replace(*PAGE_AND_FILE[forge], 1) if forge else url


def _root(path: str) -> str:
    return path.partition("/-/")[0].rstrip("/").removesuffix(".git")


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
