"""Writes test/fixtures/train/tensorboard.json: records of an event file as TensorBoard's own classes write them. Needs
tensorboard 2.21.0.
"""

import base64
import io
import json
from pathlib import Path

import tensorboard
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

FIXTURE = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "train" / "tensorboard.json"

SCALARS = [
    (1700000000.25, 1, {"train/loss": 5.871493339538574, "train/learning_rate": 3e-5}),
    (1700000001.5, 300, {"train/loss": -1.5, "train/grad_norm": 0.0}),
    (1700000002.75, 2**40, {"eval/f1": 100.0, "eval/größe 😀": float("inf")}),
    (1700000003.0, 7, {}),
]


def record(event):
    written = io.BytesIO()
    RecordWriter(written).write(event.SerializeToString(deterministic=True))
    return base64.b64encode(written.getvalue()).decode()


def start(seconds, step):
    log = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    return {"seconds": seconds, "step": step, "record": record(event_pb2.Event(wall_time=seconds, step=step, session_log=log))}


def scalars(seconds, step, values):
    of_tags = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]
    event = event_pb2.Event(wall_time=seconds, step=step, summary=summary_pb2.Summary(value=of_tags))
    # JSON has no infinity.
    numbers = {tag: str(value) for tag, value in values.items()}
    return {"seconds": seconds, "step": step, "values": numbers, "record": record(event)}


def main():
    version = event_pb2.Event(wall_time=1700000000.125, file_version="brain.Event:2")
    content = {
        "recorded": {"tensorboard": tensorboard.__version__},
        "version": {"seconds": 1700000000.125, "record": record(version)},
        "starts": [start(1700000000.5, 0), start(1700000000.5, 1), start(1700000000.5, 1000)],
        "scalars": [scalars(*case) for case in SCALARS],
    }
    FIXTURE.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{FIXTURE.stat().st_size:8d} {FIXTURE.name}")


if __name__ == "__main__":
    main()
