"""A report in, the HTML page out."""
