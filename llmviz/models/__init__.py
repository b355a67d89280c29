"""Tiny transformers: how large they are, how they begin, how they are kept on disk."""
