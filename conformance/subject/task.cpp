#include "conformance/subject/task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "reference/numbers/decimal_text.hpp"

namespace plumbline::conformance {
namespace {

[[noreturn]] void no_place_for(std::string_view name, double value) {
  unsupported(fmt::format("hyperparameter {} has no place for {}", name, shortest_decimal(value)));
}

long whole(std::string_view name, double value) {
  if (!(value == std::floor(value) && std::abs(value) <= 0x1p53)) no_place_for(name, value);
  return static_cast<long>(value);
}

}  // namespace

void unsupported(const std::string& what) {
  throw SubjectDeclined(Outcome::unsupported, what);
}

void refused(const std::string& why) {
  throw SubjectDeclined(Outcome::refused, why);
}

Hyperparameters::Hyperparameters(const std::vector<NamedValue>& values,
                                 const std::vector<NamedValue>& overrides)
    : values_(values) {
  for (const NamedValue& override_value : overrides) {
    const auto same = std::ranges::find(values_, override_value.name, &NamedValue::name);
    if (same == values_.end()) {
      values_.push_back(override_value);
    } else {
      *same = override_value;
    }
  }
}

const double* Hyperparameters::find(std::string_view name) const {
  asked_.emplace(name);
  const auto found = std::ranges::find(values_, name, &NamedValue::name);
  return found == values_.end() ? nullptr : &found->value;
}

double Hyperparameters::required(std::string_view name) const {
  const double* value = find(name);
  if (value == nullptr) unsupported(fmt::format("hyperparameter required: {}", name));
  return *value;
}

double Hyperparameters::number(std::string_view name) const {
  return required(name);
}

double Hyperparameters::number(std::string_view name, double neutral) const {
  const double* value = find(name);
  return value == nullptr ? neutral : *value;
}

long Hyperparameters::count(std::string_view name) const {
  return whole(name, required(name));
}

long Hyperparameters::count(std::string_view name, long neutral) const {
  const double* value = find(name);
  return value == nullptr ? neutral : whole(name, *value);
}

bool Hyperparameters::flag(std::string_view name, bool neutral) const {
  const double* value = find(name);
  if (value == nullptr) return neutral;
  if (*value != 0 && *value != 1) no_place_for(name, *value);
  return *value == 1;
}

bool Hyperparameters::given(std::string_view name) const {
  return std::ranges::find(values_, name, &NamedValue::name) != values_.end();
}

void Hyperparameters::check_all_asked() const {
  std::vector<std::string> ignored;
  for (const NamedValue& value : values_) {
    if (!asked_.contains(value.name)) ignored.push_back(value.name);
  }
  if (!ignored.empty()) {
    unsupported(fmt::format("hyperparameter without a place: {}", fmt::join(ignored, ", ")));
  }
}

OptimizerTask::OptimizerTask(const CreateRequest& request)
    : rule_(request.rule), format_(request.format), defaults_(request.hyperparameters) {
  for (const auto& overrides : request.groups) {
    groups_.push_back(overrides.empty()
                          ? nullptr
                          : std::make_unique<Hyperparameters>(request.hyperparameters, overrides));
  }
  for (const ParameterRequest& asked : request.parameters) {
    const Hyperparameters* own = asked.group ? groups_.at(*asked.group).get() : nullptr;
    parameters_.push_back({.name = asked.name,
                           .shape = asked.shape,
                           .values = asked.values,
                           .format = asked.format.empty() ? request.format : asked.format,
                           .hyperparameters = own == nullptr ? &defaults_ : own});
  }
}

std::vector<const Hyperparameters*> OptimizerTask::in_use() const {
  std::vector<const Hyperparameters*> used;
  for (const TaskParameter& parameter : parameters_) {
    if (std::ranges::find(used, parameter.hyperparameters) == used.end()) {
      used.push_back(parameter.hyperparameters);
    }
  }
  if (used.empty()) used.push_back(&defaults_);
  return used;
}

const Hyperparameters& OptimizerTask::hyperparameters() const {
  const auto used = in_use();
  if (used.size() > 1) unsupported("hyperparameters that differ by group");
  return *used.front();
}

const std::string& OptimizerTask::format() const {
  for (const TaskParameter& parameter : parameters_) {
    if (parameter.format != parameters_.front().format) {
      unsupported(fmt::format("parameters of different formats: {} and {}",
                              parameters_.front().format, parameter.format));
    }
  }
  return parameters_.empty() ? format_ : parameters_.front().format;
}

void OptimizerTask::check_all_asked() const {
  for (const Hyperparameters* used : in_use()) used->check_all_asked();
}

}  // namespace plumbline::conformance
