"""The decision register: number, date, signer, legal ground and what each decision changed. Not who may sign."""
