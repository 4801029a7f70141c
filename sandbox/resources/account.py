"""``/v1/ping`` and ``/v1/profile`` (reference: reference data 14)."""

from __future__ import annotations

from sandbox.http import Call, Response, Route, json_response
from sandbox.world.calendar import stamp


def ping(call: Call) -> Response:
    """Name the user that the key belongs to."""
    return json_response({"userEmail": call.organisation.company.email})


def profile(call: Call) -> Response:
    """Describe the organisation and the connection that the key belongs to."""
    organisation = call.organisation
    return json_response(
        {
            "organizationId": organisation.id,
            "companyName": organisation.company.name,
            "created": {
                "userId": organisation.user_id,
                "userName": organisation.user_name,
                "userEmail": organisation.company.email,
                "date": stamp(call.key.created),
            },
            "connectionId": call.key.connection_id,
            "businessFeatures": ["INVOICING", "INVOICING_PRO", "BOOKKEEPING"],
            "taxType": organisation.tax_type,
            "smallBusiness": organisation.small_business,
        }
    )


ROUTES = (Route("GET", "/v1/ping", ping), Route("GET", "/v1/profile", profile))
