"""The ledger: double entry, append-only, one database call for each movement of money."""
