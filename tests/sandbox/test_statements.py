"""The bank statements: they chain, add up, and hold the dirt of real ones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests
from lxml import etree

from tests.sandbox.api import TODAY, Api, fast


@pytest.fixture(scope="module")
def apis() -> Iterator[list[Api]]:
    with fast() as running:
        yield [Api(running, position) for position in range(3)]


def _files(api: Api) -> list[tuple[dict[str, str], etree._Element]]:
    listed = api.see("/statements")["statements"]
    return [(item, etree.fromstring(requests.get(item["url"], timeout=10).content)) for item in listed]


def _text(element: etree._Element, path: str) -> str:
    return element.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) or ""


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def _signed(element: etree._Element) -> Decimal:
    amount = Decimal(_text(element, "Amt"))
    return -amount if _text(element, "CdtDbtInd") == "DBIT" else amount


def test_statements_add_up_and_chain(apis: list[Api]) -> None:
    for api in apis:
        closing: dict[str, Decimal] = {}
        for item, root in _files(api):
            statement = root[0][1]
            opening, last = _all(statement, "Bal")
            assert _text(opening, "Tp/CdOrPrtry/Cd") == ("PRCD" if item["version"].endswith("02") else "OPBD")
            assert _text(last, "Tp/CdOrPrtry/Cd") == "CLBD"
            entries = [_signed(entry) for entry in _all(statement, "Ntry")]
            assert _signed(opening) + sum(entries) == _signed(last)
            assert closing.get(item["iban"], _signed(opening)) == _signed(opening)
            closing[item["iban"]] = _signed(last)
            assert _text(statement, "Acct/Id/IBAN") == item["iban"]
            assert etree.QName(root).namespace == f"urn:iso:std:iso:20022:tech:xsd:{item['version']}"


def test_months_follow_each_other_up_to_yesterday(apis: list[Api]) -> None:
    for api in apis:
        rows = api.see("/statements")["statements"]
        for iban in {row["iban"] for row in rows}:
            own = [row for row in rows if row["iban"] == iban]
            assert [row["period"] for row in own] == sorted({row["period"] for row in own})
            assert own[-1]["to"] == "2026-11-19"
            assert own[-2]["to"] == "2026-10-31"


def test_entries_lie_in_their_period_and_references_are_given_once(apis: list[Api]) -> None:
    for api in apis:
        seen: list[str] = []
        parts: list[str] = []
        for item, root in _files(api):
            for entry in _all(root[0][1], "Ntry"):
                assert item["from"] <= _text(entry, "BookgDt/Dt") <= item["to"] < TODAY.isoformat()
                seen.append(_text(entry, "AcctSvcrRef"))
                details = _all(entry, "NtryDtls/TxDtls")
                parts += [_text(detail, "Refs/AcctSvcrRef") for detail in details]
                amounts = [Decimal(_text(detail, "Amt") or _text(detail, "AmtDtls/TxAmt/Amt")) for detail in details]
                assert sum(amounts) == abs(_signed(entry))
        assert len(seen) == len(set(seen))
        assert len(parts) == len(set(parts))
        allocated = {row["transaction"] for row in api.truth()["allocations"]}
        assert allocated <= set(parts)


def test_the_dirt_is_there(apis: list[Api]) -> None:
    """Every kind of text and booking that the matching must cope with occurs in the two connected companies."""
    for api in apis[:2]:
        truth = api.truth()
        numbers = {row["id"]: row["number"] for row in truth["vouchers"]}
        texts = {
            part.ref: ("".join(part.purpose), part.end_to_end, part.mandate, part.reason, len(entry.transactions), part)
            for account in api.running.world.organisations[api.id].accounts
            for entry in account.entries
            for part in entry.transactions
        }
        pairs = [(numbers[row["voucher"]], *texts[row["transaction"]]) for row in truth["allocations"]]
        squeezed = [(number, text.replace(" ", "").upper(), text.upper()) for number, text, *_ in pairs]
        assert any(number.upper() in text for number, _, text in squeezed)
        assert any(number.upper() in joined and number.upper() not in text for number, joined, text in squeezed)
        assert any(number.upper() not in joined for number, joined, _ in squeezed)
        assert any(number == reference for number, _, reference, *_ in pairs)
        assert any(mandate for _, _, _, mandate, *_ in pairs)
        assert any(count > 1 for *_, count, _ in pairs)
        assert any("KD" in text for _, _, text in squeezed)
        transactions = [row["transaction"] for row in truth["allocations"]]
        assert len(transactions) > len(set(transactions))
        assert len(texts) > 1.5 * len(set(transactions))
        vouchers = [row["voucher"] for row in truth["allocations"]]
        assert len(vouchers) > len(set(vouchers))
    reasons = {
        part.reason
        for account in apis[0].running.world.organisations[apis[0].id].accounts
        for entry in account.entries
        for part in entry.transactions
    }
    assert "AM04" in reasons


def test_both_versions_name_the_counterparty(apis: list[Api]) -> None:
    for item, root in _files(apis[0])[-30:]:
        inner = "Nm" if item["version"].endswith("02") else "Pty/Nm"
        for entry in _all(root[0][1], "Ntry"):
            side = "Dbtr" if _text(entry, "CdtDbtInd") == "CRDT" else "Cdtr"
            for detail in _all(entry, "NtryDtls/TxDtls"):
                if _all(detail, f"RltdPties/{side}Acct"):
                    assert _text(detail, f"RltdPties/{side}/{inner}")


def test_unknown_statements_are_404(apis: list[Api]) -> None:
    url = f"{apis[0].running.control_url}/organizations/{apis[0].id}/statements/x.xml"
    assert requests.get(url, timeout=10).status_code == 404
