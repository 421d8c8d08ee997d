"""Bringing in what another program holds: accounts, people, deals, with owners, teams and products."""
