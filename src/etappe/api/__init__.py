"""The JSON API: the same actions and queries as the pages, for machines with a token."""
