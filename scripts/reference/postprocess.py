"""The notebook's post-processing on given logits.

`python postprocess.py` writes test/fixtures/evaluate/postprocess.json from small random windows. `python postprocess.py
check FOLDER` post-processes and scores a whole SQuAD file for scripts/check-postprocess.ts, which says what is in
FOLDER. Needs numpy; the check needs requirements.txt.
"""

import base64
import collections
import json
import platform
import sys
import time
import types
from pathlib import Path

import numpy as np

from metrics import squad_metrics

FIXTURE = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "evaluate" / "postprocess.json"


def best_indexes(logits, n_best_size, kind):
    return np.argsort(logits, kind=kind)[-1 : -n_best_size - 1 : -1].tolist()


def window_answers(context, offset_mapping, start_logits, end_logits, n_best_size, max_answer_length, kind):
    """The pairs of a window's best starts and ends that are spans of the context, the best starts first."""
    valid_answers = []
    start_indexes = best_indexes(start_logits, n_best_size, kind)
    end_indexes = best_indexes(end_logits, n_best_size, kind)
    for start_index in start_indexes:
        for end_index in end_indexes:
            if (
                start_index >= len(offset_mapping)
                or end_index >= len(offset_mapping)
                or offset_mapping[start_index] is None
                or offset_mapping[end_index] is None
            ):
                continue
            if end_index < start_index or end_index - start_index + 1 > max_answer_length:
                continue
            start_char = offset_mapping[start_index][0]
            end_char = offset_mapping[end_index][1]
            valid_answers.append(
                {
                    "score": start_logits[start_index] + end_logits[end_index],
                    "text": context[start_char:end_char],
                    "start_logit": start_logits[start_index],
                    "end_logit": end_logits[end_index],
                }
            )
    return valid_answers


def postprocess_qa_predictions(examples, features, raw_predictions, n_best_size=20, max_answer_length=30, kind=None):
    """The candidates of each question by id, the best first. `kind` is np.argsort's: None is numpy's default and the
    notebook's, "stable" the rule for equal logits that qa-native states."""
    all_start_logits, all_end_logits = raw_predictions
    features_per_example = collections.defaultdict(list)
    for index, feature in enumerate(features):
        features_per_example[feature["example_id"]].append(index)
    nbest = {}
    for example in examples:
        valid_answers = []
        context = example["context"]
        for feature_index in features_per_example[example["id"]]:
            valid_answers += window_answers(
                context,
                features[feature_index]["offset_mapping"],
                all_start_logits[feature_index],
                all_end_logits[feature_index],
                n_best_size,
                max_answer_length,
                kind,
            )
        best = sorted(valid_answers, key=lambda answer: answer["score"], reverse=True)[:n_best_size]
        nbest[example["id"]] = best or [{"score": 0.0, "text": "", "start_logit": 0.0, "end_logit": 0.0}]
    return nbest


def with_probabilities(candidates):
    """Plain floats, with run_qa.py's softmax over the candidates, in float64."""
    scores = np.array([candidate["score"] for candidate in candidates], dtype=np.float64)
    weights = np.exp(scores - np.max(scores))
    return [
        {
            "text": candidate["text"],
            "probability": float(probability),
            "start_logit": float(candidate["start_logit"]),
            "end_logit": float(candidate["end_logit"]),
        }
        for candidate, probability in zip(candidates, weights / weights.sum())
    ]


# --- The fixture -----------------------------------------------------------------------------------------------------


def synthetic(rng, count, length, padded):
    """Examples of words `w<n>` and their windows of at most `length` tokens, half a window apart."""
    examples, features = [], []
    for number in range(count):
        words = [f"w{i}" for i in range(int(rng.integers(1, 3 * length)))]
        context = " ".join(words)
        offsets, start = [], 0
        for word in words:
            offsets.append((start, start + len(word)))
            start += len(word) + 1
        examples.append({"id": f"q{number}", "context": context})
        question = int(rng.integers(1, 6))
        room = length - question - 3
        for first in range(0, len(words), max(1, room // 2)):
            window = offsets[first : first + room]
            mapping = [None] * (question + 2) + window + [None]
            mapping += [None] * (padded - len(mapping))
            features.append({"example_id": f"q{number}", "offset_mapping": mapping, "context_start": question + 2})
            if first + room >= len(words):
                break
    return examples, features


def draw_case(rng, draw, count=3, length=32, padded=36, row=36):
    """Examples, features and logits. `row` is the length of a row of logits, None for the window's own without padding."""
    examples, features = synthetic(rng, count, length, padded)
    last = [max(i for i, o in enumerate(feature["offset_mapping"]) if o is not None) for feature in features]
    lengths = [end + 2 if row is None else row for end in last]
    logits = [[draw(size).astype(np.float32) for size in lengths] for _ in range(2)]
    return examples, features, logits


def encode_case(examples, features, logits):
    return {
        "examples": examples,
        "features": [
            {
                "example": int(feature["example_id"][1:]),
                "context_start": feature["context_start"],
                "offsets": [n for offset in feature["offset_mapping"] if offset is not None for n in offset],
                "start": base64.b64encode(start.tobytes()).decode(),
                "end": base64.b64encode(end.tobytes()).decode(),
            }
            for feature, start, end in zip(features, *logits)
        ],
    }


def case(name, rng, draw, n_best_size=7, max_answer_length=12, **sizes):
    drawn = draw_case(rng, draw, **sizes)
    options = {"n_best_size": n_best_size, "max_answer_length": max_answer_length}
    nbest = postprocess_qa_predictions(*drawn, **options, kind="stable")
    return {
        "name": name,
        **options,
        **encode_case(*drawn),
        "nbest": {key: with_probabilities(candidates) for key, candidates in nbest.items()},
    }


def cases():
    rng = np.random.default_rng(3)

    def normal(size):
        return rng.normal(size=size) * 4

    def levels(size):
        return rng.integers(-1, 2, size)

    def large(size):
        # Sums that are equal in float32 only.
        return np.where(rng.random(size) < 0.15, 2.0**24, rng.random(size))

    def masked(size):
        return np.where(rng.random(size) < 0.85, -1e30, rng.normal(size=size))

    yield case("random logits", rng, normal, count=4, n_best_size=20, max_answer_length=30)
    yield case("equal logits", rng, levels)
    yield case("scores equal in float32 only", rng, large, n_best_size=12, max_answer_length=30)
    yield case("rows cut at the window's end", rng, normal, row=None)
    yield case("rows shorter than n_best_size", rng, levels, length=14, padded=14, row=None, n_best_size=16)
    yield case("rows longer than the window", rng, normal, row=50)
    yield case("masked logits", rng, masked)
    yield case("few candidates", rng, levels, count=6, n_best_size=3, max_answer_length=36)
    yield case("one token", rng, normal, n_best_size=3, max_answer_length=1)


def main():
    recorded = {"python": platform.python_version(), "numpy": np.__version__}
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps({"recorded": recorded, "cases": list(cases())}, separators=(",", ":")) + "\n")
    print(f"{FIXTURE.stat().st_size:8d} {FIXTURE.name}")


# --- The check on a whole file ---------------------------------------------------------------------------------------


def check(folder):
    from notebook import prepare_validation_features, read_squad
    from transformers import BertTokenizerFast

    settings = json.loads((folder / "settings.json").read_text())
    examples = read_squad(settings["validation_file"])
    tokenizer = BertTokenizerFast(settings["vocab_file"])
    window = types.SimpleNamespace(max_seq_length=settings["max_seq_length"], doc_stride=settings["doc_stride"])
    features = prepare_validation_features(tokenizer, examples, window)
    truths = [(example["id"], example["answers"]["text"]) for example in examples]
    for name in settings["runs"]:
        rows = np.fromfile(folder / f"{name}.f32", dtype="<f4").reshape(2, -1, settings["max_seq_length"])
        if rows.shape[1] != len(features):
            raise SystemExit(f"{rows.shape[1]} rows of logits came for {len(features)} features")
        logits = [list(rows[0]), list(rows[1])]
        started = time.perf_counter()
        default = postprocess_qa_predictions(examples, features, logits)
        middle = time.perf_counter()
        predictions = {key: candidates[0]["text"] for key, candidates in default.items()}
        squad_metrics(predictions, truths)
        ended = time.perf_counter()
        nbest = postprocess_qa_predictions(examples, features, logits, kind="stable")
        answers = {key: candidates[0]["text"] for key, candidates in nbest.items()}
        result = {
            "metrics": squad_metrics(answers, truths),
            "nbest": {key: with_probabilities(candidates) for key, candidates in nbest.items()},
            "default_differs": sum(answers[key] != predictions[key] for key in answers),
            "seconds": {"postprocess": middle - started, "score": ended - middle},
        }
        (folder / f"{name}.json").write_text(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(Path(sys.argv[2]))
    else:
        main()
