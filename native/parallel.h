// Work on all of LibTorch's threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

namespace qa {

/// Calls compute(thread) once for each of [0, threads), on LibTorch's threads. Not at::parallel_for: its loop is compiled into who
/// calls it, and would be serial here, or have OpenMP threads of its own beside LibTorch's. A TensorIterator's loop lies in
/// LibTorch: it goes over the numbers 0 … threads - 1.
template <typename Compute>
void onThreads(int64_t threads, Compute compute) {
  std::vector<int64_t> numbers(static_cast<size_t>(threads));
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto tensor = at::from_blob(numbers.data(), {threads}, at::kLong);
  auto iterator = at::TensorIteratorConfig()
                      .check_all_same_dtype(false)
                      .resize_outputs(false)
                      .declare_static_shape(tensor.sizes())
                      .add_output(tensor)
                      .build();
  iterator.for_each(
      [&](char** data, const int64_t*, int64_t inner, int64_t outer) {
        const auto begin = *reinterpret_cast<const int64_t*>(data[0]);
        for (auto thread = begin; thread < begin + inner * outer; ++thread) compute(thread);
      },
      1);
}

/// Parts of a loop that a thread is to compute.
struct alignas(64) Share {
  std::atomic<int64_t> next;
  int64_t end;
};

/// Parts of each thread's share: the more, the more evenly they end.
constexpr int64_t kPartsOfShare = 32;

/// Calls compute(begin, end) for parts of [0, count) that make it up, at least `grain` long, on LibTorch's threads. Each has a
/// share, the same in every loop as long as this one, since a core's cache may hold what it computed there before; when it
/// is done with it, it helps the others, as the machine seldom lets all of them go on equally fast.
template <typename Compute>
void parallelFor(int64_t count, int64_t grain, Compute compute) {
  if (count <= 0) return;
  const auto most = int64_t{at::get_num_threads()};
  const auto part = std::max<int64_t>({grain, (count - 1) / (most * kPartsOfShare) + 1, 1}), parts = (count - 1) / part + 1;
  const auto threads = std::min(most, parts);
  if (threads == 1) return compute(int64_t{0}, count);
  std::vector<Share> shares(static_cast<size_t>(threads));
  for (int64_t i = 0; i < threads; ++i) {
    auto& share = shares[static_cast<size_t>(i)];
    share.next = i * parts / threads;
    share.end = (i + 1) * parts / threads;
  }
  onThreads(threads, [&](int64_t thread) {
    for (int64_t i = 0; i < threads; ++i) {
      auto& share = shares[static_cast<size_t>((thread + i) % threads)];
      for (auto index = share.next++; index < share.end; index = share.next++) {
        compute(index * part, std::min((index + 1) * part, count));
      }
    }
  });
}

/// The same, for parts that begin at multiples of `piece`, and are `grain` pieces long or more.
template <typename Compute>
void parallelPieces(int64_t count, int64_t piece, int64_t grain, Compute compute) {
  parallelFor((count + piece - 1) / piece, grain,
              [&](int64_t begin, int64_t end) { compute(begin * piece, std::min(end * piece, count)); });
}

}  // namespace qa
