"""Results in, the HTML page out."""
