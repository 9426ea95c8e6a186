"""Features as Python makes them: BertTokenizerFast and the notebook's two functions.

    python scripts/reference/features.py rows --file dev.json --vocab-file vocab.txt --split validation --output X.jsonl
    python scripts/reference/features.py fixture --dev-file dev.json    writes test/fixtures/data/features.json

`rows` writes the lines of `qa-native features`. Offsets are converted to UTF-16 units of the context, which is how
JavaScript counts; Python counts code points.
"""

import argparse
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import tokenizers
import transformers
from transformers import BertTokenizerFast

import hard_cases
from notebook import prepare_train_features, prepare_validation_features, read_squad

FIXTURE = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "data" / "features.json"


def units_of(text):
    """A list from offsets in code points to offsets in UTF-16 units."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    return units


def rows(tokenizer, examples, split, max_seq_length, doc_stride):
    """Each window as `qa-native features` writes it. One question at a time, so that a window's question is known."""
    args = SimpleNamespace(max_seq_length=max_seq_length, doc_stride=doc_stride)
    prepare = prepare_train_features if split == "train" else prepare_validation_features
    for example in examples:
        units = units_of(example["context"])
        for feature in prepare(tokenizer, [example], args):
            row = {"example_id": example["id"]}
            row |= {name: feature[name].tolist() for name in ("input_ids", "token_type_ids", "attention_mask")}
            if split == "train":
                row |= {"start_position": feature["start_positions"], "end_position": feature["end_positions"]}
            else:
                row["offsets"] = [o and [units[o[0]], units[o[1]]] for o in feature["offset_mapping"]]
            yield row


def encodings(tokenizer, texts):
    """Ids and flattened offsets of texts without special tokens around them."""
    for text in texts:
        encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        units = units_of(text)
        offsets = [units[o] for pair in encoding["offset_mapping"] for o in pair]
        yield {"text": text, "ids": encoding["input_ids"], "offsets": offsets}


def failure(tokenizer, case):
    """The sentence with which Python refuses a question; some of its errors are no Exceptions."""
    try:
        list(rows(tokenizer, [case["example"]], "validation", case["maxSeqLength"], case["docStride"]))
    except BaseException as error:
        return str(error)
    raise AssertionError(f"Python takes {case}")


def windows(tokenizer, examples, max_seq_length, doc_stride):
    """Windows without their padding, labels and offsets together; labels are null where the notebook's search fails."""
    sizes = (max_seq_length, doc_stride)
    found = []
    for example in examples:
        validation = list(rows(tokenizer, [example], "validation", *sizes))
        try:
            train = list(rows(tokenizer, [example], "train", *sizes))
        except IndexError:
            train = [None] * len(validation)
        for row, labelled in zip(validation, train, strict=True):
            length, types = sum(row["attention_mask"]), row["token_type_ids"]
            start = types.index(1)
            assert row["attention_mask"] == [1] * length + [0] * (max_seq_length - length)
            assert types == [0] * start + [1] * (length - start) + [0] * (max_seq_length - length)
            assert row["offsets"] == [None] * start + row["offsets"][start : length - 1] + [None] * (max_seq_length - length + 1)
            assert labelled is None or row["input_ids"] == labelled["input_ids"]
            found.append(
                {
                    "id": row["example_id"],
                    "inputIds": row["input_ids"][:length],
                    "contextStart": start,
                    "offsets": [o for pair in row["offsets"][start : length - 1] for o in pair],
                    "startPosition": labelled and labelled["start_position"],
                    "endPosition": labelled and labelled["end_position"],
                }
            )
    return {"maxSeqLength": max_seq_length, "docStride": doc_stride, "windows": found}


def lines(tokenizer, examples, max_seq_length, doc_stride):
    """The first windows as `qa-native features` writes them."""
    first = [example for example in examples if example["id"] in ("after-emoji", "last")]
    sizes = (max_seq_length, doc_stride)
    splits = {split: list(rows(tokenizer, first, split, *sizes)) for split in ("train", "validation")}
    return {"maxSeqLength": max_seq_length, "docStride": doc_stride, **splits}


def fixture(dev_file):
    dev = hard_cases.dev_sample(json.loads(Path(dev_file).read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        vocab_file = Path(folder) / "vocab.txt"
        squad_file = Path(folder) / "squad.json"
        vocabulary = hard_cases.vocabulary()
        vocab_file.write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
        squad_file.write_text(json.dumps(hard_cases.SQUAD), encoding="utf-8")
        examples = read_squad(squad_file)
        squad_file.write_text(json.dumps(dev), encoding="utf-8")
        dev_examples = read_squad(squad_file)
        uncased = BertTokenizerFast(str(vocab_file))
        cased = BertTokenizerFast(str(vocab_file), do_lower_case=False)
        texts = hard_cases.TEXTS + hard_cases.random_texts(150)
        return {
            "recorded": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__},
            "vocabulary": vocabulary,
            "uncased": list(encodings(uncased, texts)),
            "cased": list(encodings(cased, texts)),
            "squad": hard_cases.SQUAD,
            "windows": [windows(uncased, examples, *sizes) for sizes in hard_cases.SIZES],
            "lines": lines(uncased, examples, *hard_cases.SIZES[0]),
            "dev": dev,
            "devWindows": [windows(uncased, dev_examples, 384, 128)],
            "refused": [{**case, "error": failure(uncased, case)} for case in hard_cases.REFUSED],
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("rows")
    one.add_argument("--file", required=True)
    one.add_argument("--vocab-file", required=True)
    one.add_argument("--split", choices=["train", "validation"], required=True)
    one.add_argument("--output", required=True)
    one.add_argument("--max-seq-length", type=int, default=384)
    one.add_argument("--doc-stride", type=int, default=128)
    one.add_argument("--cased", action="store_true")
    commands.add_parser("fixture").add_argument("--dev-file", required=True)
    args = parser.parse_args()
    if args.command == "fixture":
        FIXTURE.parent.mkdir(parents=True, exist_ok=True)
        FIXTURE.write_text(json.dumps(fixture(args.dev_file), separators=(",", ":")) + "\n")
        print(f"{FIXTURE.stat().st_size:8d} {FIXTURE.name}")
        return
    tokenizer = BertTokenizerFast(args.vocab_file, do_lower_case=not args.cased)
    with open(args.output, "w") as output:
        for row in rows(tokenizer, read_squad(args.file), args.split, args.max_seq_length, args.doc_stride):
            output.write(json.dumps(row, separators=(",", ":")) + "\n")


main()
