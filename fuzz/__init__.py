"""Fuzzing of every reader and decoder: python -m fuzz --seconds 60."""
