"""Writes the fixtures of test/fixtures/{nn,models,train}. Needs requirements.txt; run it from any folder."""

import torch

from fixture_file import write
from fixtures_layers import layers
from fixtures_models import models
from fixtures_ops import ops
from fixtures_train import clip, optimizer, runs, sampler, schedule
from fixtures_trainer import trainer

if __name__ == "__main__":
    torch.set_num_threads(1)
    write("nn/ops.json", ops())
    write("nn/layers.json", layers())
    for name, fixture in models().items():
        write(f"models/{name}.json", fixture)
    write("train/schedule.json", schedule())
    write("train/optimizer.json", optimizer())
    write("train/clip.json", clip())
    write("train/sampler.json", sampler())
    write("train/runs.json", runs())
    write("train/trainer.json", trainer())
