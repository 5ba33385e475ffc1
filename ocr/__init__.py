"""A page image to PageText, and from it ALTO, hOCR, plain text and the searchable PDF. Knows no item and no store."""
