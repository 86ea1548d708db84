"""How catalogues keep each other, and everybody else who asked for it, up to date."""
