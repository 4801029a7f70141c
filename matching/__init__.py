"""Which transaction paid which voucher: accounts, transactions, the engine, proposals and decisions."""
