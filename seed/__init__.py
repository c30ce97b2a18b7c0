"""What an empty database is filled with: the catalogues of the law (`catalogues/`), a made-up province (`demo/`)."""

from seed.catalogue_loading import load_catalogues

__all__ = ["load_catalogues"]
