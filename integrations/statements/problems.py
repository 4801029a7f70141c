"""What can be wrong with a bank file: codes, and the English words for each.

The words are marked for translation by the name ``gettext_noop``, which the message extraction
recognises; this module stays free of Django. ``messages`` gives them in the language of the reader.
"""

from enum import StrEnum
from typing import Final


def gettext_noop(text: str) -> str:
    """Mark ``text`` for translation and return it unchanged."""
    return text


class Severity(StrEnum):
    """ERROR: something was not read. WARNING: everything was read, a person should look."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The kinds of problems; `TEXTS` holds a sentence for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CANNOT_OPEN = "cannot_open"
    ARCHIVE = "archive"
    ARCHIVE_DAMAGED = "archive_damaged"
    ARCHIVE_LIMITS = "archive_limits"
    ARCHIVE_TOO_LARGE = "archive_too_large"
    ARCHIVE_NESTED = "archive_nested"
    ENCRYPTED = "encrypted"
    MEMBER_DAMAGED = "member_damaged"
    REPEATED_MEMBER = "repeated_member"
    FOREIGN = "foreign"
    SPREADSHEET = "spreadsheet"
    UNKNOWN = "unknown"
    DOCTYPE = "doctype"
    BROKEN_XML = "broken_xml"
    CUT_OFF = "cut_off"
    TOO_DEEP = "too_deep"
    ENTRY_TOO_LARGE = "entry_too_large"
    NO_STATEMENT = "no_statement"
    ENCODING = "encoding"
    STRAY_ENTRY = "stray_entry"
    STATUS = "status"
    AMOUNT = "amount"
    DIRECTION = "direction"
    CONTRADICTION = "contradiction"
    DATE = "date"
    BALANCE = "balance"
    NO_DATE = "no_date"
    NO_CURRENCY = "no_currency"
    NO_ACCOUNT = "no_account"
    DATE_NUMBER = "date_number"
    VALUE_DATE = "value_date"
    DATE_DERIVED = "date_derived"
    DETAIL_AMOUNT = "detail_amount"
    DETAIL_DIFFERS = "detail_differs"
    DETAILS_SUM = "details_sum"
    CURRENCY_DIFFERS = "currency_differs"
    BALANCE_EQUATION = "balance_equation"
    BALANCE_WRONG = "balance_wrong"
    REPEATED = "repeated"
    NOT_IMPORTED = "not_imported"  # in rows about earlier imports
    DETAILS_ONLY = "details_only"
    ENTRY_LINE = "entry_line"
    ENTRY_IN_TEXT = "entry_in_text"
    NO_SUCH_DAY = "no_such_day"
    MISPLACED = "misplaced"
    STRAY = "stray"
    NO_OPENING = "no_opening"
    NO_CLOSING = "no_closing"
    TURNED_MARKS = "turned_marks"
    PAGE_GAP = "page_gap"
    TOTALS = "totals"
    NO_TABLE = "no_table"
    NO_ROWS = "no_rows"
    UNKNOWN_TABLE = "unknown_table"
    TRANSFERS = "transfers"
    MAPPING_FITS_NOT = "mapping_fits_not"
    AMBIGUOUS = "ambiguous"
    MIXED_DECIMALS = "mixed_decimals"
    OWN_ACCOUNT = "own_account"
    ROW_WIDTH = "row_width"
    ROW_MOVED = "row_moved"
    NO_BOOKING = "no_booking"
    OTHER_TABLE = "other_table"
    BALANCE_CHAIN = "balance_chain"
    MORE = "more"


# The parameters in brackets are filled by ReadError.params.
TEXTS: Final[dict[Code, str]] = {
    Code.EMPTY: gettext_noop("The file is empty."),
    Code.TOO_LARGE: gettext_noop("The file is larger than %(limit)s MB and was not read."),
    Code.CANNOT_OPEN: gettext_noop("The file cannot be opened: %(reason)s"),
    Code.ARCHIVE: gettext_noop("This is a packed file (%(format)s). Unpack it first, then upload the files in it."),
    Code.ARCHIVE_DAMAGED: gettext_noop("The archive is damaged and cannot be opened. Download it from the bank again."),
    Code.ARCHIVE_LIMITS: gettext_noop(
        "The archive holds more than %(limit)s files and was not opened. Split it into several."
    ),
    Code.ARCHIVE_TOO_LARGE: gettext_noop(
        "The archive would unpack to more than %(limit)s MB, or to far more than bank files do; it was not opened."
    ),
    Code.ARCHIVE_NESTED: gettext_noop(
        "This is an archive within an archive within an archive. Unpack it first, then upload the files in it."
    ),
    Code.ENCRYPTED: gettext_noop(
        "This file in the archive is protected by a password and was not read. Unpack it first, then upload it."
    ),
    Code.MEMBER_DAMAGED: gettext_noop(
        "This file in the archive is damaged; what stands before the damage was read. Download it from the bank again."
    ),
    Code.REPEATED_MEMBER: gettext_noop("This file is in the archive twice (also as %(name)s); it was read once."),
    Code.FOREIGN: gettext_noop("This is not a bank statement that can be read here but a file of the kind %(format)s."),
    Code.SPREADSHEET: gettext_noop(
        "This is a spreadsheet (%(format)s), whatever its name says. Download the transactions from the bank as CSV or "
        "CAMT, or save the sheet as CSV."
    ),
    Code.UNKNOWN: gettext_noop(
        "This is not a bank statement that can be read here; the kind of file was not recognised."
    ),
    Code.DOCTYPE: gettext_noop(
        "The file contains a document type declaration (DOCTYPE). Bank statements never do; it was refused for safety."
    ),
    Code.BROKEN_XML: gettext_noop(
        "The file is damaged and cannot be read beyond this place. What stands before it was read. "
        "Download it from the bank again."
    ),
    Code.CUT_OFF: gettext_noop(
        "The file ends here, in the middle of the statement: the rest is missing. What is there was read. "
        "Download it from the bank again."
    ),
    Code.TOO_DEEP: gettext_noop(
        "The file is nested deeper than any bank statement and was not read beyond this place."
    ),
    Code.ENTRY_TOO_LARGE: gettext_noop(
        "A single entry is larger than any bank writes; the file was not read beyond this place."
    ),
    Code.NO_STATEMENT: gettext_noop("There is no statement in the file."),
    Code.ENCODING: gettext_noop(
        "The file holds letters in another encoding than it says; they were read as those of Windows. "
        "Check names with umlauts."
    ),
    Code.STRAY_ENTRY: gettext_noop(
        "An entry stands where no statement has one; it was left out. Ask the bank for a right file."
    ),
    Code.STATUS: gettext_noop(
        "It is not clear whether this entry is booked (“%(value)s”); it is only shown as announced."
    ),
    Code.AMOUNT: gettext_noop("The amount “%(value)s” cannot be read; this entry was left out."),
    Code.DIRECTION: gettext_noop(
        "It is not clear whether money came in or went out (“%(value)s”); this entry was left out."
    ),
    Code.CONTRADICTION: gettext_noop(
        "“%(first)s” in the column %(column)s and “%(second)s” in the column %(other)s contradict each other; "
        "this entry was left out."
    ),
    Code.DATE: gettext_noop("The booking date “%(value)s” cannot be read; this entry was left out."),
    Code.BALANCE: gettext_noop("The balance %(code)s (“%(value)s”) cannot be read."),
    Code.NO_DATE: gettext_noop("The entry has no date; it was left out."),
    Code.NO_CURRENCY: gettext_noop("The entry does not say its currency; it was left out."),
    Code.NO_ACCOUNT: gettext_noop("The statement does not say which account it belongs to; it was left out."),
    Code.DATE_NUMBER: gettext_noop(
        "The booking date “%(value)s” is a number, as spreadsheets keep days; it was left out. Download the file from "
        "the bank again, or show the column as dates before you save it."
    ),
    Code.VALUE_DATE: gettext_noop("The value date “%(value)s” cannot be read; the entry was read without it."),
    Code.DATE_DERIVED: gettext_noop(
        "The entry has no booking date; %(date)s was taken from its value date or from the statement."
    ),
    Code.DETAIL_AMOUNT: gettext_noop(
        "The amount “%(value)s” of a single payment within the entry cannot be read; the entry amount counts."
    ),
    Code.DETAIL_DIFFERS: gettext_noop(
        "The payment in the entry says %(detail)s, the entry says %(entry)s; the entry amount counts."
    ),
    Code.DETAILS_SUM: gettext_noop(
        "The %(count)s payments in the entry do not add up to %(entry)s; it was kept as one transaction."
    ),
    Code.CURRENCY_DIFFERS: gettext_noop("The entry is in %(entry)s, the account in %(account)s."),
    Code.BALANCE_EQUATION: gettext_noop(
        "The statement does not add up: %(opening)s + %(credits)s − %(debits)s gives %(expected)s, "
        "but the closing balance is %(closing)s."
    ),
    Code.BALANCE_WRONG: gettext_noop(
        "The closing balance %(closing)s is wrong: %(opening)s + %(credits)s − %(debits)s gives %(expected)s, and the "
        "totals that the statement brings agree with its entries. The entries were read. Ask the bank for a right one."
    ),
    Code.REPEATED: gettext_noop("The same statement is in the file twice; it was read once."),
    Code.NOT_IMPORTED: gettext_noop(
        "This is a %(format)s file. Only statements of booked entries (camt.053) are imported."
    ),
    Code.DETAILS_ONLY: gettext_noop(
        "This %(format)s advice only tells what booked entries consist of. Its amounts are not counted: "
        "the money itself stands in the account statement."
    ),
    Code.ENTRY_LINE: gettext_noop("The entry “%(value)s” cannot be read; it was left out."),
    Code.ENTRY_IN_TEXT: gettext_noop(
        "The line “%(value)s” looks like an entry, but it is not marked as one (:61:); it was read as text."
    ),
    Code.NO_SUCH_DAY: gettext_noop("There is no day “%(value)s”; %(date)s was taken."),
    Code.MISPLACED: gettext_noop("The field :%(tag)s: stands where it does not belong; it was left out (“%(value)s”)."),
    Code.STRAY: gettext_noop("The line “%(value)s” belongs to no field; it was left out."),
    Code.NO_OPENING: gettext_noop("The statement has no opening balance, so whether it is complete cannot be checked."),
    Code.NO_CLOSING: gettext_noop(
        "The statement has no closing balance. The file may have been cut off; compare it with the original."
    ),
    Code.TURNED_MARKS: gettext_noop(
        "The balances only fit if %(count)s entries marked as cancelled (RC, RD) were ordinary ones. Whether money "
        "came in or went out is not clear, so they were left out: %(total)s in all. Ask the bank for another format."
    ),
    Code.PAGE_GAP: gettext_noop(
        "The page begins with %(opening)s, but the page before it ended with %(closing)s: a page may be missing."
    ),
    Code.TOTALS: gettext_noop("The file announces %(announced)s, but its entries give %(found)s: some may be missing."),
    Code.NO_TABLE: gettext_noop("No table with days and amounts was found in the file."),
    Code.NO_ROWS: gettext_noop(
        "The table has no rows, only the names of its columns. If there were bookings in this time, export it again."
    ),
    Code.UNKNOWN_TABLE: gettext_noop(
        "The table (%(columns)s) is of no bank that is recognised. Say once which column is what; "
        "it is read that way from then on. Nothing of it was imported."
    ),
    Code.TRANSFERS: gettext_noop(
        "This list of %(bank)s names transfers with amounts in several currencies and without their fees, so it does "
        "not show what each balance gained or lost. Download the statement of each balance as CSV; that can be read."
    ),
    Code.MAPPING_FITS_NOT: gettext_noop(
        "The columns that were named are not in the file. The bank may have changed its export; name them anew."
    ),
    Code.AMBIGUOUS: gettext_noop(
        "“%(value)s” in the column %(column)s can be read as %(first)s or as %(second)s, and nothing in the file "
        "tells which. Say which one is right; nothing was imported until then."
    ),
    Code.MIXED_DECIMALS: gettext_noop(
        "The column %(column)s holds amounts with a decimal comma and others with a decimal point. "
        "Say which one is right; nothing was imported until then."
    ),
    Code.OWN_ACCOUNT: gettext_noop(
        "The account number “%(value)s” in the rows has wrong check digits, so it does not say whose rows they are."
    ),
    Code.ROW_WIDTH: gettext_noop(
        "The row has %(count)s cells, which do not fit the columns in one way only; it was left out."
    ),
    Code.ROW_MOVED: gettext_noop(
        "The row has more or fewer cells than the table has columns. Day and amount are clear; name and purpose may "
        "have been moved."
    ),
    Code.NO_BOOKING: gettext_noop(
        "“%(text)s” is no booking (a message, a hold or a refused payment); it was left out."
    ),
    Code.OTHER_TABLE: gettext_noop(
        "Another table begins here (%(columns)s), perhaps of another account. It was not read: "
        "export that account by itself."
    ),
    Code.BALANCE_CHAIN: gettext_noop(
        "The balance after this row should be %(expected)s, but the file says %(balance)s: rows may be missing."
    ),
    Code.MORE: gettext_noop("%(count)s more problems are like this one: %(example)s"),
}
