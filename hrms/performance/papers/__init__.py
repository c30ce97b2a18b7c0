"""Papers of assessment as values for the printers of `hrms.core.documents`; all in Vietnamese, whoever prints."""
