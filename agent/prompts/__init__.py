"""Prompt formats: how a decision is asked for and read."""
