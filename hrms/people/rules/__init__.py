"""Pure rules of the record: facts in, problems and answers with their reasons out. No database, no clock, no web."""
