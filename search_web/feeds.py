"""The newest results of a search as an Atom feed (RFC 4287).

Hides the ids that Atom asks for, the same for the same thing for ever, and what XML has
no place for. Addresses are whole: readers of feeds keep entries without the feed's own.
"""

import datetime as dt
import re
import uuid
from typing import Final
from xml.etree import ElementTree as xml

from indexer import Hit, SearchResponse
from search_web.site import Visit

ENTRIES: Final = 50


def feed(visit: Visit, response: SearchResponse, built_at: dt.datetime) -> bytes:
    """The hits of a response; a hit of no date was updated when the index was built."""
    say, links, request = visit.say, visit.links, response.request
    root = xml.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    root.set("xml:lang", "en" if visit.lang == "en" else "zh-Hans")
    dates = [hit.date for hit in response.hits if hit.date]
    asked = say("results.title", query=request.query or say("results.all"))
    own, page = links.results(request, "atom"), links.search(request)
    _add(root, "id", _urn(own))
    _add(root, "title", f"{asked} · {say('site.name')}")
    _add(root, "updated", _moment(max(dates)) if dates else built_at.isoformat())
    _add(root, "link", rel="self", href=visit.whole(own), type=_ATOM)
    _add(root, "link", rel="alternate", href=visit.whole(page), type="text/html")
    _add(_add(root, "author"), "name", say("site.name"))
    for hit in response.hits:
        _add_entry(visit, _add(root, "entry"), hit, built_at)
    text: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add_entry(
    visit: Visit, entry: xml.Element, hit: Hit, built_at: dt.datetime
) -> None:
    _add(entry, "id", _urn(hit.id))
    _add(entry, "title", hit.title)
    _add(entry, "updated", _moment(hit.date) if hit.date else built_at.isoformat())
    href = visit.whole(visit.links.unit(hit.kind, hit.id))
    _add(entry, "link", rel="alternate", href=href, type="text/html")
    for name in hit.reporters:
        _add(_add(entry, "author"), "name", name)
    if hit.section:
        _add(entry, "category", term=hit.section)
    _add(entry, "summary", "".join(piece.text for piece in hit.snippet))


_ATOM: Final = "application/atom+xml"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _add(
    parent: xml.Element, tag: str, text: str = "", /, **attributes: str
) -> xml.Element:
    plain = {name: _NOT_XML.sub("", value) for name, value in attributes.items()}
    child = xml.SubElement(parent, tag, plain)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _urn(name: str) -> str:
    space = uuid.uuid5(uuid.NAMESPACE_URL, "baosou")
    return uuid.uuid5(space, name.encode("utf-8", "replace").decode()).urn


def _moment(date: dt.date) -> str:
    """The beginning of a day in China, where the papers appear."""
    return f"{date.isoformat()}T00:00:00+08:00"
