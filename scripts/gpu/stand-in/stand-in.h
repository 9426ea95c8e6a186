// A GPU that is none: what the parts of the stand-in know of each other. Its memory is the host's, and what is asked of a stream is
// done at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace standIn {

/// What was asked of a stream while it was captured, in that order.
struct Graph {
  std::vector<std::function<void()>> work;
};

bool isCapturing(const void* stream);

/// Where the stream is captured, the graph does this whenever it is launched. It may hold no tensor of the device: a graph does not.
void record(const void* stream, std::function<void()> work);

/// Does the work, and records it.
void perform(const void* stream, const std::function<void()>& work);

/// Counts what a stream is asked for; says it on stderr where STAND_IN_TRACE is set.
void note(const std::string& what, const void* stream);

/// A copy of the device's memory, and the way back to it. What was allocated since is left full of NaN: real work would not have
/// been done while it was captured.
using Memory = std::vector<std::pair<char*, std::vector<char>>>;
Memory copyMemory();
void restoreMemory(const Memory& memory);

}  // namespace standIn
