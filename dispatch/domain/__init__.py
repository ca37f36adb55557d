"""Rules of the service in plain Python: no Flask, no SQLAlchemy, no clock, no I/O."""
