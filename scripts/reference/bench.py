"""A Python contestant of `npm run bench` (scripts/bench): the notebook to the letter, or peer.py.

    python bench.py '{"variant": "python", "model": "lstm", "train_file": ..., "vocab_file": ..., ...}'

A line of JSON on stdin asks for one thing, a line on stdout answers, so that contestants can take turns:
    {"do": "step"}                    one training step              {"seconds": ...}
    {"do": "eval", "batch": 3}        one batch of evaluation        {"seconds": ...}
    {"do": "eval", "batch": null}     all of it                      {"seconds": ...}
    {"do": "memory"}                  peak of this process           {"bytes": ...}
    {"do": "postprocess", "logits"}   answers and score of all       {"seconds": ..., "score": ...}
The first line on stdout says how long the windows took: {"preparation": ..., "features": ...}.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from transformers import BertTokenizerFast

import notebook
import peer

INPUTS = ("input_ids", "token_type_ids", "attention_mask")
# More than a bench takes: the schedule hardly moves, and training ends when it is asked for something else.
MANY_STEPS = 1_000_000


class Channel:
    """JSON lines to and from the bench. What the notebook prints goes to stderr."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w")
        sys.stdout = sys.stderr

    def answer(self, **values):
        self.out.write(json.dumps(values) + "\n")
        self.out.flush()

    def request(self):
        line = sys.stdin.readline()
        return json.loads(line) if line else None


class Stopped(Exception):
    pass


class Turns:
    """The log that the notebook's loop writes a line to after each step: the step waits there for its turn."""

    def __init__(self, channel):
        self.channel = channel
        self.next = None
        self.began = time.perf_counter()

    def write(self, _line):
        self.channel.answer(seconds=time.perf_counter() - self.began)
        self.next = self.channel.request()
        if self.next is None or self.next["do"] != "step":
            raise Stopped
        self.began = time.perf_counter()

    def flush(self):
        pass


def training_steps(channel, model, features, args):
    """Steps until something else is asked for, which is returned."""
    turns = Turns(channel)
    try:
        notebook.train(model, features, args, turns)
    except Stopped:
        pass
    return turns.next


def evaluation(model, features, args, batch):
    first = (batch or 0) * args.batch_size
    taken = features if batch is None else features[first : first + args.batch_size]
    rows = [{name: feature[name] for name in INPUTS} for feature in taken]
    began = time.perf_counter()
    notebook.evaluate(model, rows, args)
    return time.perf_counter() - began


def postprocess(tokenizer, examples, args, logits):
    features = notebook.prepare_validation_features(tokenizer, examples, args)
    rows = np.fromfile(logits, dtype="<f4").reshape(2, len(features), args.max_seq_length)
    predictions = [list(rows[0]), list(rows[1])]
    began = time.perf_counter()
    answers = notebook.postprocess_qa_predictions(examples, features, predictions)
    score = notebook.squad_score(examples, answers)
    return {"seconds": time.perf_counter() - began, "score": score}


def serve(channel, args):
    tokenizer = BertTokenizerFast(args.vocab_file, do_lower_case=True)
    examples = notebook.read_squad(args.train_file)[: args.max_train_samples]
    began = time.perf_counter()
    features = notebook.prepare_train_features(tokenizer, examples, args)
    preparation = time.perf_counter() - began
    build_model = peer.build_model if args.variant == "peer" else notebook.build_model
    model = build_model(args, tokenizer.vocab_size)
    channel.answer(preparation=preparation, features=len(features))
    request = channel.request()
    while request is not None:
        if request["do"] == "step":
            request = training_steps(channel, model, features, args)
            continue
        if request["do"] == "eval":
            channel.answer(seconds=evaluation(model, features, args, request["batch"]))
        elif request["do"] == "memory":
            channel.answer(bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        else:
            channel.answer(**postprocess(tokenizer, examples, args, Path(request["logits"])))
        request = channel.request()


def main():
    args = SimpleNamespace(
        **json.loads(sys.argv[1]),
        model_name_or_path="random",
        hidden_dim=768,
        num_heads=12,
        epochs=2,
        max_steps=MANY_STEPS,
        warmup_steps=0,
        max_grad_norm=1.0,
        logging_steps=MANY_STEPS,
    )
    if args.variant == "peer":
        peer.install()
    else:
        notebook.use_exact_arithmetic(args.device)
    torch.set_num_threads(args.threads)
    serve(Channel(), args)


if __name__ == "__main__":
    main()
