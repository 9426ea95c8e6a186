"""What the parts of BERT-mini's training step take on a GPU, beside others that would compute the same: where to look first.

    python scripts/gpu/parts.py [--tokens 2112] [--longest 303]

Microseconds of each in a CUDA graph, without the calls; rows of SQuAD's dev set have 176 tokens on average, the longest of twelve 303.
"""

import argparse

import torch
import torch.nn.functional as F

ROWS, HEADS, WIDTH, WORDS, P = 12, 4, 256, 30522, 0.1
CALLS, REPLAYS = 20, 20


def microseconds(work):
    """Of one call, in a graph of many."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(CALLS):
            work()
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    graph.replay()
    begin.record()
    for _ in range(REPLAYS):
        graph.replay()
    end.record()
    torch.cuda.synchronize()
    return begin.elapsed_time(end) * 1000 / CALLS / REPLAYS


def there_and_back(function, *inputs):
    """The function and its gradients."""
    leaves = [tensor.detach().requires_grad_() for tensor in inputs]
    upstream = torch.randn_like(function(*leaves))
    return lambda: torch.autograd.grad(function(*leaves), leaves, upstream)


def random(*sizes, dtype=torch.float32):
    return torch.randn(*sizes, device="cuda", dtype=dtype)


def small_kernels():
    tiny = random(16)
    yield "a kernel of nothing", lambda: tiny.add_(1)


def embeddings(tokens, longest):
    grad = random(tokens, WIDTH)
    for name, rows, limit in [("words", WORDS, 2000), ("positions", 512, longest)]:
        indices = torch.randint(limit, (tokens,), device="cuda")
        order, (unique, sizes) = indices.argsort(stable=True), indices.unique(return_counts=True)
        starts = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])

        def grouped(indices=order, starts=starts, unique=unique, rows=rows):
            sums = torch.segment_reduce(grad.index_select(0, indices), "sum", offsets=starts, axis=0, unsafe=True)
            # No two rows are the same, so that none have to be sorted.
            torch.use_deterministic_algorithms(False)
            copied = grad.new_zeros(rows, WIDTH).index_copy_(0, unique, sums)
            torch.use_deterministic_algorithms(True)
            return copied

        def plain(indices=indices, rows=rows):
            return torch.ops.aten.embedding_dense_backward(grad, indices, rows, -1, False)

        yield f"gradient of {name}, LibTorch's kernel", plain
        yield f"gradient of {name}, by groups", grouped


def attentions(tokens, longest):
    for dtype in [torch.float32, torch.bfloat16]:
        heads = [random(ROWS, HEADS, longest, WIDTH // HEADS, dtype=dtype) for _ in range(3)]
        bias = torch.zeros(ROWS, 1, 1, longest, device="cuda", dtype=dtype).expand(-1, HEADS, longest, -1)

        def composed(query, key, value, bias=bias):
            scores = torch.matmul(query, key.transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5 + bias
            return torch.matmul(F.dropout(scores.softmax(-1), P), value)

        def fused(query, key, value, bias=bias):
            return F.scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=P)

        yield f"attention on padded rows, operations, {dtype}", there_and_back(composed, *heads)
        yield f"attention on padded rows, memory-efficient, {dtype}", there_and_back(fused, *heads)
    packed = [random(tokens, HEADS, WIDTH // HEADS, dtype=torch.bfloat16) for _ in range(3)]
    starts = torch.linspace(0, tokens, ROWS + 1, device="cuda").to(torch.int32)

    def flash():
        return torch.ops.aten._flash_attention_forward(*packed, starts, starts, longest, longest, P, False, False)

    out, sums, state, unused, _ = flash()
    yield "attention on packed rows, FlashAttention, forward", flash
    yield "attention on packed rows, FlashAttention, backward", lambda: torch.ops.aten._flash_attention_backward(
        out, *packed, out, sums, starts, starts, longest, longest, P, False, state, unused
    )


def layers(tokens, _longest):
    for dtype in [torch.float32, torch.bfloat16]:
        hidden, wide = random(tokens, WIDTH, dtype=dtype), random(tokens, 4 * WIDTH, dtype=dtype)
        scale, shift = random(WIDTH, dtype=dtype), random(WIDTH, dtype=dtype)
        up, bias = random(4 * WIDTH, WIDTH, dtype=dtype), random(4 * WIDTH, dtype=dtype)
        ones = torch.ones(1, tokens, device="cuda", dtype=dtype)
        yield f"linear 256 to 1024, {dtype}", there_and_back(F.linear, hidden, up, bias)
        yield f"gradient of a bias, as a sum, {dtype}", lambda wide=wide: wide.sum(0)
        yield f"gradient of a bias, as a product, {dtype}", lambda wide=wide, ones=ones: ones @ wide
        yield f"layer norm, {dtype}", there_and_back(lambda x, a, b: F.layer_norm(x, (WIDTH,), a, b), hidden, scale, shift)
        yield f"GELU, {dtype}", there_and_back(F.gelu, wide)
        yield f"dropout, {dtype}", there_and_back(lambda x: F.dropout(x, P), hidden)
        yield f"sum with a residual, {dtype}", lambda hidden=hidden: hidden + hidden


def updates():
    sizes = [WORDS * WIDTH, 512 * WIDTH] + [WIDTH * WIDTH] * 16 + [4 * WIDTH * WIDTH] * 8 + [WIDTH] * 45
    parameters = [torch.nn.Parameter(random(size)) for size in sizes]
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    for name in ["fused", "foreach"]:
        optimizer = torch.optim.AdamW(parameters, lr=1e-5, capturable=True, **{name: True})
        yield f"AdamW of 11 million, {name}", optimizer.step
    yield "norm of all gradients", lambda: torch._foreach_norm([parameter.grad for parameter in parameters])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=2112)
    parser.add_argument("--longest", type=int, default=303)
    args = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, {args.tokens} tokens")
    parts = [*small_kernels()]
    for group in [embeddings, attentions, layers]:
        parts += group(args.tokens, args.longest)
    for name, work in [*parts, *updates()]:
        try:
            print(f"{microseconds(work):9.1f} µs  {name}", flush=True)
        except RuntimeError as error:
            print(f"        -     {name}: {str(error).splitlines()[0]}", flush=True)


if __name__ == "__main__":
    main()
