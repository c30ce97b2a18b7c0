"""Forms of training: shape and wording; choices are passed in."""
