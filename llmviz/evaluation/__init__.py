"""What models are measured by: probes, exact bounds, baselines."""
