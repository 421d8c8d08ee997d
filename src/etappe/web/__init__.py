"""Pages: each view turns a request into one action or query, and the result into a page."""
