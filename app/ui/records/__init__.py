"""The parts of the 履歴・記録 page."""
