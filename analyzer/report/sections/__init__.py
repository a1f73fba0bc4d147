"""Results in, what each table of the report says out; nothing here knows how it is rendered."""
