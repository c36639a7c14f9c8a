"""What the portal starts from: the label's founding facts, and a fictional demonstration."""
