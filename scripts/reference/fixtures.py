"""Writes the fixtures of test/fixtures/train and, for the processor it runs on, test/fixtures/{amd,intel}.

Needs requirements.txt; run it from any folder.
"""

import torch

from fixture_file import write, write_for_processor
from fixtures_layers import layers
from fixtures_models import models
from fixtures_ops import ops
from fixtures_train import clip, optimizer, runs, sampler, schedule
from fixtures_trainer import trainer

if __name__ == "__main__":
    torch.set_num_threads(1)
    write_for_processor("nn/ops.json", ops())
    write_for_processor("nn/layers.json", layers())
    for name, fixture in models().items():
        write_for_processor(f"models/{name}.json", fixture)
    write("train/schedule.json", schedule())
    write_for_processor("train/optimizer.json", optimizer())
    write_for_processor("train/clip.json", clip())
    write("train/sampler.json", sampler())
    write_for_processor("train/runs.json", runs())
    write_for_processor("train/trainer.json", trainer())
