#pragma once

#include <ATen/core/Tensor.h>

namespace qa {

/// Where the tokens of packed rows are among padded ones, int64: `tokenAt` says for each position of the padded rows which token is
/// there, the number of tokens where there is none, and `places` for each token where it is.
struct Places {
  at::Tensor tokenAt, places;
};

/// Packed rows [tokens, width] as padded ones, with `fill` where there is no token.
at::Tensor unpackRows(const at::Tensor& packed, const Places& places, double fill);

/// The way back.
at::Tensor packRows(const at::Tensor& unpacked, const Places& places);

}  // namespace qa
