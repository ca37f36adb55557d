"""A night played through the HTTP API of a real server: cast, stage, client and story of `homeward demo`."""
