"""SQuAD v2.0: post-processing with the null answer, and the official evaluator's scores.

Writes test/fixtures/evaluate/squad-v2.json. The post-processing is that of utils_qa.py in transformers' question
answering examples, with the rule for equal logits of postprocess.py, on windows made there. The scores are those of
transformers.data.metrics.squad_metrics, whose functions are the official evaluate-v2.0.py's. Needs requirements.txt.
"""

import json
import platform
import random
import types
from pathlib import Path

import numpy as np
import transformers
from transformers.data.metrics.squad_metrics import squad_evaluate

from postprocess import draw_case, encode_case, window_answers, with_probabilities

FIXTURE = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "evaluate" / "squad-v2.json"


# --- Post-processing -------------------------------------------------------------------------------------------------


def postprocess_with_negatives(examples, features, logits, n_best_size, max_answer_length, null_score_diff_threshold):
    """Candidates, null odds and answer of each question by id."""
    results = {}
    for example in examples:
        null = None
        found = []
        for feature, start, end in zip(features, *logits):
            if feature["example_id"] != example["id"]:
                continue
            null_score = start[0] + end[0]
            if null is None or null["score"] > null_score:
                null = {"score": null_score, "text": "", "start_logit": start[0], "end_logit": end[0]}
            offsets = feature["offset_mapping"]
            found += window_answers(
                example["context"], offsets, start, end, n_best_size, max_answer_length, kind="stable"
            )
        candidates = sorted([*found, null], key=lambda answer: answer["score"], reverse=True)[:n_best_size]
        if not any(candidate is null for candidate in candidates):
            candidates.append(null)
        if len(candidates) == 1:
            candidates.insert(0, {"score": 0.0, "text": "empty", "start_logit": 0.0, "end_logit": 0.0})
        best = next(candidate for candidate in candidates if candidate["text"] != "")
        odds = null["score"] - best["start_logit"] - best["end_logit"]
        results[example["id"]] = {
            "nbest": with_probabilities(candidates),
            "odds": float(odds),
            "prediction": "" if odds > null_score_diff_threshold else best["text"],
        }
    return results


def case(name, rng, draw, count=3, n_best_size=5, max_answer_length=12, threshold=0.0, row=24):
    drawn = draw_case(rng, draw, count, length=20, padded=24, row=row)
    options = {
        "n_best_size": n_best_size,
        "max_answer_length": max_answer_length,
        "null_score_diff_threshold": threshold,
    }
    return {
        "name": name,
        **options,
        **encode_case(*drawn),
        "results": postprocess_with_negatives(*drawn, **options),
    }


def postprocess_cases():
    rng = np.random.default_rng(18)

    def normal(size):
        return rng.normal(size=size) * 4

    def likely_null(size):
        # At [CLS] as high as the best positions.
        return np.concatenate([rng.normal(size=1) * 3 + 7, rng.normal(size=size - 1) * 4])

    def levels(size):
        return rng.integers(-1, 2, size)

    def backwards(size):
        # The best two are positions of the question, with which no span begins or ends.
        return np.concatenate([rng.normal(size=1), [20.0, 20.0], np.full(size - 3, -1.0)])

    yield case("random logits", rng, normal)
    yield case("the null answer among the best", rng, likely_null, count=5)
    yield case("a threshold", rng, likely_null, count=5, threshold=2.5)
    yield case("a negative threshold", rng, likely_null, count=5, threshold=-3.25)
    yield case("equal logits", rng, levels, n_best_size=30, max_answer_length=36)
    yield case("the null answer alone", rng, backwards, count=6, n_best_size=2)
    yield case("one candidate", rng, likely_null, count=5, n_best_size=1)
    yield case("rows cut at the window's end", rng, likely_null, row=None)


# --- Scores ----------------------------------------------------------------------------------------------------------

WORDS = ["red", "Red", "the", "an", "river", "river,", "1869", "of", "\u00c9cole", "...", "The"]


def random_text(rng, least, most):
    return " ".join(rng.choices(WORDS, k=rng.randint(least, most)))


def scored(name, rng, count, has_answer, with_odds=True, threshold=1.0):
    """`has_answer` is the share of questions that have one."""
    questions, predictions, odds = [], {}, {}
    for number in range(count):
        key = f"q{number}"
        answers = [random_text(rng, 1, 5) for _ in range(rng.randint(1, 3))] if rng.random() < has_answer else []
        questions.append((key, answers))
        copied = answers and rng.random() < 0.4
        predictions[key] = answers[0] if copied else "" if rng.random() < 0.4 else random_text(rng, 0, 5)
        # Rounded, so that some are equal.
        odds[key] = round(rng.gauss(0 if answers else 2, 2), 1)
    items = list(odds.items())
    rng.shuffle(items)
    odds = dict(items)
    examples = [types.SimpleNamespace(qas_id=key, answers=[{"text": t} for t in texts]) for key, texts in questions]
    metrics = squad_evaluate(examples, predictions, odds if with_odds else None, threshold)
    if not with_odds:
        # The official program looks for thresholds only where it is given odds.
        metrics = {key: value for key, value in metrics.items() if not key.startswith("best_")}
    return {
        "name": name,
        "questions": questions,
        "predictions": predictions,
        "odds": items if with_odds else None,
        "threshold": threshold,
        "metrics": metrics,
    }


def score_cases():
    rng = random.Random(21)
    yield scored("both kinds of questions", rng, 120, 0.5)
    yield scored("a threshold", rng, 60, 0.5, threshold=0.4)
    yield scored("without odds", rng, 60, 0.6, with_odds=False)
    yield scored("only questions with answers", rng, 40, 1.0)
    yield scored("only questions without", rng, 40, 0.0)


def main():
    recorded = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "transformers": transformers.__version__,
    }
    content = {"recorded": recorded, "postprocess": list(postprocess_cases()), "scores": list(score_cases())}
    FIXTURE.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{FIXTURE.stat().st_size:8d} {FIXTURE.name}")


if __name__ == "__main__":
    main()
