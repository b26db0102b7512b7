"""The tabs of 収支."""
