"""Whom to ask about a video: sites whose pages answer 200 for what is long gone know it by oEmbed.

https://oembed.com/#section2
"""

from urllib.parse import urlencode, urlsplit

ENDPOINTS = {
    "youtube.com": "https://www.youtube.com/oembed",
    "youtu.be": "https://www.youtube.com/oembed",
    "vimeo.com": "https://vimeo.com/api/oembed.json",
    "dailymotion.com": "https://www.dailymotion.com/services/oembed",
}


def oembed_question(url: str) -> str | None:
    """The address which knows whether the video at `url` can be shown; None for other sites."""
    host = urlsplit(url).hostname or ""
    for site, endpoint in ENDPOINTS.items():
        if host == site or host.endswith("." + site):
            return f"{endpoint}?{urlencode({'url': url, 'format': 'json'})}"
    return None
