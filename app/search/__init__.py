"""How software is found: words, filters, facets. Reads only."""
