"""CSV of a directory: text in, events out, one module a step."""
