"""The training loop, its optimisers and its schedule. Knows no stage by name."""
