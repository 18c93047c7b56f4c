// How a subject breaks down.
#pragma once

#include <string_view>

namespace plumbline::conformance {

/// How a subject broke down, as opposed to an error that it reports itself.
enum class Fault { none, could_not_start, exited, killed_by_signal, timed_out, protocol };

/// "timed out": FAULT in words, for reports.
std::string_view fault_text(Fault fault);

}  // namespace plumbline::conformance
