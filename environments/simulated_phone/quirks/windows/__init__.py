"""Windows of the system in front of an app, which have to be answered first."""
