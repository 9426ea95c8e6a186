"""Writes test/fixtures/data/tables.json: the same questions in every format that users of run_qa.py have, as Python's
libraries write them, and what each is to be read as; and test/fixtures/hub/dev-sized.parquet, as many questions as
SQuAD's development set has. Needs pandas 3.1.1 and pyarrow 26.0.1.
"""

import base64
import csv
import gzip
import io
import json
import platform
import tempfile
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"

RIVER = 'The "Aare", an 😀 river,\nflows past Bern\'s\told town; its length is 288 km.'
EMPTY = "Nobody\\nobody knows 𝕏\u2028this \x85place."
# id, title, context, question, texts of the answers
QUESTIONS = [
    ("a1", "Aare", RIVER, "Which river?", ["Aare", '"Aare"', "Aare\", an 😀 river,\nflows"]),
    ("a2", "Aare", RIVER, 'Past whose "town"?', ["Bern's"]),
    ("a3", "Aare", RIVER, "How long is it, and why?", []),
    ("007", "", EMPTY, "Who knows it?", ["Nobody\\nobody", "𝕏\u2028this \x85place"]),
    ("b2", "", EMPTY, "Qu'est-ce que c'est?", ["place."]),
]


def flat(context, texts):
    return {"text": texts, "answer_start": [context.index(text) for text in texts]}


def rows():
    return [
        {"id": key, "title": title, "context": context, "question": question, "answers": flat(context, texts)}
        for key, title, context, question, texts in QUESTIONS
    ]


def nested():
    """SQuAD's own format, v2.0."""
    articles = []
    for key, title, context, question, texts in QUESTIONS:
        if not articles or articles[-1]["title"] != title:
            articles.append({"title": title, "paragraphs": [{"context": context, "qas": []}]})
        qa = {
            "question": question,
            "id": key,
            "answers": [{"text": text, "answer_start": context.index(text)} for text in texts],
            "is_impossible": not texts,
        }
        if not texts:
            qa["plausible_answers"] = [{"text": "288 km", "answer_start": context.index("288 km")}]
        articles[-1]["paragraphs"][0]["qas"].append(qa)
    return {"version": "v2.0", "data": articles}


def csv_of_json():
    """Answers as JSON, written by Python's csv module, with an extra column as pandas' index makes one."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["", "id", "title", "context", "question", "answers"])
    writer.writeheader()
    for number, row in enumerate(rows()):
        writer.writerow({"": number, **row, "answers": json.dumps(row["answers"])})
    return text.getvalue().encode()


def table(rows):
    """As `datasets` has it: answers are a struct of two lists, offsets int32."""
    answers = pyarrow.struct(
        [("text", pyarrow.list_(pyarrow.string())), ("answer_start", pyarrow.list_(pyarrow.int32()))]
    )
    names = ["id", "title", "context", "question"]
    schema = pyarrow.schema([*((name, pyarrow.string()) for name in names), ("answers", answers)])
    return pyarrow.Table.from_pylist(rows, schema)


def parquet(path, compression):
    pyarrow.parquet.write_table(table(rows()), path, compression=compression)
    return path.read_bytes()


def with_empty_pages(path):
    """A column without any value has a dictionary of no bytes, which compression makes one byte of."""
    notes = pyarrow.nulls(len(QUESTIONS), pyarrow.string())
    pyarrow.parquet.write_table(table(rows()).append_column("notes", notes), path, compression="lz4")
    return path.read_bytes()


def write_dev_sized(path):
    """Encoded so that it is small: each id by how it differs from the one before."""
    row = {"title": "t", "context": "a", "question": "q", "answers": {"text": ["a"], "answer_start": [0]}}
    encoding = {name: "PLAIN" for name in ["title", "context", "question"]}
    encoding |= {f"answers.{name}.list.element": "PLAIN" for name in ["text", "answer_start"]}
    path.parent.mkdir(exist_ok=True)
    pyarrow.parquet.write_table(
        table([{"id": str(number), **row} for number in range(10_570)]),
        path,
        compression="zstd",
        compression_level=22,
        use_dictionary=False,
        column_encoding={"id": "DELTA_BYTE_ARRAY", **encoding},
    )
    print(f"{path.stat().st_size:8d} {path.name}")


def files():
    with tempfile.TemporaryDirectory() as folder:
        snappy = Path(folder) / "snappy.parquet"
        yield "snappy.parquet", parquet(snappy, "snappy")
        yield "zstd.parquet", parquet(Path(folder) / "zstd.parquet", "zstd")
        yield "lz4.parquet", with_empty_pages(Path(folder) / "lz4.parquet")
        frame = pandas.read_parquet(snappy)
    # Dictionaries of numpy's arrays become their repr.
    yield "pandas.csv", frame.to_csv().encode()
    yield "pandas.jsonl", frame.to_json(orient="records", lines=True).encode()
    yield "list.json", frame.to_json(orient="records").encode()
    yield "csv-of-json.csv", csv_of_json()
    yield "literals.csv", pandas.DataFrame(rows()).to_csv(index=False).encode()
    # run_qa.py reads the field "data" of a JSON file.
    yield "data.json", json.dumps({"data": rows()}).encode()
    yield "lines.json", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()).encode()
    yield "squad-v2.json", json.dumps(nested()).encode()
    yield "squad-v2.json.gz", gzip.compress(json.dumps(nested()).encode(), mtime=0)
    yield "data.jsonl.gz", gzip.compress("\r\n".join(map(json.dumps, rows())).encode(), mtime=0)


def expected():
    """The questions as they are to be read: offsets in UTF-16 units."""
    for key, title, context, question, texts in QUESTIONS:
        answers = [
            {"text": text, "start": len(context[: context.index(text)].encode("utf-16-le")) // 2} for text in texts
        ]
        yield {"id": key, "title": title, "question": question, "context": context, "answers": answers}


def main():
    recorded = {"python": platform.python_version(), "pandas": pandas.__version__, "pyarrow": pyarrow.__version__}
    encoded = {name: base64.b64encode(content).decode() for name, content in files()}
    content = {"recorded": recorded, "expected": list(expected()), "files": encoded}
    path = FIXTURES / "data" / "tables.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{path.stat().st_size:8d} {path.name}")
    write_dev_sized(FIXTURES / "hub" / "dev-sized.parquet")


if __name__ == "__main__":
    main()
