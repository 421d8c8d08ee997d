"""How the parts are put together and run: settings, the embedded database, the supervisor, jobs."""
