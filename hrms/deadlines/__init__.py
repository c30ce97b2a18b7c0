"""The calendar: what falls due and what is overdue, from the sources of all domains, and its feed."""
