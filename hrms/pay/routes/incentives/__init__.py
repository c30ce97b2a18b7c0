"""Pages of bonuses and extra income: schemes, rounds and their shares, simulation, papers."""

from hrms.pay.routes.incentives import papers, rounds, schemes, shares, simulation, steps

__all__ = ["papers", "rounds", "schemes", "shares", "simulation", "steps"]
