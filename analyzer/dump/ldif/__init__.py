"""LDIF: text in, events out, one module a step."""
