"""The site as a search engine of the reader's browser (OpenSearch 1.1): what it is
called, where it searches, and what it suggests.

Browsers want whole addresses here, so that these name the host that was asked for, as
sitemaps and feeds do; what readers see does not.
"""

from typing import Final
from xml.etree import ElementTree as xml

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from search_web.params import typed
from search_web.site import visit_of

TYPE: Final = "application/opensearchdescription+xml"


def description(request: Request) -> Response:
    """The document that a page's `<link rel=search>` leads to."""
    visit = visit_of(request)
    say, links = visit.say, visit.links
    name = "http://a9.com/-/spec/opensearch/1.1/"
    root = xml.Element("OpenSearchDescription", {"xmlns": name})
    xml.SubElement(root, "ShortName").text = say("site.name")
    xml.SubElement(root, "Description").text = say("site.title")
    xml.SubElement(root, "InputEncoding").text = "UTF-8"
    addresses = (
        ("text/html", "results", links.to("search")),
        ("application/x-suggestions+json", "suggestions", links.to("completions")),
        ("application/atom+xml", "results", links.to("api_results", form="atom")),
    )
    for kind, rel, path in addresses:
        mark = "&" if "?" in path else "?"
        template = visit.whole(f"{path}{mark}q={{searchTerms}}")
        xml.SubElement(root, "Url", {"type": kind, "rel": rel, "template": template})
    itself = visit.whole(links.to("opensearch"))
    xml.SubElement(root, "Url", {"type": TYPE, "rel": "self", "template": itself})
    body = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type=TYPE)


def completions(request: Request) -> Response:
    """What a reader may want who has typed so far, as browsers read it: the text and
    what to search for."""
    visit, text = visit_of(request), typed(request.query_params.get("q", ""))
    offered = visit.engine.suggest(text)
    body = msgspec.json.encode([text, [each.query for each in offered]])
    return Response(body, media_type="application/x-suggestions+json")
