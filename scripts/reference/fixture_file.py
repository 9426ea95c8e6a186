"""How a fixture is written: exact numbers, small files, and what machine they hold on.

A float32 tensor is `{"shape": [2, 3], "data": base64 of its little-endian bytes}`; a tensor of integers or booleans
is `{"shape": [2, 3], "values": [...]}`, flat. Of a tensor beyond LARGE elements, only every `stride`-th one is stored,
with the SHA-256 of all bytes: `{"shape", "sha256", "stride", "data"}`.
"""

import base64
import hashlib
import json
import platform
import re
from pathlib import Path

import torch
import transformers

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"
LARGE = 1024


def encode(tensor):
    tensor = tensor.detach().contiguous()
    shape = list(tensor.shape)
    if not tensor.is_floating_point():
        return {"shape": shape, "values": [int(value) for value in tensor.flatten().tolist()]}
    flat = tensor.flatten().numpy().astype("<f4")
    if flat.size <= LARGE:
        return {"shape": shape, "data": base64.b64encode(flat.tobytes()).decode()}
    # An odd stride visits every column of a matrix whose width is a power of two.
    stride = (flat.size // LARGE) | 1
    return {
        "shape": shape,
        "sha256": hashlib.sha256(flat.tobytes()).hexdigest(),
        "stride": stride,
        "data": base64.b64encode(flat[::stride].tobytes()).decode(),
    }


def encode_all(tensors):
    return {name: encode(tensor) for name, tensor in tensors.items()}


def parameters_of(module):
    return encode_all(dict(module.named_parameters()))


def gradients_of(module):
    return encode_all({name: p.grad for name, p in module.named_parameters() if p.grad is not None})


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def vendor():
    """Whose arithmetic the last bits come from: MKL takes other kernels for each."""
    found = re.search("intel|amd", cpu_model(), re.IGNORECASE)
    if found is None:
        raise SystemExit(f"Expected a processor of AMD or Intel, got {cpu_model()}.")
    return found[0].lower()


def recorded():
    """What the bits depend on. The same bits are to be expected only where all of it is the same."""
    return {
        "torch": torch.__version__.split("+")[0],
        "transformers": transformers.__version__,
        "cpuCapability": torch.backends.cpu.get_cpu_capability(),
        "cpu": cpu_model(),
        "threads": torch.get_num_threads(),
    }


def write(name, content):
    """Writes what is the same on every machine; what is not goes to `write_for_processor`."""
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"recorded": recorded(), **content}, separators=(",", ":")) + "\n")
    print(f"{path.stat().st_size:8d} {name}")


def write_for_processor(name, content):
    write(f"{vendor()}/{name}", content)
