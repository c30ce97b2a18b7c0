"""The list of people: search, filters, columns, export."""
