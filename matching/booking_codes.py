"""What the codes mean that banks put on bookings and returns, in words.

Sources: annex 3 of the German DFÜ agreement (Geschäftsvorfallcodes, version 3.4), the ISO 20022 bank transaction codes
and the external code set of return reasons. The tables are pure; `booking_words` and `return_words` give them in the
language of the reader.
"""

from typing import Final

from django.utils.translation import gettext, gettext_noop

# First digit of a GVC that has no words of its own.
GVC_GROUPS: Final[dict[str, str]] = {
    "0": gettext_noop("Payment within the euro area"),
    "1": gettext_noop("Payment within the euro area"),
    "2": gettext_noop("Foreign payment"),
    "3": gettext_noop("Securities"),
    "4": gettext_noop("Foreign exchange"),
    "6": gettext_noop("Loan"),
    "8": gettext_noop("Other booking of the bank"),
    "9": gettext_noop("Unstructured booking"),
}

GVC: Final[dict[str, str]] = {
    "020": gettext_noop("Transfer out"),
    "051": gettext_noop("Transfer in"),
    "070": gettext_noop("Cheque paid in"),
    "072": gettext_noop("Bill of exchange"),
    "073": gettext_noop("Bill of exchange"),
    "082": gettext_noop("Cash paid in"),
    "083": gettext_noop("Cash paid out"),
    "087": gettext_noop("Urgent transfer out"),
    "088": gettext_noop("Transfer in with a fixed value date"),
    "101": gettext_noop("Cheque drawn"),
    "102": gettext_noop("Cheque drawn (order cheque)"),
    "103": gettext_noop("Traveller's cheque"),
    "104": gettext_noop("SEPA business direct debit charged"),
    "105": gettext_noop("SEPA direct debit charged"),
    "106": gettext_noop("Card payment"),
    "107": gettext_noop("Direct debit made at a till"),
    "108": gettext_noop("Own business direct debit returned"),
    "109": gettext_noop("Own direct debit returned"),
    "110": gettext_noop("Own card collection returned"),
    "111": gettext_noop("Cheque returned"),
    "116": gettext_noop("SEPA transfer out"),
    "117": gettext_noop("Standing order out"),
    "118": gettext_noop("Instant transfer out"),
    "119": gettext_noop("Donation out"),
    "152": gettext_noop("Standing order in"),
    "153": gettext_noop("Salary or pension in"),
    "154": gettext_noop("Capital-forming benefits in"),
    "155": gettext_noop("Capital-forming benefits for a pension in"),
    "156": gettext_noop("Public payment in"),
    "157": gettext_noop("Salary or pension in, instant"),
    "159": gettext_noop("Own transfer returned"),
    "160": gettext_noop("Own instant transfer returned"),
    "161": gettext_noop("Standing order in, instant"),
    "162": gettext_noop("Capital-forming benefits in, instant"),
    "163": gettext_noop("Capital-forming benefits for a pension in, instant"),
    "164": gettext_noop("Public payment in, instant"),
    "165": gettext_noop("Donation in, instant"),
    "166": gettext_noop("SEPA transfer in"),
    "167": gettext_noop("SEPA transfer in with a structured reference"),
    "168": gettext_noop("Instant transfer in"),
    "169": gettext_noop("Donation in"),
    "170": gettext_noop("Cheque collected"),
    "171": gettext_noop("SEPA direct debit collected"),
    "174": gettext_noop("SEPA business direct debit collected"),
    "177": gettext_noop("SEPA transfer out, given online"),
    "181": gettext_noop("Charged direct debit credited back"),
    "182": gettext_noop("Card payment credited back"),
    "183": gettext_noop("Cheque credited back"),
    "184": gettext_noop("Charged business direct debit credited back"),
    "188": gettext_noop("Instant transfers out, batch"),
    "189": gettext_noop("Instant transfers in, batch"),
    "190": gettext_noop("Card payments, batch out"),
    "191": gettext_noop("SEPA transfers out, batch"),
    "192": gettext_noop("SEPA direct debits collected, batch"),
    "193": gettext_noop("Collected direct debits reversed"),
    "194": gettext_noop("SEPA transfers in, batch"),
    "195": gettext_noop("Direct debits charged, batch"),
    "196": gettext_noop("SEPA business direct debits collected, batch"),
    "197": gettext_noop("SEPA business direct debits charged, batch"),
    "198": gettext_noop("Card payments, batch in"),
    "199": gettext_noop("Card clearing reversed"),
    "201": gettext_noop("Foreign payment out"),
    "202": gettext_noop("Foreign payment in"),
    "206": gettext_noop("Foreign transfer"),
    "210": gettext_noop("Foreign payment out, electronic"),
    "211": gettext_noop("Foreign payment in, electronic"),
    "601": gettext_noop("Loan: instalment"),
    "602": gettext_noop("Loan: instalment"),
    "603": gettext_noop("Loan: repayment"),
    "604": gettext_noop("Loan: interest"),
    "605": gettext_noop("Loan: interest with instalment"),
    "606": gettext_noop("Loan: paid out"),
    "607": gettext_noop("Loan: repaid"),
    "805": gettext_noop("Account closing: fees and interest of the period"),
    "806": gettext_noop("Postage"),
    "807": gettext_noop("Charges"),
    "808": gettext_noop("Fees"),
    "809": gettext_noop("Commission"),
    "810": gettext_noop("Dunning fee"),
    "811": gettext_noop("Credit costs"),
    "814": gettext_noop("Interest"),
    "815": gettext_noop("Capitalised interest"),
    "818": gettext_noop("Charge of the bank"),
    "819": gettext_noop("Wages paid by the bank"),
    "820": gettext_noop("Transfer between own accounts"),
    "821": gettext_noop("Telephone"),
    "822": gettext_noop("Payout plan"),
    "823": gettext_noop("Fixed deposit"),
    "833": gettext_noop("Cash pooling"),
    "834": gettext_noop("Cash pooling"),
    "835": gettext_noop("Other booking"),
    "836": gettext_noop("Booking after a complaint"),
    "837": gettext_noop("Value added tax"),
    "888": gettext_noop("Conversion to the euro"),
    "899": gettext_noop("Cancellation"),
    "997": gettext_noop("Custody statement"),
    "999": gettext_noop("Unstructured booking"),
}

ISO_DOMAINS: Final[dict[str, str]] = {
    "PMNT": gettext_noop("Payments"),
    "CAMT": gettext_noop("Cash management"),
    "ACMT": gettext_noop("Account management"),
    "SECU": gettext_noop("Securities"),
    "LDAS": gettext_noop("Loans and deposits"),
    "FORX": gettext_noop("Foreign exchange"),
    "DERV": gettext_noop("Derivatives"),
    "CMDT": gettext_noop("Commodities"),
    "PMET": gettext_noop("Precious metals"),
    "TRAD": gettext_noop("Trade services"),
    "XTND": gettext_noop("Special booking of the bank"),
}

ISO_FAMILIES: Final[dict[str, str]] = {
    "RCDT": gettext_noop("Transfer in"),
    "ICDT": gettext_noop("Transfer out"),
    "RRCT": gettext_noop("Instant transfer in"),
    "IRCT": gettext_noop("Instant transfer out"),
    "RDDT": gettext_noop("Direct debit charged"),
    "IDDT": gettext_noop("Direct debit collected"),
    "RCHQ": gettext_noop("Cheque paid in"),
    "ICHQ": gettext_noop("Cheque drawn"),
    "CCRD": gettext_noop("Card payment"),
    "MCRD": gettext_noop("Card payments received"),
    "CNTR": gettext_noop("At the counter"),
    "DRFT": gettext_noop("Bill of exchange"),
    "ACCB": gettext_noop("Transfer between own accounts"),
    "CAPL": gettext_noop("Cash pooling"),
    "MDOP": gettext_noop("Charge of the bank"),
    "MCOP": gettext_noop("Credit of the bank"),
    "OPCL": gettext_noop("Opening or closing of the account"),
}

ISO_SUB_FAMILIES: Final[dict[str, str]] = {
    "ESCT": gettext_noop("SEPA transfer"),
    "ESDD": gettext_noop("SEPA direct debit"),
    "BBDD": gettext_noop("SEPA business direct debit"),
    "STDO": gettext_noop("standing order"),
    "SALA": gettext_noop("salary"),
    "DMCT": gettext_noop("domestic transfer"),
    "DMDD": gettext_noop("domestic direct debit"),
    "XBCT": gettext_noop("transfer across the border"),
    "XBDD": gettext_noop("direct debit across the border"),
    "AUTT": gettext_noop("automatic transfer"),
    "SDVA": gettext_noop("same-day value"),
    "BOOK": gettext_noop("within the bank"),
    "ATXN": gettext_noop("single payment"),
    "VCOM": gettext_noop("with a structured reference"),
    "RRTN": gettext_noop("returned"),
    "RPCR": gettext_noop("returned"),
    "UPDD": gettext_noop("returned, not paid"),
    "PRDD": gettext_noop("reversed by the creditor"),
    "UPCQ": gettext_noop("cheque not paid"),
    "UPCT": gettext_noop("returned, not paid"),
    "CCHQ": gettext_noop("cheque"),
    "POSD": gettext_noop("in a shop"),
    "POSC": gettext_noop("credit in a shop"),
    "POSP": gettext_noop("in a shop"),
    "CWDL": gettext_noop("cash paid out"),
    "CDPT": gettext_noop("cash paid in"),
    "CHRG": gettext_noop("charges"),
    "FEES": gettext_noop("fees"),
    "COMM": gettext_noop("commission"),
    "INTR": gettext_noop("interest"),
    "TAXE": gettext_noop("taxes"),
    "ADJT": gettext_noop("adjustment"),
    "CAJT": gettext_noop("correction, money in"),
    "DAJT": gettext_noop("correction, money out"),
    "SWEP": gettext_noop("cash pooling"),
    "ZABA": gettext_noop("cash pooling"),
    "TOPG": gettext_noop("cash pooling"),
}

RETURN_REASONS: Final[dict[str, str]] = {
    "AC01": gettext_noop("the account number (IBAN) is wrong"),
    "AC03": gettext_noop("the recipient's account number is wrong"),
    "AC04": gettext_noop("the account is closed"),
    "AC06": gettext_noop("the account is blocked"),
    "AC13": gettext_noop("the account is a consumer's; business direct debits are not allowed"),
    "AG01": gettext_noop("such payments are not allowed on this account"),
    "AG02": gettext_noop("the bank's code of the payment is wrong"),
    "AM04": gettext_noop("there was not enough money on the account"),
    "AM05": gettext_noop("the payment came twice"),
    "AM09": gettext_noop("the amount is wrong"),
    "ARDT": gettext_noop("the payment had been returned already"),
    "BE04": gettext_noop("the recipient's address is missing"),
    "BE05": gettext_noop("the creditor id is wrong"),
    "CNOR": gettext_noop("the creditor's bank cannot be reached"),
    "CUST": gettext_noop("the payer asked for it"),
    "DNOR": gettext_noop("the debtor's bank cannot be reached"),
    "DUPL": gettext_noop("the payment came twice"),
    "FF01": gettext_noop("the form of the payment is wrong"),
    "FOCR": gettext_noop("the payer recalled it"),
    "FR01": gettext_noop("fraud"),
    "FRAD": gettext_noop("fraud"),
    "MD01": gettext_noop("there is no mandate, or it was withdrawn"),
    "MD02": gettext_noop("facts of the mandate are missing or wrong"),
    "MD06": gettext_noop("the debtor wants the money back"),
    "MD07": gettext_noop("the debtor has died"),
    "MS02": gettext_noop("the customer gave no reason"),
    "MS03": gettext_noop("the bank gave no reason"),
    "NOAS": gettext_noop("the recipient did not answer a recall"),
    "NOOR": gettext_noop("the original payment was never received"),
    "RC01": gettext_noop("the bank's code (BIC) is wrong"),
    "RR01": gettext_noop("the payer's account is missing, which the law demands"),
    "RR02": gettext_noop("the payer's name or address is missing, which the law demands"),
    "RR03": gettext_noop("the recipient's name or address is missing, which the law demands"),
    "RR04": gettext_noop("a legal reason"),
    "SL01": gettext_noop("the debtor or the debtor's bank blocks this creditor"),
    "TECH": gettext_noop("a technical error"),
    "TM01": gettext_noop("it came too late"),
}


def booking_words(code: str, gvc: str = "") -> str:
    """What a booking is, in the active language; empty where the code says nothing.

    ``code`` is an ISO code such as ``PMNT-RCDT-ESCT``, a GVC or the bank's own text, ``gvc`` the German code beside it,
    which says more and comes first.
    """
    gvc = gvc or (code if code.isdecimal() and len(code) == 3 else "")
    if gvc:
        words = GVC.get(gvc) or GVC_GROUPS.get(gvc[:1], "")
        return gettext(words) if words else ""
    domain, _, rest = code.partition("-")
    family, _, sub_family = rest.partition("-")
    if domain not in ISO_DOMAINS:
        return ""
    first = ISO_FAMILIES.get(family, ISO_DOMAINS[domain])
    second = ISO_SUB_FAMILIES.get(sub_family, "")
    return ", ".join(gettext(words) for words in (first, second) if words)


def return_words(reason: str) -> str:
    """Why a payment was returned, in the active language; ``reason`` begins with the code. Empty if it is unknown."""
    words = RETURN_REASONS.get(reason[:4].upper(), "")
    return gettext(words) if words else ""
