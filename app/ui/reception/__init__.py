"""Receiving people: search results, check-in, the person's file, leaving, duplicates, cards."""
