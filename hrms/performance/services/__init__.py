"""What is done: every change of performance data, the actor first."""
