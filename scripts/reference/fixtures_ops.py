"""nn/ops.json of test/fixtures/{amd,intel}: every operation the models use, its output and its inputs' gradients."""

import math

import torch
import torch.nn.functional as F

from transformers.activations import ACT2FN

from fixture_file import encode

# Those of src/nn/activations.ts, but for gelu, relu and tanh, which are operations above.
ACTIVATIONS = ["gelu_new", "gelu_fast", "gelu_pytorch_tanh", "silu", "swish"]


def operations(normal, positive):
    """(name, function, float inputs, other arguments). The function takes the inputs, then the arguments."""
    ids = torch.tensor([[1, 4, 0], [2, 2, 6]])
    return [
        ("add", torch.add, [normal(2, 3, 4), normal(3, 1)], {}),
        ("sub", torch.sub, [normal(2, 3), normal(3)], {}),
        ("mul", torch.mul, [normal(2, 3, 4), normal(2, 1, 4)], {}),
        ("div", torch.div, [normal(2, 3), positive(2, 3)], {}),
        ("addScalar", lambda x, scalar: x + scalar, [normal(2, 3)], {"scalar": 0.1}),
        ("mulScalar", lambda x, scalar: x * scalar, [normal(2, 3)], {"scalar": -3.4}),
        ("divScalar", lambda x, scalar: x / scalar, [normal(2, 3)], {"scalar": math.sqrt(8)}),
        ("matmul", torch.matmul, [normal(3, 5), normal(5, 4)], {}),
        ("matmulBatched", torch.matmul, [normal(2, 3, 4, 5), normal(2, 3, 5, 4)], {}),
        ("linear", F.linear, [normal(2, 3, 4), normal(5, 4), normal(5)], {}),
        ("linearWithoutBias", F.linear, [normal(2, 3, 4), normal(5, 4)], {}),
        ("softmax", lambda x, dim: F.softmax(x, dim=dim), [normal(2, 3, 4)], {"dim": -1}),
        ("logSoftmax", lambda x, dim: F.log_softmax(x, dim=dim), [normal(3, 7)], {"dim": 1}),
        ("gelu", F.gelu, [normal(4, 6) * 2], {}),
        ("relu", F.relu, [normal(4, 6)], {}),
        ("tanh", torch.tanh, [normal(4, 6)], {}),
        ("exp", torch.exp, [normal(4, 6)], {}),
        ("log", torch.log, [positive(4, 6)], {}),
        ("sqrt", torch.sqrt, [positive(4, 6)], {}),
        ("embedding", lambda weight, ids: F.embedding(ids, weight), [normal(7, 4)], {"ids": ids}),
        (
            "embeddingWithPadding",
            lambda weight, ids, paddingIdx: F.embedding(ids, weight, paddingIdx),
            [normal(7, 4)],
            {"ids": ids, "paddingIdx": 0},
        ),
        (
            "layerNorm",
            lambda x, weight, bias, eps: F.layer_norm(x, weight.shape, weight, bias, eps),
            [normal(2, 3, 8), normal(8), normal(8)],
            {"eps": 1e-12},
        ),
        (
            "crossEntropy",
            lambda x, target, ignoreIndex: F.cross_entropy(x, target, ignore_index=ignoreIndex),
            [normal(4, 6)],
            {"target": torch.tensor([5, 6, 0, 3]), "ignoreIndex": 6},
        ),
        ("transpose", lambda x, dim0, dim1: x.transpose(dim0, dim1), [normal(2, 3, 4)], {"dim0": 0, "dim1": -1}),
        ("permute", lambda x, dims: x.permute(dims), [normal(2, 3, 4)], {"dims": [2, 0, 1]}),
        ("view", lambda x, shape: x.view(shape), [normal(2, 3, 4)], {"shape": [6, -1]}),
        ("reshape", lambda x, shape: x.transpose(0, 1).reshape(shape), [normal(3, 4)], {"shape": [2, 6]}),
        ("expand", lambda x, shape: x.expand(shape), [normal(2, 1, 4)], {"shape": [2, 3, -1]}),
        ("unsqueeze", lambda x, dim: x.unsqueeze(dim), [normal(2, 3)], {"dim": 1}),
        ("squeeze", lambda x, dim: x.squeeze(dim), [normal(2, 3, 1)], {"dim": -1}),
        (
            "split",
            lambda x, size, dim, part: x.split(size, dim)[part],
            [normal(3, 4, 2)],
            {"size": 1, "dim": -1, "part": 1},
        ),
        ("cat", lambda a, b, dim: torch.cat([a, b], dim), [normal(2, 3), normal(2, 2)], {"dim": 1}),
        ("stack", lambda a, b, dim: torch.stack([a, b], dim), [normal(2, 3), normal(2, 3)], {"dim": 0}),
        (
            "indexSelect",
            lambda x, dim, index: x.index_select(dim, index),
            [normal(4, 3)],
            {"dim": 0, "index": torch.tensor([2, 0, 2])},
        ),
        ("sum", torch.sum, [normal(3, 4)], {}),
        ("sumOfDim", lambda x, dim: x.sum(dim), [normal(3, 4)], {"dim": 1}),
        ("mean", torch.mean, [normal(3, 4)], {}),
        ("norm", lambda x: torch.linalg.vector_norm(x, 2.0), [normal(3, 4)], {}),
        ("clamp", lambda x, min, max: x.clamp(min, max), [normal(4, 6)], {"min": -0.5, "max": 0.7}),
        *((name, ACT2FN[name], [normal(2, 5) * 2], {}) for name in ACTIVATIONS),
    ]


def case(name, function, inputs, arguments, normal):
    """The gradients are those of `(output * weight).sum()`: what reaches the operation is `weight` itself."""
    inputs = [tensor.detach().requires_grad_() for tensor in inputs]
    output = function(*inputs, *arguments.values())
    weight = normal(*output.shape)
    (output * weight).sum().backward()
    return {
        "name": name,
        "inputs": [encode(tensor) for tensor in inputs],
        "arguments": {k: encode(v) if isinstance(v, torch.Tensor) else v for k, v in arguments.items()},
        "output": encode(output),
        "weight": encode(weight),
        "gradients": [encode(tensor.grad) for tensor in inputs],
    }


def ops():
    generator = torch.Generator().manual_seed(0)

    def normal(*shape):
        return torch.randn(shape, generator=generator)

    def positive(*shape):
        return torch.rand(shape, generator=generator) + 0.1

    return {"cases": [case(*operation, normal) for operation in operations(normal, positive)]}
