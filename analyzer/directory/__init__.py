"""Typed values: what the bytes of Exchange and directory attributes mean."""
