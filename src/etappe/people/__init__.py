"""Accounts (companies) and people."""
