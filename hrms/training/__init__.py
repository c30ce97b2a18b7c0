"""Training: courses, classes, credits, what is owed by position, and what is paid back.

Owns what somebody learnt and must learn; seats, frames and competencies belong to `positions`, records to `people`.
"""
