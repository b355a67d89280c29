"""What models are measured by: probes, exact bounds, baselines, replies drawn alike."""
