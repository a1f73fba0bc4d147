"""Findings that a client has accepted: files of waivers in, waived findings out."""
