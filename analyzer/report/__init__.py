"""Results in, workbook, page, JSON and CSV out."""
