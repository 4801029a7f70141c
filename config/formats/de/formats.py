"""German moments with the comma that belongs between day and clock; everything else is Django's."""

DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
