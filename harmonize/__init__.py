"""From stated words of every source to one schema: studies, patients, measurements, overlaps."""
