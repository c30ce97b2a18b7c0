"""Upload, map, validate, preview, apply and undo, for any domain that registers an importer."""
