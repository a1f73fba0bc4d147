"""The results of two audits in, what changed from the one to the other out."""
