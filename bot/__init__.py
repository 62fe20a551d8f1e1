"""The running program: the one place that knows all the parts."""
