"""Rules that scale a tensor's step by its norm: LAMB and LARS."""

RULES = {}

SAME = {}
