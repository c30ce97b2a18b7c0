"""A catalogue of products from a workbook: read, shown with what is refused, written whole or not at all."""
