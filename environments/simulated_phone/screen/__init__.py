"""The phone's screen: a web app that looks and behaves like Android, and the Chromium page that shows it.

From outside: `display` (paints, touches, types) and `server` (serves the web app on loopback).
"""
