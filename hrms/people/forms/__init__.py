"""Shape and wording of the record's forms; choices are passed in."""
