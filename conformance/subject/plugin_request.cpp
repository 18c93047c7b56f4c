#include "conformance/subject/plugin_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "conformance/subject/plugin_call.hpp"
#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

constexpr std::size_t longest_state_name = 200;
constexpr std::size_t largest_state_tensor = std::size_t{1} << 24;

std::int32_t kind_of(Hyperparameter::Kind kind) {
  switch (kind) {
    case Hyperparameter::Kind::boolean:
      return PLUMBLINE_BOOLEAN;
    case Hyperparameter::Kind::count:
      return PLUMBLINE_COUNT;
    case Hyperparameter::Kind::real:
      break;
  }
  return PLUMBLINE_REAL;
}

/// `base` with what a group sets otherwise.
std::vector<NamedValue> overridden(std::vector<NamedValue> base,
                                   const std::vector<NamedValue>& group) {
  for (const NamedValue& value : group) {
    const auto found = std::ranges::find(base, value.name, &NamedValue::name);
    if (found == base.end()) {
      base.push_back(value);
    } else {
      *found = value;
    }
  }
  return base;
}

}  // namespace

PluginHyperparameters::PluginHyperparameters(const std::vector<NamedValue>& values) {
  for (const NamedValue& value : values) {
    list_.push_back({value.name.c_str(), value.value, kind_of(value.kind), 0});
  }
}

const char* PluginHyperparameters::left_over() const {
  for (const plumbline_hyperparameter& hyperparameter : list_) {
    if (hyperparameter.taken == 0) return hyperparameter.name;
  }
  return nullptr;
}

// Group 0 holds what is set outside all groups; the request's own groups follow.
PluginCreateRequest::PluginCreateRequest(const CreateRequest& request) {
  values_of_groups_.push_back(request.hyperparameters);
  for (const auto& group : request.groups) {
    values_of_groups_.push_back(overridden(request.hyperparameters, group));
  }
  for (const auto& values : values_of_groups_) hyperparameters_.emplace_back(values);
  for (PluginHyperparameters& group : hyperparameters_) groups_.push_back(group.list());
  group_is_used_.assign(groups_.size(), false);

  for (const ParameterRequest& parameter : request.parameters) {
    const SubjectFormat format =
        format_for_plugin(parameter.format.empty() ? request.format : parameter.format);
    formats_.push_back(format.storage);
    shapes_.emplace_back(parameter.shape.begin(), parameter.shape.end());
    values_.emplace_back(format.storage, parameter.values);
    const std::size_t group = parameter.group ? *parameter.group + 1 : 0;
    group_is_used_.at(group) = true;
    parameters_.push_back({.name = parameter.name.c_str(),
                           .shape = shapes_.back().data(),
                           .dimensions = shapes_.back().size(),
                           .count = parameter.values.size(),
                           .format = plugin_format(format.storage),
                           .state_format = plugin_format(format.arithmetic),
                           .group = group,
                           .values = values_.back().data()});
  }
  request_ = {.rule = request.rule.c_str(),
              .parameters = parameters_.data(),
              .parameter_count = parameters_.size(),
              .groups = groups_.data(),
              .group_count = groups_.size()};
}

void PluginCreateRequest::check_after_call() const {
  require_intact(values_, "initial values");
  for (std::size_t group = 0; group < hyperparameters_.size(); ++group) {
    if (group_is_used_[group]) require_taken(hyperparameters_[group]);
  }
}

void require_taken(const PluginHyperparameters& hyperparameters) {
  const char* name = hyperparameters.left_over();
  if (name == nullptr) return;
  throw SubjectDeclined(Outcome::unsupported, fmt::format("the plugin did not take \"{}\"", name));
}

void require_intact(const std::vector<PluginArray>& arrays, std::string_view what) {
  for (std::size_t index = 0; index < arrays.size(); ++index) {
    if (arrays[index].intact()) continue;
    throw SubjectDeclined(
        Outcome::fault,
        fmt::format("the plugin wrote outside the {} of tensor {}, which has {} elements", what,
                    index, arrays[index].count()));
  }
}

std::string plugin_state_name(const plumbline_state_tensor& tensor) {
  const std::size_t length = strnlen(tensor.name, longest_state_name + 1);
  if (length > longest_state_name) plugin_fault("the name of a state tensor does not end");
  return printable_line(std::string_view(tensor.name, length), longest_state_name);
}

std::vector<double> plugin_state_values(const plumbline_state_tensor& tensor,
                                        const std::string& name) {
  if (tensor.count > largest_state_tensor) {
    plugin_fault(fmt::format("state `{}` has {} values", name, tensor.count));
  }
  if (tensor.data == nullptr && tensor.count > 0) {
    plugin_fault(fmt::format("state `{}` has {} values and no data", name, tensor.count));
  }
  auto values = read_plugin_elements(tensor.data, tensor.count, tensor.format);
  if (!values) plugin_fault(fmt::format("state `{}` is in no format: {}", name, tensor.format));
  return std::move(*values);
}

SubjectFormat format_for_plugin(const std::string& name) {
  const auto format = find_format(name);
  if (!format) {
    throw SubjectDeclined(Outcome::unsupported, fmt::format("no format \"{}\"", name));
  }
  return *format;
}

}  // namespace plumbline::conformance
