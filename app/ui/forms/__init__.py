"""The page 様式: layouts of printed forms changed by hand, the seal, who signs, and printers. Tabs in ``tabs.py``."""
