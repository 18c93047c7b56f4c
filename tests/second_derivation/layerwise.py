"""Rules that scale a tensor's step by its norm."""

RULES = {}
