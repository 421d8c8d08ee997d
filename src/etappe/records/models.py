"""Tables of what spans rooms."""
