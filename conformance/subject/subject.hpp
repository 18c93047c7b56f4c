// A subject: the implementation under test, as the rest of the harness sees it.
//
// subject/ is the way to the implementation under test. `Subject` has the protocol's
// methods (protocol.md) as typed calls; behind it stands a program that speaks the
// protocol (protocol_subject), a shared library (plugin_subject), a C++ type in this
// process (in_process), or the built-in one (builtin/). recording puts a case to a
// subject and writes down its answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "conformance/transport/fault.hpp"
#include "reference/schedule.hpp"

namespace plumbline::conformance {

/// Values of all parameters: [parameter][element].
using Tensors = std::vector<std::vector<double>>;
/// State by its standard name: [parameter], nothing where a parameter has none.
using StateRecord = std::map<std::string, std::vector<std::optional<std::vector<double>>>>;

/// What a subject says of itself.
struct SubjectDescription {
  std::string name;
  std::string version;
  std::string language;
  bool flushes_subnormals = false;
  nlohmann::json claims = nlohmann::json::object();
};

/// How a call or a case ended on the subject's side.
enum class Outcome {
  ran,
  unsupported,    ///< the subject has no place for something in it
  refused,        ///< the subject calls its values invalid
  subject_error,  ///< the subject reported an error of its own
  fault,          ///< it crashed, hung, or broke the protocol
};

struct Ended {
  Outcome outcome = Outcome::ran;
  Fault fault = Fault::none;
  std::string message;
};

/// What came of a call: a value, or how it ended without one.
template <class Value>
class Answer {
 public:
  Answer(Value value) : value_(std::move(value)) {}
  Answer(Ended ended) : ended_(std::move(ended)) {}

  bool ok() const { return value_.has_value(); }
  const Ended& ended() const { return ended_; }
  Value& operator*() { return *value_; }
  const Value& operator*() const { return *value_; }
  Value* operator->() { return &*value_; }
  const Value* operator->() const { return &*value_; }

 private:
  Ended ended_;
  std::optional<Value> value_;
};

/// A hyperparameter as it is sent: those at their neutral value are left out.
struct NamedValue {
  std::string name;
  double value = 0;
  Hyperparameter::Kind kind = Hyperparameter::Kind::real;
};

struct ParameterRequest {
  std::string name;
  std::vector<long> shape;     ///< [] is a scalar; a size may be 0
  std::vector<double> values;  ///< row-major, exact in the format
  std::string format = {};     ///< empty: that of the request
  std::optional<std::size_t> group = {};
};

struct CreateRequest {
  std::string rule;
  std::string format;  ///< as the protocol names it
  std::vector<NamedValue> hyperparameters;
  std::vector<ParameterRequest> parameters;
  std::vector<std::vector<NamedValue>> groups = {};  ///< overrides, by group
  /// The random numbers of each step, for rules that are given them: [step - 1][draw].
  std::vector<std::vector<double>> draws = {};

  /// Number of elements of each parameter.
  std::vector<std::size_t> lengths() const;
};

using OptimizerHandle = long;

struct CreatedOptimizer {
  OptimizerHandle handle = 0;
  std::optional<Tensors> evaluate_at = {};  ///< where the first gradient is wanted
};

struct StepRequest {
  std::vector<std::optional<std::vector<double>>> gradients;  ///< one for each parameter
  std::optional<double> learning_rate = {};                   ///< for this and later steps
  std::optional<double> loss = {};
};

struct StepAnswer {
  Tensors parameters;
  std::optional<Tensors> evaluate_at = {};
};

/// Where a subject's own loop ended.
struct MinimizeAnswer {
  Tensors parameters;
  /// What it shows of its state there. A rule that asks its objective has all parameters as one
  /// flat point: there is one tensor a name.
  std::optional<StateRecord> state = {};
};

/// Thrown by a subject that lives in this process, to end the call at hand: its rule,
/// option, format or method does not exist (`unsupported`), its values are invalid
/// (`refused`), or it failed (`subject_error`). `answered` turns it into an Ended.
struct SubjectDeclined : std::runtime_error {
  SubjectDeclined(Outcome what, const std::string& message)
      : std::runtime_error(message), outcome(what) {}
  Outcome outcome;
};

/// An objective's answer to a subject that owns the loop.
struct Evaluation {
  double value = 0;
  Tensors gradients;
  /// What was wanted besides, by its name, as rows over all parameters, flat: "hessian",
  /// "fisher", "residuals" (one row), "jacobian"; "layer_inputs" and
  /// "layer_output_gradients" have a row an example, the layers side by side.
  std::map<std::string, std::vector<std::vector<double>>> wanted = {};
};

/// What a subject that owns the loop calls. Throws SubjectDeclined (unsupported) where the
/// objective has not what is wanted.
class Objective {
 public:
  using Wants = std::vector<std::string>;

  template <class Function>
  requires(!std::is_same_v<std::remove_cvref_t<Function>, Objective>) Objective(Function function) {
    if constexpr (std::is_invocable_v<Function&, const Tensors&, const Wants&>) {
      evaluate_ = std::move(function);
    } else {
      evaluate_ = [function = std::move(function)](const Tensors& parameters, const Wants& want) {
        if (!want.empty()) {
          throw SubjectDeclined(Outcome::unsupported, "this objective has no " + want.front());
        }
        return function(parameters);
      };
    }
  }

  Evaluation operator()(const Tensors& parameters, const Wants& want = {}) const {
    return evaluate_(parameters, want);
  }

 private:
  std::function<Evaluation(const Tensors&, const Wants&)> evaluate_;
};

struct ScheduleRequest {
  std::string schedule;
  std::vector<NamedValue> hyperparameters;
  std::vector<long> steps;  ///< rising, from 0
  Access access = Access::sequential;
};

struct ClipRequest {
  std::string clipping;
  std::string format;
  std::vector<NamedValue> hyperparameters;
  std::vector<std::vector<long>> shapes;
  Tensors gradients;
  Tensors parameters = {};  ///< of the same shapes; empty where the clipping wants none
};

struct ClipAnswer {
  Tensors gradients;
  std::optional<double> norm = {};
};

struct SampleRequest {
  long population = 0;
  long batch_size = 0;
  bool replacement = false;
  std::uint64_t seed = 0;
  long batches = 0;
};

struct InitializeRequest {
  std::string initialization;
  std::vector<long> shape;
  std::string format;
  std::vector<NamedValue> hyperparameters;
  std::uint64_t seed = 0;
};

/// Thrown when the subject can't be used any more: it can't be started or described,
/// or failed too often in a row.
struct SubjectUnusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The implementation under test. No call throws for what the subject does, except
/// SubjectUnusable. Answers have the counts of values that were asked for. An object
/// belongs to one thread at a time.
class Subject {
 public:
  virtual ~Subject() = default;

  /// What the subject says of itself; starts it where none runs.
  virtual const SubjectDescription& describe() = 0;

  virtual Answer<CreatedOptimizer> create(const CreateRequest& request) = 0;
  virtual Answer<StepAnswer> step(OptimizerHandle handle, const StepRequest& request) = 0;
  virtual Answer<StateRecord> state(OptimizerHandle handle) = 0;
  /// The checkpoint, in a form that is the subject's own.
  virtual Answer<nlohmann::json> save(OptimizerHandle handle) = 0;
  /// An optimizer that goes on as if never stopped; `origin` is what the saved one was
  /// created with.
  virtual Answer<CreatedOptimizer> load(const nlohmann::json& checkpoint,
                                        const CreateRequest& origin) = 0;
  /// How closing ended: `ran` when all is well.
  virtual Ended close(OptimizerHandle handle) = 0;
  virtual Answer<MinimizeAnswer> minimize(const CreateRequest& request, long steps,
                                          const Objective& objective) = 0;
  virtual Answer<std::vector<double>> schedule_values(const ScheduleRequest& request) = 0;
  virtual Answer<ClipAnswer> clip(const ClipRequest& request) = 0;
  /// [batch][place]: indices into the population.
  virtual Answer<std::vector<std::vector<long>>> sample(const SampleRequest& request) = 0;
  /// A tensor of freshly drawn weights, flat. Subjects that came before the method have none.
  virtual Answer<std::vector<double>> initialize(const InitializeRequest&) {
    return Ended{Outcome::unsupported, Fault::none, "no method \"initialize\""};
  }

  /// Says that a case came to its end, so that faults are no longer in a row.
  virtual void case_ended_well() {}
  /// Asks the subject to leave; gives what was wrong with that, or nothing.
  virtual std::string shutdown() { return {}; }
};

/// Makes a subject of its own for each thread of a run.
using SubjectFactory = std::function<std::unique_ptr<Subject>()>;

/// Runs `body` and gives its value; SubjectDeclined and other exceptions of a subject in
/// this process become the end of the call.
template <class Body>
auto answered(Body&& body) -> Answer<decltype(body())> {
  try {
    return body();
  } catch (const SubjectDeclined& declined) {
    return Ended{declined.outcome, Fault::none, declined.what()};
  } catch (const SubjectUnusable&) {
    throw;
  } catch (const std::exception& failure) {
    return Ended{Outcome::subject_error, Fault::none, failure.what()};
  }
}

/// The hyperparameters that are sent: all but those at their neutral value.
std::vector<NamedValue> named_values(std::span<const Hyperparameter> description,
                                     std::span<const double> values);

}  // namespace plumbline::conformance
