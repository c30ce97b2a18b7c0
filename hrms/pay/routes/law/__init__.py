"""Pages of new texts of the law: their list and the figures in force, writing one, looking before it applies."""

from hrms.pay.routes.law import applying, pages, writing

__all__ = ["applying", "pages", "writing"]
