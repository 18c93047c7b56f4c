// A plugin's shared library, loaded and its table checked.
#pragma once

#include <cfenv>
#include <mutex>
#include <string>

#include "conformance/plugin/plumbline_subject_v1.h"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// Stays loaded until the process ends: the run-time systems of some languages can't be
/// unloaded.
class PluginLibrary {
 public:
  /// `path` is of a file. Throws SubjectUnusable, saying why the library can't be used.
  explicit PluginLibrary(const std::string& path);

  /// Methods that the plugin lacks are null, also those that its version did not know.
  const plumbline_subject_table& table() const { return table_; }
  const SubjectDescription& description() const { return description_; }

  /// The caller's turn to call into the library, where that is one thread at a time.
  std::unique_lock<std::mutex> turn();

  /// The floating-point environment as loading left it: a library built with fast-math
  /// makes its process flush subnormals.
  const std::fenv_t& environment() const { return environment_; }

 private:
  plumbline_subject_table table_{};
  SubjectDescription description_;
  std::mutex mutex_;
  std::fenv_t environment_{};
};

}  // namespace plumbline::conformance
