"""What is remembered and the rules it keeps: no Slack, no event loop, no environment, no clock of its own."""
