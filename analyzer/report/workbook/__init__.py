"""A report in, the workbook out: the only package that writes with openpyxl."""
