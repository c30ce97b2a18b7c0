"""What is written about pay: runs, raises, incentives, leaving, what-if, new texts of the law. Actor first."""
