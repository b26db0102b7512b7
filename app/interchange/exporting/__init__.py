"""Tables as files for people: CSV, XLSX and HTML. Whole or not at all, formulas harmless, no character lost unnoticed."""
