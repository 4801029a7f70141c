"""Uploading a bank statement for a client."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import StatementFile
from integrations.services.statements import import_file
from tests.admin.conftest import Login

CAMT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2025-03-15T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2025-03-15T06:00:00</CreDtTm>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2025-03-14</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">80.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2025-03-14</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">20.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2025-03-14</Dt></BookgDt><ValDt><Dt>2025-03-14</Dt></ValDt><AcctSvcrRef>R1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">20.00</Amt>
<RmtInf><Ustrd>RE-2041</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
ADDRESS = "admin:integrations_statementfile_add"


def _address(client: Client) -> str:
    return f"{reverse(ADDRESS)}?client={client.pk}"


def _files(content: bytes, name: str = "2025-03.xml") -> dict[str, object]:
    return {"files": SimpleUploadedFile(name, content, "application/xml")}


def test_the_client_is_chosen_first(kontor_client: Client, accountant: User, outsider: User, login: Login) -> None:
    page = login(accountant).get(reverse(ADDRESS)).content.decode()
    assert str(kontor_client) in page
    assert "Bäckerei Ohlsen" not in page
    assert "data-upload" in login(accountant).get(_address(kontor_client)).content.decode()


def test_a_file_is_imported_once(kontor_client: Client, accountant: User, login: Login) -> None:
    browser = login(accountant)
    page = browser.post(_address(kontor_client), _files(CAMT)).content.decode()
    assert "<strong>1</strong> new" in page
    assert "CAMT.053, version 8" in page
    file = StatementFile.objects.get()
    assert (file.client, file.imported_by, file.new) == (kontor_client, accountant, 1)
    page = browser.post(_address(kontor_client), _files(CAMT)).content.decode()
    assert "nothing has changed" in page
    assert StatementFile.objects.count() == 1
    assert kontor_client.transactions.count() == 1


def test_a_foreign_file_gets_its_own_words(kontor_client: Client, accountant: User, login: Login) -> None:
    page = login(accountant).post(_address(kontor_client), _files(b"no bank file")).content.decode()
    assert "the kind of file was not recognised" in page
    assert kontor_client.transactions.count() == 0


def test_nobody_imports_for_somebody_elses_client(
    kontor_client: Client, colleague: User, support: User, login: Login
) -> None:
    login(colleague).post(_address(kontor_client), _files(CAMT))
    assert login(support).get(_address(kontor_client)).status_code == 403
    assert not StatementFile.objects.exists()


def test_what_could_not_be_read_is_said_in_the_readers_language(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    import_file(kontor_client, "from-a-command.xml", CAMT[:-70])
    browser = login(accountant)
    address = reverse("admin:integrations_statementfile_change", args=[StatementFile.objects.get().pk])
    assert "in the middle of the statement" in browser.get(address).content.decode()
    accountant.language = "de"
    accountant.save()
    page = browser.get(address).content.decode()
    assert "mitten im Kontoauszug" in page
    assert "in the middle of the statement" not in page
