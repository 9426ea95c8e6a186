"""Writes test/fixtures/formats/dtypes.safetensors with Python's own library: one tensor a dtype that the reader knows.

    python scripts/reference/fixtures_formats.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

VALUES = [0.0, -0.0, 1.0, -1.5, 0.333251953125, 65504.0, 6.103515625e-05, 5.960464477539063e-08, float("inf")]


def main():
    target = Path(__file__).parents[2] / "test" / "fixtures" / "formats"
    target.mkdir(parents=True, exist_ok=True)
    values = torch.tensor(VALUES, dtype=torch.float64)
    tensors = {str(dtype).removeprefix("torch."): values.to(dtype) for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    tensors["int64"] = torch.tensor([[0, -1], [2**40, 7]])
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    save_file(tensors, target / "dtypes.safetensors", metadata={"torch": torch.__version__})


main()
