"""One table model, many formats, the same footnotes in all."""
