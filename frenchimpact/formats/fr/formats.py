"""What Django's French formats lack: the thin no-break space between thousands."""

THOUSAND_SEPARATOR = "\u202f"
