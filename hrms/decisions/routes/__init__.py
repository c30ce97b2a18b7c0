"""Pages of the domain: the register, the drafts on their way to it, who may sign."""

from hrms.decisions.routes.register import init_app

__all__ = ["init_app"]
