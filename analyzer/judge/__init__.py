"""Objects and rules in, findings out."""
