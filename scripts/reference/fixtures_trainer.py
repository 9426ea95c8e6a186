"""train/trainer.json of test/fixtures/{amd,intel}: runs of the tiny data set with what the notebook does not have.

transformers' Trainer has it: gradient accumulation, weight decay, schedules, label smoothing.

A step of accumulation is the mean of its batches' losses; at the end of an epoch it is made of the batches that are
left. (transformers 4.46.3 carries their gradients over into the next epoch; later versions do as is done here.)
"""

import argparse
import functools
import itertools
import json
import math
import tempfile
from pathlib import Path

import torch
from torch.utils.data import DataLoader
from transformers import AdamW, BertTokenizerFast, Trainer, get_scheduler

import notebook
from fixtures_train import CONFIGS, SETTINGS, tiny_squad, vocabulary

# By the names of src/train/loop.ts; beside them, all is as in runs.json.
PLAIN = {
    "gradientAccumulationSteps": 1,
    "weightDecay": 0.0,
    "lrSchedulerType": "linear",
    "labelSmoothing": 0.0,
}
CASES = [
    ("lstm", {"gradientAccumulationSteps": 2, "maxSteps": 18}),
    ("bert-mini", {"weightDecay": 0.1, "maxSteps": 8}),
    ("transformer", {"labelSmoothing": 0.1, "maxSteps": 8}),
    ("lstm", {"lrSchedulerType": "cosine", "maxSteps": 12}),
    (
        "bert-mini",
        {
            "gradientAccumulationSteps": 4,
            "weightDecay": 0.01,
            "lrSchedulerType": "polynomial",
            "labelSmoothing": 0.2,
            "maxSteps": 9,
        },
    ),
]


def decayed_parameters(model):
    """Trainer's names without those that a module registers, but does not have."""
    names = set(Trainer.get_decay_parameter_names(None, model))
    return [name for name, _ in model.named_parameters() if name in names]


def parameter_groups(model, weight_decay):
    names = decayed_parameters(model)
    parameters = list(model.named_parameters())
    return [
        {"params": [p for name, p in parameters if name in names], "weight_decay": weight_decay},
        {"params": [p for name, p in parameters if name not in names], "weight_decay": 0.0},
    ]


def batches_of(loader, size):
    """The loader's batches in lists of `size`; the last list of an epoch may be shorter."""
    batches = iter(loader)
    while some := list(itertools.islice(batches, size)):
        yield some


def train(model, features, options):
    loader = DataLoader(features, batch_size=SETTINGS["batch_size"], collate_fn=notebook.collate, shuffle=True)
    steps_per_epoch = math.ceil(len(loader) / options["gradientAccumulationSteps"])
    groups = parameter_groups(model, options["weightDecay"])
    optimizer = AdamW(groups, lr=SETTINGS["learning_rate"], no_deprecation_warning=True)
    total = options["maxSteps"]
    scheduler = get_scheduler(options["lrSchedulerType"], optimizer, SETTINGS["warmup_steps"], total)
    model.train()
    log = []
    while len(log) < total:
        for batches in batches_of(loader, options["gradientAccumulationSteps"]):
            losses = []
            for batch in batches:
                loss = model(**batch)[0]
                (loss / len(batches)).backward()
                losses.append(loss.item())
            grad_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), SETTINGS["max_grad_norm"])
            learning_rate = scheduler.get_last_lr()[0]
            optimizer.step()
            scheduler.step()
            model.zero_grad()
            step = len(log) + 1
            log.append(
                {
                    "step": step,
                    "epoch": step / steps_per_epoch,
                    "loss": sum(losses) / len(losses),
                    "grad_norm": grad_norm.item(),
                    "learning_rate": learning_rate,
                }
            )
            if step == total:
                break
    return log


def build(model_name, folder):
    config = CONFIGS[model_name]
    config_file = folder / "config.json"
    config_file.write_text(json.dumps(config))
    args = argparse.Namespace(
        seed=SETTINGS["seed"],
        model=model_name,
        model_name_or_path="random",
        config_file=config_file,
        hidden_dim=config.get("dim"),
        num_heads=config.get("num_heads"),
    )
    return notebook.build_model(args, len(vocabulary()))


def trainer():
    plain_loss = notebook.CrossEntropyLoss
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "train.json").write_text(json.dumps(tiny_squad(1, 12)))
        (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n")
        tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), do_lower_case=True)
        preparation = argparse.Namespace(**SETTINGS)
        examples = notebook.read_squad(folder / "train.json")
        features = notebook.prepare_train_features(tokenizer, examples, preparation)
        runs = []
        for model_name, changed in CASES:
            options = {**PLAIN, **changed}
            notebook.CrossEntropyLoss = functools.partial(plain_loss, label_smoothing=options["labelSmoothing"])
            log = train(build(model_name, folder), features, options)
            runs.append({"model": model_name, "options": options, "log": log})
        notebook.CrossEntropyLoss = plain_loss
        decayed = {model_name: decayed_parameters(build(model_name, folder)) for model_name in CONFIGS}
    return {"runs": runs, "decayedParameters": decayed}
