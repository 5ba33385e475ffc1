"""The Flask application: reading room, IIIF addresses, workbench. Knows no Prefect; what it may start is handed to it."""
