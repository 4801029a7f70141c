"""Everything that ``lexoffice-py`` offers, against the sandbox.

It has its address as a constant of each object, which is changed after it was made; and it rests half a second after
every request, so little is asked twice.
"""

from __future__ import annotations

import logging
import os

from lexoffice_py import errors
from lexoffice_py.client import Lexoffice
from other_side import KEY, ORGANIZATION, URL, WORLD, control, expect, fault, refused, truth

logging.disable()


def connected(key: str) -> Lexoffice:
    """A client of the sandbox that repeats a refused request at once."""
    client = Lexoffice(client_secret=key, max_retries=3, default_retry_wait=0)
    client.BASE_URL = URL
    return client


client = connected(KEY)
keys = dict(pair.split("=") for pair in os.environ["SANDBOX_SPECIAL_KEYS"].split(","))


def lists() -> None:
    """Read every list to its end and compare it with the truth."""
    expect(client.get_profile()["organizationId"] == ORGANIZATION)
    control(f"{WORLD}/vouchers/fill", count=250)
    true = {row["id"]: row for row in truth()["vouchers"]}
    found = client.get_voucherlist()
    expect({row["id"] for row in found} == set(true) and len(found) == len(true) > 250, "two pages")
    paid = client.get_voucherlist(voucher_type=["invoice", "creditnote"], voucher_status=["paid", "paidoff"])
    wanted = [row for row in true.values() if row["type"] in ("invoice", "creditnote") and row["paid"]]
    expect(sorted(row["id"] for row in paid) == sorted(row["id"] for row in wanted))
    row = wanted[0]
    one = client.get_voucherlist(voucher_number=row["number"], archived=False)
    expect([item["id"] for item in one] == [row["id"]] and one[0]["totalAmount"] == float(row["total"]))
    expect(client.get_voucherlist(archived=True) == [])
    day = row["date"]
    same = client.get_voucherlist(voucher_date_from=day, voucher_date_to=day)
    expect({item["id"] for item in same} == {item["id"] for item in true.values() if item["date"] == day})
    titles = [article["title"] for article in client.get_articles()]
    expect(titles and titles == sorted(titles, key=str.lower))
    contacts = {contact["id"]: contact for contact in client.get_contacts()}
    expect({item["contactId"] for item in found if "contactId" in item} <= set(contacts))


def invoices() -> None:
    """Read invoices in full, one after another."""
    row = next(row for row in truth()["vouchers"] if row["type"] == "invoice" and row["status"] == "open")
    invoice = client.get_detailed_invoices(voucher_status=["open"], voucher_number=row["number"])[0]
    expect((invoice["id"], invoice["totalPrice"]["totalGrossAmount"]) == (row["id"], float(row["total"])))
    control(f"{WORLD}/vouchers/{row['id']}/pay")
    expect(client.get_invoices([row["id"]])[0]["voucherStatus"] == "paid")
    refused(errors.NotFoundError, client.get_invoices, ["00000000-0000-4000-8000-000000000000"])


def failures() -> None:
    """Meet each refusal that has a class of its own, and the rate limit."""
    refused(errors.UnauthorizedError, connected(keys["expired"]).get_profile)
    refused(errors.PaymentRequiredError, connected(keys["plan_without_api"]).get_profile)
    refused(errors.ForbiddenError, connected(keys["permission_missing"]).get_articles)
    refused(errors.BadRequestError, client.get_voucherlist, voucher_status=["overdue", "open"])
    with fault(kind="status", status=429, count=2):
        client.get_profile()
    with fault(kind="status", status=429, count=3):
        refused(errors.MaxRetriesError, client.get_profile)
    with fault(kind="rate_limit_as_500"):
        refused(errors.ServerError, client.get_profile)
    with fault(kind="timeout_after_performing"):
        refused(errors.GatewayTimeoutError, client.get_profile)


lists()
invoices()
failures()
