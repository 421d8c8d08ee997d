"""The simulated company that a newcomer looks around in: a cast, a seed, and the real actions."""
