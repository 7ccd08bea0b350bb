"""The agent: loop, policies, prompts, journal."""
