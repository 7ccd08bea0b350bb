"""BrowserGym's benchmarks in an interpreter of their own, and our agent for AgentLab.

Public modules: `agentlab` (for AgentLab's interpreter), `benchmarks`, `task`.
"""
