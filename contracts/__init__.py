"""Agreements: frozen facts in, sealed and verifiable PDF bytes out.

A wing of its own: it knows nothing of the dispatch service, reads no clock and no environment.
"""
