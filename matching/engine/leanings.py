"""On which side the words of a reason stand: one that counts against a match must not read as if it spoke for it."""

FAVOURABLE = frozenset(
    {
        "number_in_text",
        "number_rewritten",
        "number_torn",
        "number_typo",
        "number_in_list",
        "number_cut",
        "number_series",
        "amount_equal",
        "amount_original",
        "amount_rare",
        "sum_equal",
        "credit_note_set_off",
        "part_worded",
        "batch_count",
        "payout_of_provider",
        "payout_fee_learned",
        "payout_fee_usual",
        "payout_run",
        "payout_marked",
        "instalment",
        "payment_date_equal",
        "payment_next_bank_day",
        "payment_date_near",
        "date_near",
        "due_date_met",
        "document_date_in_text",
        "period_in_text",
        "name_equal",
        "name_similar",
        "iban_known",
        "creditor_known",
        "customer_number",
        "alias_known",
        "paid_again",
        "interchangeable",
    }
)
"""Codes whose words speak for a match: their weight is never below zero."""

ADVERSE = frozenset(
    {
        "number_missing",
        "other_number",
        "amount_differs",
        "amount_common",
        "payment_date_far",
        "date_far",
        "other_period",
        "name_differs",
        "contact_silent",
        "iban_foreign",
        "returned",
        "paid_before",
        "paid_otherwise",
        "no_voucher_expected",
        "found_elsewhere",
        "other_candidate",
    }
)
"""Codes whose words speak against a match: their weight is never above zero. All others state a fact that may count
either way; they are told on the side on which they do."""
