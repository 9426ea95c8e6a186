"""What this machine's memory and matrix product reach, which no reader can beat; for scripts/bench.

    python limits.py --threads 2 --device cpu --shapes '[[4608, 256, 256]]'

prints {"float32_gflops": ..., "bfloat16_gflops": ..., "copy_gbps": ...}: of products the best one's, which are given as rows,
width in and width out.
"""

import argparse
import json
import time

import torch

COPY_BYTES = 256 * 2**20


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def best_seconds(work, device, repeats=10, enough=2.0):
    """The best of some, for a limit is what can be reached; of fewer where they have taken enough seconds."""
    best = float("inf")
    start = time.perf_counter()
    for repeat in range(repeats):
        if repeat > 0 and time.perf_counter() - start > enough:
            break
        synchronize(device)
        began = time.perf_counter()
        work()
        synchronize(device)
        best = min(best, time.perf_counter() - began)
    return best


def gflops(dtype, device, shapes):
    """The best shape's."""
    best = 0.0
    for rows, inner, columns in shapes:
        a = torch.randn(rows, inner, device=device).to(dtype)
        b = torch.randn(inner, columns, device=device).to(dtype)
        seconds = best_seconds(lambda: a @ b, device)
        best = max(best, 2e-9 * rows * inner * columns / seconds)
    return best


def copy_gbps(device):
    """Bytes read and written in a second."""
    source = torch.zeros(COPY_BYTES // 4, device=device)
    target = torch.empty_like(source)
    return 2e-9 * COPY_BYTES / best_seconds(lambda: target.copy_(source), device)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--shapes", type=json.loads, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    limits = {
        "float32_gflops": gflops(torch.float32, args.device, args.shapes),
        "bfloat16_gflops": gflops(torch.bfloat16, args.device, args.shapes),
        "copy_gbps": copy_gbps(args.device),
    }
    print(json.dumps(limits))


if __name__ == "__main__":
    main()
