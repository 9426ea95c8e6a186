// Work on all of LibTorch's threads.
#pragma once

#include <ATen/ATen.h>
#include <ATen/TensorIterator.h>

#include <algorithm>

namespace qa {

/// Calls compute(begin, end) for parts of [0, count) that make it up, at least `grain` long, on LibTorch's threads. Not
/// at::parallel_for: its loop is compiled into who calls it, and would be serial here, or have OpenMP threads of its own
/// beside LibTorch's. A TensorIterator's loop lies in LibTorch: it goes over the numbers 0 … count - 1.
template <typename Compute>
void parallelFor(int64_t count, int64_t grain, Compute compute) {
  auto numbers = at::arange(count, at::kLong);
  auto iterator = at::TensorIteratorConfig()
                      .check_all_same_dtype(false)
                      .resize_outputs(false)
                      .declare_static_shape(numbers.sizes())
                      .add_output(numbers)
                      .build();
  iterator.for_each(
      [&](char** data, const int64_t*, int64_t inner, int64_t outer) {
        const auto begin = *reinterpret_cast<const int64_t*>(data[0]);
        compute(begin, begin + inner * outer);
      },
      std::max<int64_t>(grain, 1));
}

/// The same, for parts that begin at multiples of `piece`, and are `grain` pieces long or more.
template <typename Compute>
void parallelPieces(int64_t count, int64_t piece, int64_t grain, Compute compute) {
  parallelFor((count + piece - 1) / piece, grain,
              [&](int64_t begin, int64_t end) { compute(begin * piece, std::min(end * piece, count)); });
}

}  // namespace qa
