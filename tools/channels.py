"""Ways in which prospects come."""

CHANNELS = [
    ("manual", "By hand"),
    ("import", "Import"),
    ("form", "Web form"),
    ("email", "E-mail"),
    ("call", "Phone call"),
    ("checkout", "Checkout"),
    ("booking", "Booking"),
    ("event", "Event"),
    ("survey", "Survey"),
    ("ads", "Advertising"),
    ("api", "Programming interface"),
]
