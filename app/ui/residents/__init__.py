"""The tabs of 住民データ. A new tab is a module here and one line in ``tabs.py``."""
