"""Rules of points, classes, quotas, rounds and petitions; pure."""
