"""What search engines are told of the site (sitemaps.org): where every article and
roster stands, and what not to visit.

A sitemap may have 50,000 addresses and 50 MB: with SIZE of them, none longer than
LONGEST, neither is reached whatever ids are like. No address says when its page changed
last, as no date in the index does; the list of parts says when the index was built,
which is what they are made of.
"""

import math
from typing import Final
from xml.etree import ElementTree as xml

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from search_web.site import missing, visit_of

SIZE: Final = 10_000
LONGEST: Final = 2_000  # characters
_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Searches are endless, and the API says nothing that pages don't.
_UNVISITED: Final = ("search", "quotes", "verify", "admin")


def robots(request: Request) -> Response:
    """What robots need not visit, and where the sitemap is."""
    visit = visit_of(request)
    paths = [visit.links.to(route) for route in _UNVISITED]
    root = visit.links.to("home")
    lines = [f"Disallow: {path}" for path in (*paths, f"{root}api/")]
    sitemap = visit.whole(visit.links.to("sitemap"))
    text = "\n".join(("User-agent: *", *lines, "", f"Sitemap: {sitemap}", ""))
    return PlainTextResponse(text)


def sitemap(request: Request) -> Response:
    """The list of all parts."""
    visit = visit_of(request)
    held = visit.engine.holdings(limit=0)
    root = xml.Element("sitemapindex", xmlns=_SPACE)
    for number in range(1, math.ceil(held.total / SIZE) + 1):
        part = visit.links.to("sitemap_part", number=str(number))
        entry = xml.SubElement(root, "sitemap")
        xml.SubElement(entry, "loc").text = visit.whole(part)
        xml.SubElement(entry, "lastmod").text = held.built_at.isoformat("T", "seconds")
    return _answer(root)


def part(request: Request) -> Response:
    """The canonical addresses of a part's articles and rosters."""
    visit, number = visit_of(request), request.path_params["number"]
    held = visit.engine.holdings(limit=SIZE, offset=(number - 1) * SIZE)
    if not held.units or not number:
        raise missing("没有这一份网站地图。", "There is no such sitemap.")
    root = xml.Element("urlset", xmlns=_SPACE)
    base, address = visit.whole(""), visit.links.canonical
    for unit in held.units:
        path = address(unit.kind, unit.id)
        if len(base + path) <= LONGEST:
            xml.SubElement(xml.SubElement(root, "url"), "loc").text = base + path
    return _answer(root)


def _answer(root: xml.Element) -> Response:
    body = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/xml")
