"""The tabs of 証明書: applications, issuing, the ledger, verification."""
