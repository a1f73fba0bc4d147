"""A report in, the letter to the management out: the only package that writes with docx."""
