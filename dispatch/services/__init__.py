"""Use cases: each takes a Session and `now`, never commits, never knows HTTP."""
