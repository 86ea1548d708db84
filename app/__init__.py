"""Samkod: find, trust and share the software of public bodies."""
