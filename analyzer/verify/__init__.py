"""A report and the dumps in, what still holds out."""
