"""Items to IIIF: manifests, collections, annotation pages, search responses. Reads no file and no store."""
