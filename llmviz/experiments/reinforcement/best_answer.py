"""The best of n replies by a reward model's choice, drawn by the model that a policy begins as (Stiennon et al. 2020)."""

import time

import numpy as np
import torch

from llmviz.experiments.reinforcement.question import Best, BestOf
from llmviz.text.tinyland.tastes import taste
from llmviz.training import alignment
from llmviz.training.alignment import Helper, Trial
from llmviz.training.exercises import candidates
from llmviz.training.loop import Training
from llmviz.training.policy import Policy

DRAW = 23  # seed of these draws, another than of the replies they are compared with


def answer(training: Training, question: BestOf) -> Best:
    """How the best of n fares for each n. Raises ValueError where no reward model judges."""
    stage = training.stage
    if not isinstance(stage, Policy):
        raise ValueError("no reward model judges this run, so none can choose the best of several replies")
    helper = Helper(stage.reference, stage.tokenizer, candidates(stage.tokenizer))
    trial = Trial.of(helper, "validation", question.requests)
    generator, began = torch.Generator(stage.model.device).manual_seed(DRAW), time.perf_counter()
    rewards, tastes = [], []  # (draws, requests)
    for _ in range(question.most):
        drawn = helper.draw(trial.requests, generator)
        rewards.append(alignment.rewarded(stage.reward, drawn).cpu().numpy())
        tastes.append([taste(stage.style, request, reply) for request, reply in zip(trial.requests, helper.said(drawn), strict=True)])
    seconds = (time.perf_counter() - began) / question.most
    rivals = np.array([taste(stage.style, request, reply) for request, reply in zip(trial.requests, trial.before, strict=True)])
    counts = np.array([2**power for power in range(question.most.bit_length())])
    fared = np.array([best_of(int(count), np.array(rewards), np.array(tastes), rivals) for count in counts])  # (sizes, 3)
    win_rate, liked, reward = fared.T
    return Best(0, counts, win_rate, liked, reward, seconds * counts, len(rivals))


def best_of(count: int, rewards: np.ndarray, tastes: np.ndarray, rivals: np.ndarray) -> tuple[float, float, float]:
    """Win rate against the rivals' tastes, taste and reward of the reply with most reward among `count`, over disjoint groups of draws.

    Rewards and tastes are (draws, requests), the rivals' tastes (requests).
    """
    groups = len(rewards) // count
    judged, liked = (values[: groups * count].reshape(groups, count, -1) for values in (rewards, tastes))
    chosen = judged.argmax(1)[:, None]  # (groups, 1, requests)
    reward, pleasure = (np.take_along_axis(values, chosen, 1)[:, 0] for values in (judged, liked))  # (groups, requests)
    wins = (pleasure > rivals) + 0.5 * (pleasure == rivals)
    return float(wins.mean()), float(pleasure.mean()), float(reward.mean())
