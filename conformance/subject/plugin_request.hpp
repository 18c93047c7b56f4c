// Requests as a plugin sees them: C structures over typed requests.
#pragma once

#include "conformance/plugin/plumbline_subject_v1.h"
#include "conformance/subject/plugin_array.hpp"
#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// Hyperparameters to be taken.
class PluginHyperparameters {
 public:
  /// The list refers to the names in `values`, which must outlive it.
  explicit PluginHyperparameters(const std::vector<NamedValue>& values);

  plumbline_hyperparameters list() { return {list_.data(), list_.size()}; }
  /// The first one that nobody took, or null.
  const char* left_over() const;

 private:
  std::vector<plumbline_hyperparameter> list_;
};

/// A CreateRequest, which must outlive it.
class PluginCreateRequest {
 public:
  /// Throws SubjectDeclined for a format that is not known.
  explicit PluginCreateRequest(const CreateRequest& request);
  PluginCreateRequest(const PluginCreateRequest&) = delete;
  PluginCreateRequest& operator=(const PluginCreateRequest&) = delete;

  const plumbline_create_request* get() const { return &request_; }
  /// Of values and gradients, a parameter each.
  const std::vector<FormatDescription>& formats() const { return formats_; }

  /// Throws SubjectDeclined where a hyperparameter of some parameter was not taken, or an
  /// array of values was written beyond.
  void check_after_call() const;

 private:
  std::vector<std::vector<NamedValue>> values_of_groups_;
  std::vector<PluginHyperparameters> hyperparameters_;
  std::vector<bool> group_is_used_;
  std::vector<FormatDescription> formats_;
  std::vector<std::vector<std::int64_t>> shapes_;
  std::vector<PluginArray> values_;
  std::vector<plumbline_parameter> parameters_;
  std::vector<plumbline_hyperparameters> groups_;
  plumbline_create_request request_{};
};

/// Throws SubjectDeclined (unsupported) where one was not taken.
void require_taken(const PluginHyperparameters& hyperparameters);
/// Throws SubjectDeclined (fault) where an array was written beyond; `what` names them.
void require_intact(const std::vector<PluginArray>& arrays, std::string_view what);

/// More of them are taken for a list that does not end.
constexpr std::size_t most_state_tensors = 64;

/// The name that a plugin gave to a state tensor, which may not end where it should. Throws
/// SubjectDeclined (fault).
std::string plugin_state_name(const plumbline_state_tensor& tensor);
/// What it holds, under that name. Throws SubjectDeclined (fault).
std::vector<double> plugin_state_values(const plumbline_state_tensor& tensor,
                                        const std::string& name);

/// The format named. Throws SubjectDeclined (unsupported).
SubjectFormat format_for_plugin(const std::string& name);

}  // namespace plumbline::conformance
