"""The forms of positions: shape and wording; choices are passed in."""
