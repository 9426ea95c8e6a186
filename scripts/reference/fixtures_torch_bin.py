"""Writes test/fixtures/formats/torch-bin/: files of torch.save, and what they hold as expected.safetensors.

    python scripts/reference/fixtures_torch_bin.py
"""

import collections
import io
import os
import pickle
import struct
from pathlib import Path

import torch
from safetensors.torch import save_file

TARGET = Path(__file__).parents[2] / "test" / "fixtures" / "formats" / "torch-bin"
DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def state_dict():
    """Every dtype, every way in which a tensor can lie in its storage, and a module's own dictionary."""
    torch.manual_seed(0)
    state = torch.nn.LayerNorm(3).state_dict()  # has _metadata
    values = torch.tensor([0.0, 1.0, 3.0, 100.0])
    for name in DTYPES:
        state[name] = values.to(getattr(torch, name))
    matrix = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    state["matrix"] = matrix
    state["transposed"] = matrix.t()
    state["sliced"] = matrix[1:, ::2]
    state["permuted"] = torch.arange(24, dtype=torch.float16).reshape(2, 3, 4).permute(2, 0, 1)
    state["tied"] = state["weight"]
    state["parameter"] = torch.nn.Parameter(torch.randn(2))
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 3)
    state["positions"] = torch.arange(5).expand((1, -1))
    return state


def save(name, value, zipped=True, protocol=2):
    torch.save(value, TARGET / name, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)


class Calls:
    """Pickles as a call of any function."""

    def __init__(self, function, *args):
        self.reduced = (function, args)

    def __reduce__(self):
        return self.reduced


def write_python2(name):
    """The older stream as Python 2 wrote it on a GPU: byte strings, and storages of the module torch.cuda."""

    class Python2Pickler(pickle._Pickler):
        dispatch = dict(pickle._Pickler.dispatch)

        def save_str(self, text):
            self.write(pickle.SHORT_BINSTRING + struct.pack("<B", len(text)) + text.encode())
            self.memoize(text)

        dispatch[str] = save_str

        def persistent_id(self, value):
            return ("storage", Named("torch.cuda", "FloatStorage"), "7", "cuda:0", 2, None) if value == "@storage" else None

        def save_named(self, named):
            self.write(pickle.GLOBAL + f"{named.module}\n{named.name}\n".encode())

    class Named:
        def __init__(self, module, name):
            self.module, self.name = module, name

    class Tensor:
        def __reduce__(self):
            return Named("torch._utils", "_rebuild_tensor_v2"), ("@storage", 0, (2,), (1,), False, collections.OrderedDict())

    Python2Pickler.dispatch[Named] = Python2Pickler.save_named
    # pickle wants what it reduces to be callable; it is only named.
    Named.__call__ = lambda self: None
    stream = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}, {"weight": Tensor()}, ["7"]):
        Python2Pickler(stream, 2).dump(value)
    stream.write(struct.pack("<qff", 2, 1.5, -2.0))
    (TARGET / name).write_bytes(stream.getvalue())


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    state = state_dict()
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in state.items()}, TARGET / "expected.safetensors")
    for protocol in (2, 4):
        save(f"zip-{protocol}.bin", state, protocol=protocol)
        save(f"stream-{protocol}.bin", state, zipped=False, protocol=protocol)
    small = {"weight": torch.tensor([[1.5, -2.0], [0.25, 3.0]]).t(), "bias": torch.tensor([0.5])}
    save("small-zip.bin", small)
    for protocol in range(1, 6):
        save(f"small-stream-{protocol}.bin", small, zipped=False, protocol=protocol)
    torch.serialization.set_crc32_options(False)
    save("small-zip-without-crc.bin", small)
    torch.serialization.set_crc32_options(True)
    write_python2("python2.bin")

    for name, function, args in (
        ("system", os.system, ("echo pwned",)),
        ("eval", eval, ("1 + 1",)),
        ("load-from-bytes", torch.storage._load_from_bytes, (b"",)),
    ):
        for protocol in (2, 4):
            save(f"calls-{name}-{protocol}.bin", {"weight": Calls(function, *args)}, protocol=protocol)
        save(f"calls-{name}-stream.bin", {"weight": Calls(function, *args)}, zipped=False)
    save("numpy.bin", {"weight": small["weight"].numpy()})
    save("module.bin", torch.nn.Linear(1, 1))
    save("sparse.bin", {"weight": torch.eye(2).to_sparse()})
    save("complex.bin", {"weight": torch.zeros(1, dtype=torch.complex64)})

    save("nested.bin", {"epoch": 3, "state_dict": small})
    save("list.bin", [small["weight"]])
    save("repeated.bin", {"weight": torch.zeros(1).expand(2**20, 2**20)})
    base = torch.zeros(64)
    save("overlapping.bin", {str(i): base[i:] for i in range(32)})
    for path in sorted(TARGET.iterdir()):
        print(f"{path.stat().st_size:8d} {path.name}")


main()
