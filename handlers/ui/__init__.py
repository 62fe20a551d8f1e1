"""How things look and read: views are values, built from records and a person's language."""
