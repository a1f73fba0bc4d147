"""The further reports that each audit of a fleet may be rendered as; apart, since `--help` asks."""

EACH = ("xlsx", "html", "docx", "sarif", "csv")
"""Endings of their files."""
