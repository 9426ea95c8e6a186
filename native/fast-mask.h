// Dropout masks that are drawn where they are applied, each way anew: see philox.h.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "row-dropout.h"

namespace qa {

/// A dropout's masks: those of one `key`, which differ from block to block.
class FastMask {
 public:
  /// Takes a key from the default generator, so that a seed determines all masks; none where `p` is 0.
  static FastMask draw(double p);
  FastMask(uint64_t key, double p);

  /// What a forward pass keeps, so that its backward draws the same masks.
  c10::IValue saved() const;
  explicit FastMask(const c10::IValue& saved);

  /// What is kept is multiplied by it.
  float scale() const { return scale_; }
  bool drops() const { return keep_ < 65536; }

  /// Blocks that `count` elements take.
  static int64_t blocks(int64_t count);

  /// Numbers in as many blocks.
  static int64_t count(int64_t blocks);

  /// Draws blocks from `first` on into `numbers`, where there is a dropout at all.
  RowDropout rows(int64_t first, int64_t blocks, uint16_t* numbers) const;

  /// The input, float32 or bfloat16, scaled, and 0 where it is dropped; with all threads.
  at::Tensor apply(const at::Tensor& input) const;

 private:
  uint64_t key_;
  /// Numbers below it are kept: a probability in steps of 1 / 65536. The scale is that of the rounded one.
  uint32_t keep_;
  float scale_;
};

}  // namespace qa
