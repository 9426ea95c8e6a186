#include "row-gradient.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "parallel.h"
#include "row-sums.h"

namespace qa {
namespace {

using at::Tensor;

/// A token and the row that its gradient belongs to.
using Place = std::pair<int64_t, int64_t>;

/// By rows, and a row's tokens in their order.
std::vector<Place> placesOf(const Tensor& tokenRows, int64_t paddingIdx) {
  const auto* rows = tokenRows.const_data_ptr<int64_t>();
  std::vector<Place> places;
  places.reserve(static_cast<size_t>(tokenRows.numel()));
  for (int64_t token = 0; token < tokenRows.numel(); ++token) {
    if (rows[token] != paddingIdx) places.emplace_back(rows[token], token);
  }
  std::sort(places.begin(), places.end());
  return places;
}

/// Where each row's places begin, and where the last one's end.
std::vector<size_t> startsOf(const std::vector<Place>& places) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].first != places[i - 1].first) starts.push_back(i);
  }
  starts.push_back(places.size());
  return starts;
}

}  // namespace

RowGradient RowGradient::of(const Tensor& sparse) {
  const auto rows = sparse._indices()[0];
  const auto *first = rows.const_data_ptr<int64_t>(), *last = first + rows.numel();
  // LibTorch forgets that they are in order when it takes a gradient as it is.
  if (std::adjacent_find(first, last, std::greater_equal<>()) == last) return {rows, sparse._values().contiguous()};
  const auto summed = sparse.coalesce();
  return {summed._indices()[0], summed._values()};
}

RowGradient RowGradient::sum(const Tensor& tokenRows, const Tensor& grad, int64_t paddingIdx) {
  const auto places = placesOf(tokenRows, paddingIdx);
  const auto starts = startsOf(places);
  const auto count = static_cast<int64_t>(starts.size()) - 1, width = grad.size(1);
  const RowGradient result{at::empty({count}, at::kLong), at::empty({count, width}, grad.options())};
  auto* const rows = result.rows.mutable_data_ptr<int64_t>();
  auto* const values = result.values.mutable_data_ptr<float>();
  const auto* const numbers = grad.const_data_ptr<float>();
  parallelFor(count, 16, [&](int64_t begin, int64_t end) {
    for (auto index = begin; index < end; ++index) {
      const auto place = [&](size_t i) { return numbers + places[i].second * width; };
      const auto start = starts[static_cast<size_t>(index)], stop = starts[static_cast<size_t>(index) + 1];
      auto* const sum = values + index * width;
      rows[index] = places[start].first;
      std::copy_n(place(start), width, sum);
      for (auto i = start + 1; i < stop; ++i) addRows(place(i), width, 1, width, sum);
    }
  });
  return result;
}

Tensor RowGradient::sparse(int64_t count) const {
  return at::_sparse_coo_tensor_unsafe(rows.unsqueeze(0), values, {count, values.size(1)}, values.options().layout(at::kSparse),
                                       /*is_coalesced=*/true);
}

}  // namespace qa
