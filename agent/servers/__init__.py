"""Models behind a server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, LM Studio, Ollama and others.

Public modules: `server` (`ChatServer`, `ServerReply`), `scale` (`check_scale`), `errors`.
"""
