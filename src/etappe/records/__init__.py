"""What spans rooms: search, duplicates, merge, the recycle bin."""
