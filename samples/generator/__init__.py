"""The invented organisation behind the samples, and the writers that print it as dumps."""
