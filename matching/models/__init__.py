"""Bank accounts, transactions, and what the engine and people think paid what."""

from matching.models.account import AccountState, BankAccount, BankAccountEvent
from matching.models.comparison import Comparison, FirmComparison
from matching.models.external import ExternalPayment, ExternalPaymentChange, PayoutItem, PayoutReport
from matching.models.file import TransactionFile
from matching.models.memory import ClientMemory, FactSource, LearnedFact
from matching.models.policy import MatchingPolicy, PolicyChange
from matching.models.proposal import Allocation, Decision, MatchingRequest, Proposal
from matching.models.rates import RateFetch, ReferenceRate
from matching.models.transaction import OwnTransfer, PendingLine, Sighting, Transaction

__all__ = [
    "AccountState",
    "Allocation",
    "BankAccount",
    "BankAccountEvent",
    "ClientMemory",
    "Comparison",
    "Decision",
    "ExternalPayment",
    "ExternalPaymentChange",
    "FactSource",
    "FirmComparison",
    "LearnedFact",
    "MatchingPolicy",
    "MatchingRequest",
    "OwnTransfer",
    "PayoutItem",
    "PayoutReport",
    "PendingLine",
    "PolicyChange",
    "Proposal",
    "RateFetch",
    "ReferenceRate",
    "Sighting",
    "Transaction",
    "TransactionFile",
]
