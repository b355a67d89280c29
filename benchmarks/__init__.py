"""The bars this project sets itself, measured: `python -m benchmarks`."""
