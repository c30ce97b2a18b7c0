"""Pages of raises: lists by quarter, one raise and why, early raises and their quotas, placing into career grades."""

from hrms.pay.routes.raises import early, items, lists, papers, placements

__all__ = ["early", "items", "lists", "papers", "placements"]
