"""A server that speaks OpenAI's chat API, over the engine.

Public modules: `listen` (`Listener`), `app` (`make_app`, `Options`), `service` (`Service`), `limits` (`Limits`).
"""
