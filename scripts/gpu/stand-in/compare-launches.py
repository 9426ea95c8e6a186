"""Holds what Python asks of a GPU in a training step against what qa-native records of one, kernel by kernel.

    FOLDER/run bash -c 'STAND_IN_KERNELS=1 STAND_IN_TRACE=1 PYTHON scripts/reference/notebook.py … --device cuda' 2> python.txt
    FOLDER/run bash -c 'STAND_IN_KERNELS=1 STAND_IN_TRACE=1 node dist/bin/qa-native.js train … --device cuda' 2> ours.txt
    python scripts/gpu/stand-in/compare-launches.py python.txt ours.txt

Both with the same data and settings, and four steps at least. A line is a kernel with its grid and its blocks, or a product with its
sizes, strides and alignments: where these are the same, in the same order, so are the bits. Memory that is filled before it is
written is left out: Python fills all of it in a deterministic run.
"""

import difflib
import re
import subprocess
import sys
from pathlib import Path

# What clips all gradients, once a step.
CLIPS = "BinaryOpScalarTensorFunctor"


def launches(path, mark):
    lines = Path(path).read_text(errors="replace").splitlines()
    kept = [line[len(mark) :] for line in lines if line.startswith(mark)]
    names, shapes = zip(*(re.fullmatch(r"(.*?)( grid .*)?", line).groups("") for line in kept))
    readable = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout
    return [name + shape for name, shape in zip(readable.splitlines(), shapes) if "FillFunctor" not in name]


def step_of_python(lines):
    """An update, and then the next step up to its own."""
    ends = [index for index, line in enumerate(lines) if CLIPS in line]
    if len(ends) < 4:
        sys.exit(f"Expected four steps in Python's trace, got {len(ends)}.")
    return lines[ends[1] + 1 : ends[2] + 1]


def shortened(line):
    return line if len(line) < 200 else f"{line[:90]} … {line[-100:]}"


def main():
    python = step_of_python(launches(sys.argv[1], "[done] "))
    ours = launches(sys.argv[2], "[captured] ")
    matcher = difflib.SequenceMatcher(None, python, ours, autojunk=False)
    for tag, first, last, from_ours, to_ours in matcher.get_opcodes():
        if tag == "equal":
            print(f"  {last - first} the same")
            continue
        for line in python[first:last]:
            print("- Python:", shortened(line))
        for line in ours[from_ours:to_ours]:
            print("+ ours:  ", shortened(line))


if __name__ == "__main__":
    main()
