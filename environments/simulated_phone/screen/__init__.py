"""The phone's screen: a web app that looks and behaves like Android, and the Chromium page that shows it.

Public modules: `display` (paints, touches, types) and `server` (serves the web app on loopback).
"""
