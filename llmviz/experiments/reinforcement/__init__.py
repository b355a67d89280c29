"""Three ways towards what is preferred: what the page of PPO, GRPO and DPO draws. The facts of each stand in its own folder."""

from llmviz.core.feedback import REINFORCEMENT

LESSON = REINFORCEMENT
