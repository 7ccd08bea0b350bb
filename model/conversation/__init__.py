"""Text on its way to the network and back: messages, the template, tokens, and the reply.

Public modules: `messages` (`Message`), `prompt` (`assemble`), `tokenizer` (`Tokenizer`), `digits` (`Digit`).
"""
