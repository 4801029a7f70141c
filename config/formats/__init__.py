"""How dates and numbers are written where Django's own forms do not fit the readers."""
