"""The real `DesktopEnv`, whose machine is a display of this one; runs in the interpreter that has desktop_env.

In place of a virtual machine with the benchmark's server: the calls of that server that are needed here, on a port of
this machine, for the X display of the environment. Everything else is the package's own.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import desktop_env.desktop_env as real
from PIL import ImageGrab


class Calls(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/screenshot":
            picture = io.BytesIO()
            ImageGrab.grab(xdisplay=os.environ["DISPLAY"]).save(picture, "PNG")
            self.answer("image/png", picture.getvalue())
        else:
            self.answer("application/json", b'{"output": null, "status": "success"}')

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        command = [sys.executable if word == "python" else word for word in asked["command"]]
        if self.path == "/setup/launch":
            self.server.launched.append(subprocess.Popen(command))  # type: ignore[attr-defined]
            self.answer("text/plain", b"launched")
            return
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        found = {"status": "success", "output": done.stdout, "error": done.stderr, "returncode": done.returncode}
        self.answer("application/json", json.dumps(found).encode())

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class LocalProvider:
    def __init__(self) -> None:
        self.server: Any = None

    def start_emulator(self, path_to_vm: str, headless: bool, os_type: str) -> None:
        if self.server is None:
            self.server = ThreadingHTTPServer(("127.0.0.1", 0), Calls)
            self.server.launched = []
            threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get_ip_address(self, path_to_vm: str) -> str:
        return f"127.0.0.1:{self.server.server_port}:9222:8006:8080"

    def revert_to_snapshot(self, path_to_vm: str, snapshot_name: str) -> str:
        for process in self.server.launched:
            process.kill()
            process.wait()
        self.server.launched.clear()
        return path_to_vm

    def stop_emulator(self, path_to_vm: str) -> None:
        self.revert_to_snapshot(path_to_vm, "")


class LocalManager:
    def get_vm_path(self, **arguments: object) -> str:
        return "this machine"


real.create_vm_manager_and_provider = lambda *arguments, **named: (LocalManager(), LocalProvider())
DesktopEnv = real.DesktopEnv
