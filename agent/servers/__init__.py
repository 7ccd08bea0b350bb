"""Models behind a server that speaks OpenAI's chat API: `handeye serve`, vLLM, SGLang, llama.cpp, Ollama and others.

Public modules: `server` (`ChatServer`, `ServerReply`), `scale` (`check_scale`), `errors`.
"""
