"""The tabs and dialogs of 振込."""
