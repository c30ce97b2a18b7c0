"""The pages of one person: the record and its tabs, changes on paper of record."""
