"""What changes positions, quotas and seats; each function takes the actor first and never commits."""
