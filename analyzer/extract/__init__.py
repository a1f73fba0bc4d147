"""Entries of a dump in, RFC 2849 LDIF out: the evidence of an audit or all, redacted or not."""
