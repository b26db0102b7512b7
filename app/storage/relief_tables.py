"""The tables of money: programmes, entitlements, payees, batches, transfers, vouchers, cash and the books.

The unique indexes are what keeps money from being paid twice when everything else fails: one entitlement for each subject and round,
one live share of each part, one line for each account in a batch, one payment for each term of a voucher.
"""

from __future__ import annotations

from sqlalchemy import Index

from app.domain.payments import (
    Account,
    ApprovalLimit,
    CashBox,
    CashCount,
    MoneyHome,
    OwnBank,
    Payee,
    Payment,
    PaymentBatch,
    PaymentShare,
    Posting,
    Receipt,
    Reconciliation,
    TransferFile,
    TransferResult,
    Voucher,
)
from app.domain.relief import Casualty, Claim, Entitlement, Loan, Programme, ReliefRound, ReliefRule, Repayment
from app.storage.columns import Kind, derived_by, key_columns, record_table

programme = record_table("programme", Programme)
Index("uq_programme_code", programme.c.code, unique=True, sqlite_where=~programme.c.deleted, postgresql_where=~programme.c.deleted)
relief_round = record_table("relief_round", ReliefRound)
Index("ix_relief_round_programme", relief_round.c.programme_id)
relief_rule = record_table("relief_rule", ReliefRule)
Index("ix_relief_rule_round", relief_rule.c.round_id, relief_rule.c.position)
casualty = record_table("casualty", Casualty, *key_columns("key_name", "key_kana"))
Index("ix_casualty_victim", casualty.c.victim_id)
Index("ix_casualty_resident_no", casualty.c.resident_no)
Index("ix_casualty_person", casualty.c.person_id)
Index("ix_casualty_kana", casualty.c.key_kana)
claim = record_table("claim", Claim)
Index("ix_claim_number", claim.c.number)
Index("ix_claim_victim", claim.c.victim_id)
Index("ix_claim_resident_no", claim.c.resident_no)
Index("ix_claim_programme", claim.c.programme_id, claim.c.state)
entitlement = record_table("entitlement", Entitlement, *key_columns("key_name", "key_kana"))
_ALIVE = ~entitlement.c.deleted
Index("uq_entitlement_subject", entitlement.c.round_id, entitlement.c.subject, unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE)
Index("ix_entitlement_number", entitlement.c.number)
Index("ix_entitlement_household", entitlement.c.household)
Index("ix_entitlement_victim", entitlement.c.victim_id)
Index("ix_entitlement_resident_no", entitlement.c.resident_no)
Index("ix_entitlement_person", entitlement.c.person_id)
Index("ix_entitlement_plain_subject", entitlement.c.subject)
loan = record_table("loan", Loan)
Index("ix_loan_entitlement", loan.c.entitlement_id)
repayment = record_table("repayment", Repayment)
Index("ix_repayment_loan", repayment.c.loan_id)
payee = record_table("payee", Payee, *key_columns("key_name", "key_kana"))
Index("ix_payee_subject", payee.c.subject)
Index("ix_payee_victim", payee.c.victim_id)
Index("ix_payee_resident_no", payee.c.resident_no)
Index("ix_payee_kana", payee.c.key_kana)
Index("ix_payee_protected", payee.c.protected, sqlite_where=payee.c.protected)
payee_account = record_table("payee_account", Account)
Index("ix_payee_account_payee", payee_account.c.payee_id)
Index("ix_payee_account_number", payee_account.c.bank, payee_account.c.branch, payee_account.c.number)
own_bank = record_table("own_bank", OwnBank)
payment_batch = record_table("payment_batch", PaymentBatch)
Index("ix_payment_batch_number", payment_batch.c.number)
Index("ix_payment_batch_round", payment_batch.c.round_id)
payment = record_table("payment", Payment)
Index("uq_payment_code", payment.c.code, unique=True)
Index("ix_payment_number", payment.c.number)
Index("ix_payment_batch", payment.c.batch_id, payment.c.position)
Index("ix_payment_payee", payment.c.payee_id)
Index("ix_payment_round", payment.c.round_id, payment.c.state)
_ON_ITS_WAY = payment.c.way == "transfer"
Index(
    "uq_payment_account",
    *(payment.c.batch_id, payment.c.bank, payment.c.branch, payment.c.account_kind, payment.c.account_number),
    unique=True,
    sqlite_where=_ON_ITS_WAY & ~payment.c.deleted,
    postgresql_where=_ON_ITS_WAY & ~payment.c.deleted,
)
payment_share = record_table("payment_share", PaymentShare)
Index("ix_payment_share_payment", payment_share.c.payment_id)
Index("ix_payment_share_batch", payment_share.c.batch_id)
_LIVE_SHARE = payment_share.c.live & ~payment_share.c.deleted
Index(
    "uq_payment_share_live",
    *(payment_share.c.entitlement_id, payment_share.c.part),
    unique=True,
    sqlite_where=_LIVE_SHARE,
    postgresql_where=_LIVE_SHARE,
)
Index("ix_payment_share_entitlement", payment_share.c.entitlement_id)
transfer_file = record_table("transfer_file", TransferFile)
Index("uq_transfer_file_part", transfer_file.c.batch_id, transfer_file.c.part, transfer_file.c.again, unique=True)
transfer_result = record_table("transfer_result", TransferResult)
Index("ix_transfer_result_batch", transfer_result.c.batch_id)
reconciliation = record_table("reconciliation", Reconciliation)
voucher = record_table("voucher", Voucher, *key_columns("key_name", "key_kana"))
Index("ix_voucher_number", voucher.c.number)
Index("uq_voucher_payment", voucher.c.payment_id, unique=True)
Index("ix_voucher_batch", voucher.c.batch_id)
Index("ix_voucher_site", voucher.c.site_id, voucher.c.state)
Index("ix_voucher_kana", voucher.c.key_kana)
Index("ix_voucher_name", voucher.c.key_name)
receipt = record_table("receipt", Receipt)
_PAID_OUT = (receipt.c.kind == "payment") & ~receipt.c.deleted
Index(
    "uq_receipt_term",
    *(receipt.c.voucher_id, receipt.c.term, receipt.c.device_id),
    unique=True,
    sqlite_where=_PAID_OUT,
    postgresql_where=_PAID_OUT,
)
Index("ix_receipt_number", receipt.c.number)
Index("ix_receipt_day", receipt.c.day, receipt.c.site_id)
Index("ix_receipt_payment", receipt.c.payment_id)
cash_box = record_table("cash_box", CashBox)
cash_count = record_table("cash_count", CashCount)
Index("ix_cash_count_box", cash_count.c.box_id, cash_count.c.day)
posting = record_table("posting", Posting)
Index("uq_posting_line", posting.c.entry, posting.c.line, unique=True)
Index("ix_posting_account", posting.c.account, posting.c.programme_id, posting.c.round_id)
Index("ix_posting_batch", posting.c.batch_id)
Index("ix_posting_day", posting.c.day)
approval_limit = record_table("approval_limit", ApprovalLimit)
money_home = record_table("money_home", MoneyHome)
_AT_HOME = (money_home.c.state == "current") & ~money_home.c.deleted
Index("uq_money_home_current", money_home.c.state, unique=True, sqlite_where=_AT_HOME, postgresql_where=_AT_HOME)

RELIEF_KINDS: tuple[Kind, ...] = (
    Kind("programme", Programme, programme),
    Kind("relief_round", ReliefRound, relief_round),
    Kind("relief_rule", ReliefRule, relief_rule),
    Kind("casualty", Casualty, casualty, derived_by("called_keys")),
    Kind("claim", Claim, claim),
    Kind("entitlement", Entitlement, entitlement, derived_by("called_keys")),
    Kind("loan", Loan, loan),
    Kind("repayment", Repayment, repayment),
    Kind("payee", Payee, payee, derived_by("called_keys")),
    Kind("payee_account", Account, payee_account),
    Kind("own_bank", OwnBank, own_bank),
    Kind("payment_batch", PaymentBatch, payment_batch),
    Kind("payment", Payment, payment),
    Kind("payment_share", PaymentShare, payment_share),
    Kind("transfer_file", TransferFile, transfer_file),
    Kind("transfer_result", TransferResult, transfer_result),
    Kind("reconciliation", Reconciliation, reconciliation),
    Kind("voucher", Voucher, voucher, derived_by("called_keys")),
    Kind("receipt", Receipt, receipt),
    Kind("cash_box", CashBox, cash_box),
    Kind("cash_count", CashCount, cash_count),
    Kind("posting", Posting, posting),
    Kind("approval_limit", ApprovalLimit, approval_limit),
    Kind("money_home", MoneyHome, money_home),
)
