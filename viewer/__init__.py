"""The Flask application: reading room, IIIF addresses, workbench. What it may start is handed to it."""
