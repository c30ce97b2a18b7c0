"""The training of the made-up province: five years of entries, this year's classes, evidence, commitments."""

from seed.demo.training.writer import TABLES, TrainingWriter

__all__ = ["TABLES", "TrainingWriter"]
