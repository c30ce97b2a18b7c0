"""Pure rules of training: what counts, what is owed, what is paid back."""
