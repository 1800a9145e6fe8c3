"""A group's own records through a mapping that says what each column means."""
