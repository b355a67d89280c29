"""llmviz: train tiny transformers live and see everything that happens inside."""
