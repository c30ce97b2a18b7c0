"""Reading and mapping: from an uploaded file of any kind to parsed values per person, without a database.

`files` opens a file and refuses what is not one; `headers` finds the header and the data below it; `fields` is the
dictionary of what can be imported; `layouts` recognises known forms and proposes which column is which field;
`values` turns a cell into a value or a problem. Nothing here knows who imports or what is already stored.
"""
