"""Papers about pay: slips, sheets for accountants, lists."""
