// Memory of large tensors on the CPU.
#pragma once

namespace qa {

/// Lets LibTorch take large blocks from one region that is kept, for the whole process. Does nothing where the system
/// has no such region to give.
void useLargeBlocks();

}  // namespace qa
