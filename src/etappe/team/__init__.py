"""Colleagues, teams, roles, the workspace: who sees and does what."""
