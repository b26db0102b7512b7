"""The parts of the 避難所 page."""
