#include "conformance/subject/recording.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "conformance/subject/answering_objective.hpp"
#include "conformance/subject/flat_values.hpp"

namespace plumbline::conformance {
namespace {

/// Steps whose state is asked for: all of a short case; of a long one those near
/// checkpoints, since asking costs as much as the step itself.
bool wants_state(const Case& test_case, long step) {
  if (test_case.steps() <= 64) return true;
  return std::ranges::any_of(test_case.checkpoints, [&](long checkpoint) {
    return checkpoint - 2 <= step && step <= checkpoint + 1;
  });
}

/// One optimizer of the subject's, through one case.
class Run {
 public:
  Run(Subject& subject, const Case& test_case, const SubjectFormat& format)
      : subject_(subject), case_(test_case), format_(format) {}

  Recording recording;
  bool going() const { return recording.outcome == Outcome::ran; }

  void create() {
    auto created = subject_.create(create_request(case_, format_));
    if (!accept(created.ended())) return;
    handle_ = created->handle;
    recording.evaluate_at_start = std::move(created->evaluate_at);
    if (wants_state(case_, 0)) recording.state_at_start = ask_state();
  }

  void step(long number) {
    auto stepped = subject_.step(*handle_, step_request(case_, number));
    if (!accept(stepped.ended())) return;
    StepRecord record{std::move(stepped->parameters), std::move(stepped->evaluate_at), {}};
    if (wants_state(case_, number)) record.state = ask_state();
    if (going()) recording.steps.push_back(std::move(record));
  }

  void close() {
    if (handle_) accept(subject_.close(*handle_));
  }

 private:
  Subject& subject_;
  const Case& case_;
  const SubjectFormat& format_;
  std::optional<OptimizerHandle> handle_;
  bool shows_state_ = true;

  bool accept(const Ended& ended) {
    if (ended.outcome == Outcome::ran) return true;
    static_cast<Ended&>(recording) = ended;
    return false;
  }

  std::optional<StateRecord> ask_state() {
    if (!shows_state_) return std::nullopt;
    auto state = subject_.state(*handle_);
    if (state.ended().outcome == Outcome::unsupported) {
      shows_state_ = false;
      return std::nullopt;
    }
    if (!accept(state.ended())) return std::nullopt;
    return std::move(*state);
  }
};

}  // namespace

CreateRequest create_request(const Case& test_case, const SubjectFormat& format) {
  const Rule& rule = *test_case.rule;
  CreateRequest request{
      .rule = std::string(rule.name),
      .format = format.name,
      .hyperparameters = named_values(rule.hyperparameters, test_case.hyperparameters),
      .parameters = {},
      .draws = test_case.draws};
  for (const CaseParameter& parameter : test_case.parameters) {
    request.parameters.push_back(
        {parameter.name, parameter.shape, parameter.initial, parameter.format, parameter.group});
  }
  for (const auto& group : test_case.groups) {
    std::vector<NamedValue> overrides = named_values(rule.hyperparameters, group);
    // Neutral in the group but not outside it: that must be said.
    for (std::size_t index = 0; index < group.size(); ++index) {
      const Hyperparameter& hyperparameter = rule.hyperparameters[index];
      if (group[index] == hyperparameter.neutral &&
          group[index] != test_case.hyperparameters[index]) {
        overrides.push_back({std::string(hyperparameter.name), group[index], hyperparameter.kind});
      }
    }
    request.groups.push_back(std::move(overrides));
  }
  return request;
}

StepRequest step_request(const Case& test_case, long step) {
  const auto at = static_cast<std::size_t>(step - 1);
  StepRequest request{.gradients = test_case.gradients[at]};
  if (test_case.changes_rate(step)) request.learning_rate = test_case.learning_rates[at];
  return request;
}

namespace {

/// To the bit, NaN like NaN.
bool same_bits(std::span<const double> one, std::span<const double> other) {
  return std::ranges::equal(one, other, [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
           (std::isnan(a) && std::isnan(b));
  });
}

bool same_run(const StepRecord& one, const StepRecord& other) {
  const auto same_tensors = [](const auto& left, const auto& right) {
    return std::ranges::equal(left, right, [](const auto& a, const auto& b) {
      return a.first == b.first && same_bits(a.second.front().value(), b.second.front().value());
    });
  };
  return same_bits(flat(one.parameters), flat(other.parameters)) && one.state && other.state &&
         same_tensors(*one.state, *other.state) &&
         std::ranges::equal(one.asked, other.asked,
                            [](const AskedObjective& a, const AskedObjective& b) {
                              return same_bits(a.point, b.point);
                            });
}

/// Runs of one step, of two, and so on: where each ends is where the subject is after as
/// many steps.
Recording record_on_objective(Subject& subject, const Case& test_case,
                              const SubjectFormat& format) {
  Recording recording;
  const CreateRequest request = create_request(test_case, format);
  const auto run = [&](long steps) -> std::optional<StepRecord> {
    StepRecord record{};
    auto minimized =
        subject.minimize(request, steps, answering(*test_case.objective, format, record.asked));
    if (!minimized.ok()) {
      static_cast<Ended&>(recording) = minimized.ended();
      return std::nullopt;
    }
    record.parameters = std::move(minimized->parameters);
    record.state = std::move(minimized->state);
    return record;
  };
  for (long steps = 1; steps <= test_case.steps(); ++steps) {
    auto record = run(steps);
    if (!record) break;
    recording.steps.push_back(std::move(*record));
  }
  if (recording.outcome == Outcome::ran && test_case.steps() > 1 && recording.steps.back().state) {
    const auto again = run(test_case.steps());
    recording.repeats = again && same_run(*again, recording.steps.back());
  }
  if (recording.outcome != Outcome::fault) subject.case_ended_well();
  return recording;
}

}  // namespace

Recording record(Subject& subject, const Case& test_case, const SubjectFormat& format) {
  subject.describe();
  if (test_case.objective != nullptr) return record_on_objective(subject, test_case, format);
  Run run(subject, test_case, format);
  std::optional<Run> beside;
  run.create();
  if (test_case.beside && run.going()) {
    beside.emplace(subject, *test_case.beside, format);
    beside->create();
  }
  // Two optimizers step in turn; if the second can't, neither tells anything.
  for (long step = 1; step <= test_case.steps() && run.going(); ++step) {
    if (beside && !beside->going()) break;
    run.step(step);
    if (beside && run.going() && step <= test_case.beside->steps()) beside->step(step);
  }
  if (run.going()) run.close();
  if (beside) {
    if (beside->going() && run.going()) beside->close();
    if (run.going() && !beside->going()) {
      static_cast<Ended&>(run.recording) = static_cast<const Ended&>(beside->recording);
    }
    run.recording.beside = std::make_unique<Recording>(std::move(beside->recording));
  }
  if (run.recording.outcome != Outcome::fault) subject.case_ended_well();
  return std::move(run.recording);
}

}  // namespace plumbline::conformance
