"""The agent: it shows a policy what an environment shows, and carries out what the policy decides."""
