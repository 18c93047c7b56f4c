// What an adapter in this process is made from: the task, with its hyperparameters by name.
//
// Nothing that the harness asks for is ignored. A hyperparameter that an adapter does not
// ask for by name makes the case `unsupported`, and so do parameter groups or formats that
// differ where the adapter reads only what is common to all.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

/// Ends the call at hand: the library has no place for what was asked. A verdict, not a
/// fault.
[[noreturn]] void unsupported(const std::string& what);
/// Ends the call at hand: the library rejects the values as invalid.
[[noreturn]] void refused(const std::string& why);

/// Hyperparameters by the catalogue's names. One that is asked for with a neutral value
/// may be absent, since the harness leaves out what is neutral; without one it is
/// required, and its absence is `unsupported`.
class Hyperparameters {
 public:
  /// `overrides` replace the values of the same name.
  explicit Hyperparameters(const std::vector<NamedValue>& values,
                           const std::vector<NamedValue>& overrides = {});

  double number(std::string_view name) const;
  double number(std::string_view name, double neutral) const;
  /// A whole number; `unsupported` where the value is none.
  long count(std::string_view name) const;
  long count(std::string_view name, long neutral) const;
  /// 0 or 1; `unsupported` for another value.
  bool flag(std::string_view name, bool neutral = false) const;

  /// Whether it was sent. Does not count as asking for it.
  bool given(std::string_view name) const;

  /// `unsupported`, with their names, when there are some that nobody asked for.
  void check_all_asked() const;

 private:
  std::vector<NamedValue> values_;
  mutable std::set<std::string, std::less<>> asked_;

  const double* find(std::string_view name) const;
  double required(std::string_view name) const;
};

/// One parameter of a task.
struct TaskParameter {
  std::string name;
  std::vector<long> shape;                           ///< [] is a scalar; a size may be 0
  std::vector<double> values;                        ///< row-major, exact in the format
  std::string format;                                ///< "binary32", ...: that of this parameter
  const Hyperparameters* hyperparameters = nullptr;  ///< its group's, or those of all

  /// The values in the optimizer's own type, in which they are exact.
  template <class Value>
  std::vector<Value> values_as() const {
    std::vector<Value> converted;
    converted.reserve(values.size());
    for (const double value : values) converted.push_back(static_cast<Value>(value));
    return converted;
  }
};

/// What an optimizer is made for.
class OptimizerTask {
 public:
  explicit OptimizerTask(const CreateRequest& request);
  OptimizerTask(const OptimizerTask&) = delete;
  OptimizerTask& operator=(const OptimizerTask&) = delete;

  const std::string& rule() const { return rule_; }
  const std::vector<TaskParameter>& parameters() const { return parameters_; }

  /// Those of all parameters; `unsupported` where groups differ in them. An adapter that
  /// serves groups reads each parameter's own.
  const Hyperparameters& hyperparameters() const;
  /// Those before any group's overrides. Asking them counts for parameters in no group.
  const Hyperparameters& defaults() const { return defaults_; }
  /// That of all parameters; `unsupported` where they differ in it.
  const std::string& format() const;

  /// The start of every parameter: [parameter][element].
  template <class Value>
  std::vector<std::vector<Value>> start() const {
    std::vector<std::vector<Value>> start;
    for (const TaskParameter& parameter : parameters_) {
      start.push_back(parameter.values_as<Value>());
    }
    return start;
  }

  void check_all_asked() const;

 private:
  std::string rule_;
  std::string format_;
  Hyperparameters defaults_;
  std::vector<std::unique_ptr<Hyperparameters>> groups_;  // null: the defaults
  std::vector<TaskParameter> parameters_;

  /// Those of the groups in use, each once.
  std::vector<const Hyperparameters*> in_use() const;
};

/// What a schedule is made for.
struct ScheduleTask {
  Hyperparameters hyperparameters;
  /// `sequential`: it will be asked for every step from 0 on, in order.
  Access access = Access::sequential;
};

/// What a clipping is made for.
struct ClippingTask {
  Hyperparameters hyperparameters;
  std::string format;
  std::vector<std::vector<long>> shapes;  ///< of each gradient
  Tensors parameters = {};                ///< where the clipping wants them; else empty
};

}  // namespace plumbline::conformance
