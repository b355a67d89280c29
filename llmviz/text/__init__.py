"""Texts: where they come from, how they are split, cut into tokens and hidden."""
