"""Reads of the record: `get_` one or NotFound, `find_` one or None, `list_` a page, `count_`."""
