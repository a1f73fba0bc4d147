"""Results in, what each table of the report says out."""
