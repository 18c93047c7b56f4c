// Adapters: what a C++ type must have to be checked in this process.
//
// An optimizer's adapter is a type made for one case; `step` and `parameters` are enough:
//
//     struct MyAdapter {
//       using Value = float;  // the checks are then those of binary32; double: binary64
//
//       explicit MyAdapter(const OptimizerTask& task)
//           : parameters_(task.start<float>()),
//             optimizer_(task.hyperparameters().number("learning_rate")) {}
//
//       void step(const std::vector<std::vector<float>>& gradients) {
//         optimizer_.step(parameters_, gradients);
//       }
//       const std::vector<std::vector<float>>& parameters() const { return parameters_; }
//
//       std::vector<std::vector<float>> parameters_;
//       MyOptimizer optimizer_;
//     };
//
// It may have any of these beside; without one, what needs it is `unsupported`:
//
//     void step(const Gradients<Value>&)       in place of the other: a parameter that was
//                                              not used has no gradient (std::nullopt)
//     void set_learning_rate(double)           for the coming step and those after it
//     void set_loss(double)                    the objective's value at the coming step
//                                              (without this member it is dropped)
//     NumberRows evaluate_at()                 where the next gradient is wanted, if not at
//                                              the parameters
//     state()                                  a range of (name, rows): std::map<std::string,
//                                              std::vector<std::vector<Value>>>, by the
//                                              catalogue's names; a row may be a
//                                              std::optional
//     nlohmann::json save()                    all that has changed since it was made
//     void load(const nlohmann::json&)         called on a fresh one of the same task
//
//     static constexpr std::string_view rule        the rule, where `add` is not told it
//     static constexpr std::array formats           of std::string_view: the formats it
//                                                   serves, where Value does not say it
//     static constexpr std::string_view dialect     claimed: it will be checked
//     static constexpr bool flushes_subnormals      the arithmetic does that
//
// `unsupported(what)` and `refused(why)` may be called in any of them. An exception is an
// error of the subject, a wrong count of values a fault; neither ends the harness. What
// kills the process does: such an optimizer is better served by a program of its own
// (protocol_server.hpp).
#pragma once

#include <array>
#include <concepts>
#include <ranges>
#include <type_traits>

#include "conformance/subject/task.hpp"

namespace plumbline::conformance {

/// [parameter][element] in any ranges, of what converts to double.
template <class Rows>
concept NumberRows = std::ranges::input_range<Rows> &&
    std::ranges::input_range<std::ranges::range_reference_t<Rows>> &&
    requires(std::ranges::range_reference_t<std::ranges::range_reference_t<Rows>> element) {
  static_cast<double>(element);
};

/// One gradient a parameter; nothing where it has none in this step.
template <class Value>
using Gradients = std::vector<std::optional<std::vector<Value>>>;

template <class Adapter>
concept StepsWithMissingGradients = requires(Adapter& adapter,
                                             const Gradients<typename Adapter::Value>& gradients) {
  adapter.step(gradients);
};
template <class Adapter>
concept StepsWithAllGradients =
    requires(Adapter& adapter, const std::vector<std::vector<typename Adapter::Value>>& gradients) {
  adapter.step(gradients);
};

/// An optimizer that takes one step at a time.
template <class Adapter>
concept OptimizerAdapter = std::constructible_from<Adapter, const OptimizerTask&> &&
    (StepsWithMissingGradients<Adapter> ||
     StepsWithAllGradients<Adapter>)&&requires(Adapter& adapter) {
  { adapter.parameters() } -> NumberRows;
};

/// An optimizer that owns its loop: `minimize` takes `steps` steps (or stops before), asks
/// the objective for values and gradients, and gives the parameters at the end. It may have
/// `state()` as above, for where it ended; all parameters are one flat point then, and there
/// is one row a name.
template <class Adapter>
concept MinimizerAdapter = std::constructible_from<Adapter, const OptimizerTask&> &&
    requires(Adapter& adapter, long steps, const Objective& objective) {
  { adapter.minimize(steps, objective) } -> NumberRows;
};

/// A schedule: the learning rate used at a step, counted from 0. A task whose access is
/// sequential asks for every step from 0 on, in order.
template <class Adapter>
concept ScheduleAdapter = std::constructible_from<Adapter, const ScheduleTask&> &&
    requires(Adapter& adapter, long step) {
  { adapter.value_at(step) } -> std::convertible_to<double>;
};

/// A clipping: changes the gradients in place, and gives the norm before or nothing.
template <class Adapter>
concept ClippingAdapter = std::constructible_from<Adapter, const ClippingTask&> &&
    requires(Adapter& adapter, std::vector<std::vector<typename Adapter::Value>>& gradients) {
  adapter.clip(gradients);
};

/// The formats that an adapter serves: its `formats`, or the one of its Value.
template <class Adapter>
std::vector<std::string> formats_of_adapter() {
  if constexpr (requires { Adapter::formats; }) {
    return {std::ranges::begin(Adapter::formats), std::ranges::end(Adapter::formats)};
  } else {
    using Value = typename Adapter::Value;
    static_assert(std::is_same_v<Value, float> || std::is_same_v<Value, double>,
                  "an adapter whose Value is neither float nor double names its `formats`");
    return {std::is_same_v<Value, float> ? "binary32" : "binary64"};
  }
}

/// The dialect that an adapter claims to follow; empty: none.
template <class Adapter>
std::string dialect_of_adapter() {
  if constexpr (requires { Adapter::dialect; }) return std::string(Adapter::dialect);
  return {};
}

template <class Adapter>
constexpr bool adapter_flushes_subnormals() {
  if constexpr (requires { Adapter::flushes_subnormals; }) return Adapter::flushes_subnormals;
  return false;
}

/// Rows of an adapter's as the harness holds them. Counts are checked by the subject.
template <NumberRows Rows>
Tensors tensors_of(Rows&& rows) {
  Tensors tensors;
  for (auto&& row : rows) {
    std::vector<double>& tensor = tensors.emplace_back();
    for (auto&& element : row) tensor.push_back(static_cast<double>(element));
  }
  return tensors;
}

/// A row of an adapter's state; a std::optional that is empty is a parameter without it.
template <class Row>
std::optional<std::vector<double>> state_tensor(const Row& row) {
  if constexpr (requires { row.has_value(); }) {
    if (!row.has_value()) return std::nullopt;
    return state_tensor(*row);
  } else {
    std::vector<double> values;
    for (auto&& element : row) values.push_back(static_cast<double>(element));
    return values;
  }
}

/// What an adapter shows of its state; nothing where it has no state().
template <class Adapter>
std::optional<StateRecord> state_of_adapter(Adapter& adapter) {
  if constexpr (requires { adapter.state(); }) {
    StateRecord record;
    for (auto&& [name, rows] : adapter.state()) {
      auto& tensors = record[std::string(name)];
      for (auto&& row : rows) tensors.push_back(state_tensor(row));
    }
    return record;
  } else {
    return std::nullopt;
  }
}

/// An optimizer behind its adapter, by calls that every adapter has. What it lacks ends
/// with `unsupported`.
class AdaptedOptimizer {
 public:
  virtual ~AdaptedOptimizer() = default;
  virtual void step(const StepRequest& request) = 0;
  virtual Tensors parameters() = 0;
  virtual std::optional<Tensors> evaluate_at() = 0;
  virtual StateRecord state() = 0;
  virtual nlohmann::json save() = 0;
  virtual void load(const nlohmann::json& saved) = 0;
};

template <OptimizerAdapter Adapter>
class OptimizerOf final : public AdaptedOptimizer {
 public:
  explicit OptimizerOf(const OptimizerTask& task) : adapter_(task) {}

  void step(const StepRequest& request) override {
    if (request.learning_rate) set_learning_rate(*request.learning_rate);
    if constexpr (requires(double loss) { adapter_.set_loss(loss); }) {
      if (request.loss) adapter_.set_loss(*request.loss);
    }
    if constexpr (StepsWithMissingGradients<Adapter>) {
      Gradients<Value> gradients;
      for (const auto& gradient : request.gradients) {
        if (gradient) {
          gradients.emplace_back(to_values(*gradient));
        } else {
          gradients.emplace_back();
        }
      }
      adapter_.step(gradients);
    } else {
      std::vector<std::vector<Value>> gradients;
      for (const auto& gradient : request.gradients) {
        if (!gradient) unsupported("a parameter without a gradient");
        gradients.push_back(to_values(*gradient));
      }
      adapter_.step(gradients);
    }
  }

  Tensors parameters() override { return tensors_of(adapter_.parameters()); }

  std::optional<Tensors> evaluate_at() override {
    if constexpr (requires { tensors_of(adapter_.evaluate_at()); }) {
      return tensors_of(adapter_.evaluate_at());
    }
    return std::nullopt;
  }

  StateRecord state() override {
    auto shown = state_of_adapter(adapter_);
    if (!shown) unsupported("the state is not shown");
    return std::move(*shown);
  }

  nlohmann::json save() override {
    if constexpr (requires { nlohmann::json(adapter_.save()); }) {
      return adapter_.save();
    } else {
      unsupported("saving");
    }
  }

  void load(const nlohmann::json& saved) override {
    if constexpr (requires { adapter_.load(saved); }) {
      adapter_.load(saved);
    } else {
      unsupported("loading");
    }
  }

 private:
  using Value = typename Adapter::Value;
  Adapter adapter_;

  static std::vector<Value> to_values(const std::vector<double>& gradient) {
    std::vector<Value> converted;
    converted.reserve(gradient.size());
    for (const double value : gradient) converted.push_back(static_cast<Value>(value));
    return converted;
  }

  void set_learning_rate(double rate) {
    if constexpr (requires { adapter_.set_learning_rate(rate); }) {
      adapter_.set_learning_rate(rate);
    } else {
      unsupported("a learning rate that changes");
    }
  }
};

/// A clipping behind its adapter: the gradients are changed in place.
template <ClippingAdapter Adapter>
ClipAnswer clip_with(const ClippingTask& task, const Tensors& gradients) {
  using Value = typename Adapter::Value;
  std::vector<std::vector<Value>> clipped;
  for (const auto& gradient : gradients) {
    std::vector<Value>& converted = clipped.emplace_back();
    for (const double value : gradient) converted.push_back(static_cast<Value>(value));
  }
  Adapter adapter(task);
  std::optional<double> norm;
  if constexpr (std::is_void_v<decltype(adapter.clip(clipped))>) {
    adapter.clip(clipped);
  } else if constexpr (requires { adapter.clip(clipped).has_value(); }) {
    if (const auto given = adapter.clip(clipped)) norm = static_cast<double>(*given);
  } else {
    norm = static_cast<double>(adapter.clip(clipped));
  }
  return {tensors_of(clipped), norm};
}

}  // namespace plumbline::conformance
