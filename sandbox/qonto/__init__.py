"""A local Qonto beside the local Lexware Office: the part of its API that a bank feed reads.

It follows the public reference: accounts, transactions, attachments with short-lived addresses, errors.
"""
