"""Bytes that others gave us: mail, invitations, uploads, tables. They are read in a child process with limits."""
