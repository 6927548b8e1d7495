"""What a seed refuses to do."""


class SeedError(Exception):
    """Nothing was loaded; the message says why and what to do."""
