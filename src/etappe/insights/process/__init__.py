"""What the records say about a process: a draft tried on the past, rules that need data, the sales model measured."""
