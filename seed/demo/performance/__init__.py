"""Performance in the made-up province: regulations, products, months that were scored, a month under way, last year."""

from seed.demo.performance.months import TABLES, write

__all__ = ["TABLES", "write"]
