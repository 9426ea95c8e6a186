"""train/sample-scores.json of test/fixtures: the notebook's scores on the bundled sample, seed by seed.

A reader so small that it learns the sample within minutes, from random weights. All seeds take a quarter of an hour, so
fixtures.py leaves this to itself. Needs requirements.txt; run it from any folder.
"""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from fixture_file import write

SAMPLE = Path(__file__).resolve().parents[2] / "src" / "data" / "sample"
SEEDS = range(1, 13)
# In 600 steps of 24 it learns nearly all; where a run ends before, or initial weights are smaller, seeds differ much more.
SETTINGS = {
    "max_seq_length": 96,
    "doc_stride": 32,
    "batch_size": 24,
    "learning_rate": 2e-3,
    "warmup_steps": 60,
    "max_steps": 600,
}
CONFIG = {
    "vocab_size": len((SAMPLE / "vocab.txt").read_text().splitlines()),
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 512,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "max_position_embeddings": 96,
    "initializer_range": 0.05,
}


def score(seed):
    """EM and F1 of notebook.py's main job."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.json").write_text(json.dumps(CONFIG))
        options = {
            **SETTINGS,
            "train_file": SAMPLE / "train.json",
            "validation_file": SAMPLE / "validation.json",
            "vocab_file": SAMPLE / "vocab.txt",
            "config_file": folder / "config.json",
            "output_dir": folder,
            "seed": seed,
            "threads": 1,
        }
        flags = [f"--{option.replace('_', '-')}={value}" for option, value in options.items()]
        program = Path(__file__).with_name("notebook.py")
        subprocess.run([sys.executable, program, "--model=bert-mini", *flags], check=True)
        return {"seed": seed, **json.loads((folder / "eval_results.json").read_text())}


if __name__ == "__main__":
    torch.set_num_threads(1)
    with ThreadPoolExecutor(2) as pool:
        scores = list(pool.map(score, SEEDS))
    write("train/sample-scores.json", {"settings": SETTINGS, "config": CONFIG, "scores": scores})
