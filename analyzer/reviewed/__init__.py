"""Workbooks in which reviewers worked: what they entered, and what they accepted."""
