"""Pure rules of job positions: facts in, limits, figures and problems out, with reasons. No database, no web."""
