"""SQuAD v1.1's metrics as Rajpurkar et al. (2016, arXiv:1606.05250) define them, in Python's own terms.

Run, it writes test/fixtures/evaluate/metrics.json: what Python's `str` and `re` make of every code point, of texts
made of those that JavaScript treats differently, and the scores of random predictions. Needs Python alone.
"""

import collections
import json
import platform
import random
import re
import string
import unicodedata
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "evaluate" / "metrics.json"
PUNCTUATION = set(string.punctuation)


def remove_articles(text):
    return re.sub(r"\b(a|an|the)\b", " ", text)


def remove_punctuation(text):
    return "".join(char for char in text if char not in PUNCTUATION)


def normalize_answer(text):
    return " ".join(remove_articles(remove_punctuation(text.lower())).split())


def exact_match_score(prediction, ground_truth):
    return normalize_answer(prediction) == normalize_answer(ground_truth)


def f1_score(prediction, ground_truth):
    prediction_tokens = normalize_answer(prediction).split()
    ground_truth_tokens = normalize_answer(ground_truth).split()
    common = collections.Counter(prediction_tokens) & collections.Counter(ground_truth_tokens)
    num_same = sum(common.values())
    if num_same == 0:
        return 0
    precision = 1.0 * num_same / len(prediction_tokens)
    recall = 1.0 * num_same / len(ground_truth_tokens)
    return (2 * precision * recall) / (precision + recall)


def squad_metrics(predictions, examples):
    """`predictions` maps ids to texts; `examples` are pairs of an id and its accepted texts. In percent."""
    exact_match = f1 = total = 0
    for example_id, ground_truths in examples:
        total += 1
        if example_id not in predictions:
            continue
        prediction = predictions[example_id]
        exact_match += max(exact_match_score(prediction, truth) for truth in ground_truths)
        f1 += max(f1_score(prediction, truth) for truth in ground_truths)
    return {"exact_match": 100.0 * exact_match / total, "f1": 100.0 * f1 / total}


# --- The fixture -----------------------------------------------------------------------------------------------------

# Next to what is plain ASCII: white space that `\s` has or lacks, letters and marks at a word's edge, numerals, capitals
# whose lower case is longer or depends on its place, and punctuation that string.punctuation lacks.
PIECES = (
    ["the", "The", "THE", "a", "A", "an", "An", "them", "Athens", "banana", "42", "_", "don't", "A.", "a-b", "$", "`"]
    + [" ", "  ", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u180e"]
    + ["\u2003", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff", "\x00", "\x08"]
    + ["é", "e\u0301", "the\u0301", "\u0301", "\u20dd", "\u093e", "\u200d", "\u00ad", "ª", "²", "½", "Ⅷ", "ⅷ", "①", "〇", "一"]
    + ["٣", "\u0ce6", "𝟘", "𝐀", "Ａ", "ａ", "\u2019", "\u201c", "\u2013", "¿", "·", "،", "。", "€", "😀", "🇦", "\ud800"]
    + ["Σ", "ΑΣ", "ΑΣ.", "ΑΣ\u0301", "ΑΣΑ", "ΑΣ'Α", "İ", "ẞ", "ß", "Ǆ", "ǅ", "Ω", "Å", "K", "𐐀", "Ა"]
)


def ranges(member):
    """`[first, last]` of each run of code points that `member` is true for."""
    found = []
    for code in range(0x110000):
        if not member(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def characters():
    every = [chr(code) for code in range(0x110000)]
    return {
        "assigned": ranges(lambda c: unicodedata.category(c) != "Cn"),
        "space": ranges(lambda c: len(f"x{c}x".split()) == 2),
        "word": ranges(lambda c: re.match(r"\w", c) is not None),
        "lower": {c: c.lower() for c in every if c.lower() != c},
    }


def random_texts(rng, count):
    return ["".join(rng.choices(PIECES, k=rng.randint(0, 9))) for _ in range(count)]


def random_scores(rng, count):
    """Predictions that share some words, some more than once, with their accepted answers."""
    words = ["red", "Red", "the", "an", "river", "river,", "1869", "Saint", "of", "\u00c9cole", "...", "The"]

    def text():
        return " ".join(rng.choices(words, k=rng.randint(0, 7)))

    rows = []
    for _ in range(count):
        prediction, truths = text(), [text() for _ in range(rng.randint(1, 4))]
        rows.append(
            {
                "prediction": prediction,
                "answers": truths,
                "exact_match": int(max(exact_match_score(prediction, truth) for truth in truths)),
                "f1": max(f1_score(prediction, truth) for truth in truths),
            }
        )
    return rows


def main():
    rng = random.Random(7)
    scores = random_scores(rng, 90)
    examples = [(str(index), row["answers"]) for index, row in enumerate(scores)]
    predictions = {str(index): row["prediction"] for index, row in enumerate(scores) if index % 7 != 3}
    content = {
        "recorded": {"python": platform.python_version(), "unicode": unicodedata.unidata_version},
        "characters": characters(),
        "normalized": [[text, normalize_answer(text)] for text in random_texts(rng, 300)],
        "scores": scores,
        "metrics": squad_metrics(predictions, examples),
    }
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    FIXTURE.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{FIXTURE.stat().st_size:8d} {FIXTURE.name}")


if __name__ == "__main__":
    main()
