"""Tinyland: a small world told in short texts whose every probability is known."""
