"""The outside world behind small protocols: the clock, text messages, webhooks."""
