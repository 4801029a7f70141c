"""``/v1/articles``: products and services (reference: articles 11)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from sandbox.events import emit
from sandbox.http import Call, Response, Route, json_response
from sandbox.resources.checks import Findings, amount_of, text_of
from sandbox.resources.paging import DEFAULT_SIZE, MAX_SIZE, PageRequest, page_of, page_request, sort_entry
from sandbox.resources.replies import not_found, refuse
from sandbox.resources.writing import action_result, json_body
from sandbox.world.calendar import stamp
from sandbox.world.goods import KINDS, RATES, Article
from sandbox.world.stock import check_digit

PRICES = {"NET": "netPrice", "GROSS": "grossPrice"}


def as_json(article: Article, organisation_id: str) -> dict[str, Any]:
    """Return an article as the service shows it; unlike elsewhere, absent texts are null (measured)."""
    return {
        "id": article.id,
        "organizationId": organisation_id,
        "createdDate": stamp(article.created),
        "updatedDate": stamp(article.updated),
        "archived": False,
        "title": article.title,
        "description": article.description,
        "type": article.kind,
        "articleNumber": article.number,
        "gtin": article.gtin,
        "note": article.note,
        "unitName": article.unit,
        "price": {
            "netPrice": article.net,
            "grossPrice": article.gross,
            "leadingPrice": article.leads,
            "taxRate": article.rate,
        },
        "version": article.version,
    }


def _page(call: Call) -> PageRequest:
    """Read page and size; unlike elsewhere a size below 25 is refused (406, measured)."""
    text = (call.request.value("size") or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        found = Findings()
        if int(text) < DEFAULT_SIZE:
            found.add("MIN", "size", f"muss größer oder gleich {DEFAULT_SIZE} sein")
        if int(text) > MAX_SIZE:
            found.add("MAX", "size", f"muss kleiner oder gleich {MAX_SIZE} sein")
        found.refuse(call)
    return page_request(call)


def _found(call: Call) -> Article:
    article = call.organisation.articles.get(call.arguments["id"])
    if article is None:
        not_found(call)
    return article


def listing(call: Call) -> Response:
    """List the articles by title; filters match in full."""
    page = _page(call)
    number, gtin, kind = (call.request.value(name) for name in ("articleNumber", "gtin", "type"))
    if kind is not None and kind not in KINDS:
        refuse(call, 400, f"Value must be one of: [{', '.join(KINDS)}]")
    rows = [
        article
        for article in call.organisation.articles.values()
        if number in (None, article.number) and gtin in (None, article.gtin) and kind in (None, article.kind)
    ]
    rows.sort(key=lambda article: (article.title.lower(), article.id))
    shown = [as_json(article, call.organisation.id) for article in rows]
    return json_response(page_of(shown, page, sort_entry("title", descending=False)))


def read(call: Call) -> Response:
    """Read one article."""
    return json_response(as_json(_found(call), call.organisation.id))


def valid_gtin(text: str) -> bool:
    """Say whether a number is a GTIN of 12, 13 or 14 digits; one of 8 was refused though documented (measured)."""
    digits = text.isascii() and text.isdigit() and len(text) in (12, 13, 14)
    return digits and check_digit(text[:-1]) == text[-1]


def _price(found: Findings, body: dict[str, Any]) -> tuple[Decimal, str, int]:
    """Read the leading price and the tax rate; the other price is computed, whatever was sent."""
    price = body.get("price")
    if not isinstance(price, dict):
        found.missing("price")
        return Decimal(0), "NET", 0
    leads, rate = price.get("leadingPrice"), amount_of(price.get("taxRate"))
    if leads not in PRICES:
        found.missing("price.leadingPrice")
        leads = "NET"
    if price.get("taxRate") is None:
        found.missing("price.taxRate")
    elif rate not in RATES:
        found.add("TAXRATE", "price.taxRate", "ist kein gültiger Steuersatz")
    name = PRICES[leads]
    amount = amount_of(price.get(name))
    if amount is None:
        found.missing(f"price.{name}")
    elif amount < 0:
        found.add("MIN", f"price.{name}", "muss größer oder gleich 0 sein")
    return amount or Decimal(0), leads, int(rate or 0)


def _read_body(call: Call, before: Article | None) -> Article:
    """Return the article that the body describes; whatever it leaves out is empty, also on a change."""
    body = json_body(call)
    if body.get("type") is not None and body["type"] not in KINDS:
        refuse(call, 400, f"Value must be one of: [{', '.join(KINDS)}]")
    found = Findings()
    for name in ("title", "unitName"):
        if not text_of(body.get(name)):
            found.add("NOTEMPTY", name, "darf nicht leer sein")
    if body.get("type") is None:
        found.missing("type")
    price, leads, rate = _price(found, body)
    gtin, number = text_of(body.get("gtin")) or None, text_of(body.get("articleNumber")) or None
    if gtin and not valid_gtin(gtin):
        found.add("VALIDGTIN", "gtin", "ist keine gültige GTIN")
    others = (item for item in call.organisation.articles.values() if before is None or item.id != before.id)
    if number and any(item.number == number for item in others):
        found.add("MATERIAL_NUMBER_ALREADY_EXISTS", "materialNumber", "Die Artikelnummer ist bereits vergeben")
    version = body.get("version")
    if before is not None and version is None:
        found.missing("version")
    found.refuse(call)
    if before is not None and version != before.version:
        refuse(call, 409, "The article was changed in the meantime.")
    moment = call.sandbox.now()
    return Article(
        id=before.id if before else str(uuid.uuid4()),
        title=text_of(body["title"]),
        kind=str(body["type"]),
        unit=text_of(body["unitName"]),
        price=price,
        leads=leads,
        rate=rate,
        created=before.created if before else moment,
        updated=max(moment, before.updated) if before else moment,
        number=number,
        gtin=gtin,
        description=text_of(body.get("description")) or None,
        note=text_of(body.get("note")) or None,
        version=before.version + 1 if before else 1,
    )


def create(call: Call) -> Response:
    """Add an article."""
    article = _read_body(call, None)
    call.organisation.articles[article.id] = article
    emit(call.sandbox, call.organisation, "article.created", article.id)
    return action_result(call, "articles", article.id, article.created, article.updated, article.version, 201)


def replace_article(call: Call) -> Response:
    """Replace an article; needs the version last read (409 when it is stale, measured)."""
    article = _read_body(call, _found(call))
    call.organisation.articles[article.id] = article
    emit(call.sandbox, call.organisation, "article.changed", article.id)
    return action_result(call, "articles", article.id, article.created, article.updated, article.version)


def delete(call: Call) -> Response:
    """Delete an article; documents keep what they copied from it."""
    article = _found(call)
    del call.organisation.articles[article.id]
    emit(call.sandbox, call.organisation, "article.deleted", article.id)
    return Response(204)


ROUTES = (
    Route("GET", "/v1/articles", listing, scope="articles.read"),
    Route("POST", "/v1/articles", create, scope="articles.write"),
    Route("GET", "/v1/articles/{id}", read, scope="articles.read"),
    Route("PUT", "/v1/articles/{id}", replace_article, scope="articles.write"),
    Route("DELETE", "/v1/articles/{id}", delete, scope="articles.write"),
)
