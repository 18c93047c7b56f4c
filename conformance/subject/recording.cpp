#include "conformance/subject/recording.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::vector<std::size_t> lengths_of(const Case& test_case) {
  std::vector<std::size_t> lengths;
  for (const CaseParameter& parameter : test_case.parameters) {
    lengths.push_back(parameter.initial.size());
  }
  return lengths;
}

StateRecord read_state(const nlohmann::json& answer, const std::vector<std::size_t>& lengths) {
  if (!answer.is_object()) throw WrongAnswer("`optimizer/state` did not answer with an object");
  StateRecord record;
  for (const auto& [name, tensors] : answer.items()) {
    if (!tensors.is_array() || tensors.size() != lengths.size()) continue;  // not by parameter
    std::vector<std::optional<std::vector<double>>> values;
    for (std::size_t index = 0; index < lengths.size(); ++index) {
      if (tensors[index].is_null()) {
        values.emplace_back();
        continue;
      }
      values.push_back(read_tensors(nlohmann::json::array({tensors[index]}),
                                    fmt::format("state {}", name), {lengths[index]})[0]);
    }
    record.emplace(name, std::move(values));
  }
  return record;
}

/// One optimizer of the subject's, through one case.
class Run {
 public:
  Run(SubjectSession& session, const Case& test_case, const SubjectFormat& format)
      : session_(session), case_(test_case), format_(format), lengths_(lengths_of(test_case)) {}

  Recording recording;
  bool going() const { return recording.outcome == Outcome::ran; }

  void create() {
    guarded([&] {
      const Reply reply =
          session_.call("optimizer/create", create_message(session_, case_, format_));
      if (!accept(reply)) return;
      if (!reply.result.is_object() || !reply.result.contains("handle")) {
        throw WrongAnswer("`optimizer/create` answered without a handle");
      }
      handle_ = reply.result["handle"];
      if (const auto point = reply.result.find("evaluate_at");
          point != reply.result.end() && !point->is_null()) {
        recording.evaluate_at_start = read_tensors(*point, "evaluate_at", lengths_);
      }
      if (wants_state(case_, 0)) recording.state_at_start = ask_state();
    });
  }

  void step(long number) {
    guarded([&] {
      nlohmann::json gradients = nlohmann::json::array();
      for (const Gradient& gradient : case_.gradients[static_cast<std::size_t>(number - 1)]) {
        gradients.push_back(gradient ? session_.numbers(*gradient) : nlohmann::json());
      }
      nlohmann::json params{{"handle", handle_}, {"gradients", std::move(gradients)}};
      if (case_.changes_rate(number)) {
        params["learning_rate"] =
            session_.number(case_.learning_rates[static_cast<std::size_t>(number - 1)]);
      }
      const Reply reply = session_.call("optimizer/step", std::move(params));
      if (!accept(reply)) return;
      if (!reply.result.is_object() || !reply.result.contains("parameters")) {
        throw WrongAnswer("`optimizer/step` answered without parameters");
      }
      StepRecord record;
      record.parameters = read_tensors(reply.result["parameters"], "parameters", lengths_);
      if (const auto point = reply.result.find("evaluate_at");
          point != reply.result.end() && !point->is_null()) {
        record.evaluate_at = read_tensors(*point, "evaluate_at", lengths_);
      }
      if (wants_state(case_, number)) record.state = ask_state();
      if (going()) recording.steps.push_back(std::move(record));
    });
  }

  void close() {
    if (handle_.is_null()) return;
    guarded([&] { accept(session_.call("optimizer/close", {{"handle", handle_}})); });
  }

 private:
  SubjectSession& session_;
  const Case& case_;
  const SubjectFormat& format_;
  std::vector<std::size_t> lengths_;
  nlohmann::json handle_;
  bool shows_state_ = true;

  template <class Body>
  void guarded(Body&& body) {
    try {
      body();
    } catch (const WrongAnswer& wrong) {
      static_cast<Ended&>(recording) = {Outcome::fault, Fault::protocol, wrong.what()};
      session_.stop_after_fault();
    }
  }

  bool accept(const Reply& reply) {
    if (reply.ok()) return true;
    static_cast<Ended&>(recording) = ended(reply);
    return false;
  }

  std::optional<StateRecord> ask_state() {
    if (!shows_state_) return std::nullopt;
    const Reply reply = session_.call("optimizer/state", {{"handle", handle_}});
    if (reply.unsupported()) {
      shows_state_ = false;
      return std::nullopt;
    }
    if (!accept(reply)) return std::nullopt;
    return read_state(reply.result, lengths_);
  }
};

}  // namespace

Ended ended(const Reply& reply) {
  if (reply.fault != Fault::none) return {Outcome::fault, reply.fault, reply.message};
  if (reply.unsupported()) return {Outcome::unsupported, Fault::none, reply.message};
  if (reply.refused()) return {Outcome::refused, Fault::none, reply.message};
  return {Outcome::subject_error, Fault::none, reply.message};
}

namespace {

nlohmann::json hyperparameter_value(const SubjectSession& session,
                                    const Hyperparameter& hyperparameter, double value) {
  switch (hyperparameter.kind) {
    case Hyperparameter::Kind::boolean:
      return value != 0;
    case Hyperparameter::Kind::count:
      return static_cast<long>(value);
    case Hyperparameter::Kind::real:
      break;
  }
  return session.number(value);
}

}  // namespace

nlohmann::json hyperparameter_object(const SubjectSession& session,
                                     std::span<const Hyperparameter> description,
                                     std::span<const double> values) {
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t index = 0; index < description.size(); ++index) {
    const Hyperparameter& hyperparameter = description[index];
    if (hyperparameter.neutral && values[index] == *hyperparameter.neutral) continue;
    object[std::string(hyperparameter.name)] =
        hyperparameter_value(session, hyperparameter, values[index]);
  }
  return object;
}

nlohmann::json create_message(const SubjectSession& session, const Case& test_case,
                              const SubjectFormat& format) {
  const Rule& rule = *test_case.rule;
  nlohmann::json parameters = nlohmann::json::array();
  for (const CaseParameter& parameter : test_case.parameters) {
    nlohmann::json entry{{"name", parameter.name},
                         {"shape", parameter.shape},
                         {"values", session.numbers(parameter.initial)}};
    if (!parameter.format.empty()) entry["format"] = parameter.format;
    if (parameter.group) entry["group"] = *parameter.group;
    parameters.push_back(std::move(entry));
  }
  nlohmann::json message{{"rule", rule.name},
                         {"format", format.name},
                         {"hyperparameters", hyperparameter_object(session, rule.hyperparameters,
                                                                   test_case.hyperparameters)},
                         {"parameters", std::move(parameters)}};
  if (!test_case.groups.empty()) {
    message["groups"] = nlohmann::json::array();
    for (const auto& group : test_case.groups) {
      nlohmann::json overrides = hyperparameter_object(session, rule.hyperparameters, group);
      // Neutral in the group but not outside it: that must be said.
      for (std::size_t index = 0; index < group.size(); ++index) {
        if (group[index] != test_case.hyperparameters[index]) {
          overrides[std::string(rule.hyperparameters[index].name)] =
              hyperparameter_value(session, rule.hyperparameters[index], group[index]);
        }
      }
      message["groups"].push_back({{"hyperparameters", std::move(overrides)}});
    }
  }
  return message;
}

Tensors read_tensors(const nlohmann::json& answer, std::string_view what,
                     const std::vector<std::size_t>& lengths) {
  if (!answer.is_array()) throw WrongAnswer(fmt::format("{}: not a list of tensors", what));
  if (answer.size() != lengths.size()) {
    throw WrongAnswer(
        fmt::format("{}: {} tensors where {} were expected", what, answer.size(), lengths.size()));
  }
  Tensors tensors;
  for (std::size_t index = 0; index < lengths.size(); ++index) {
    const nlohmann::json& tensor = answer[index];
    if (!tensor.is_array() || tensor.size() != lengths[index]) {
      throw WrongAnswer(fmt::format("{}: tensor {} has {} values where {} were expected", what,
                                    index, tensor.is_array() ? tensor.size() : 0, lengths[index]));
    }
    std::vector<double> values;
    for (std::size_t element = 0; element < tensor.size(); ++element) {
      try {
        values.push_back(read_number(tensor[element]));
      } catch (const std::runtime_error& wrong) {
        throw WrongAnswer(
            fmt::format("{}: tensor {}, element {}: {}", what, index, element, wrong.what()));
      }
    }
    tensors.push_back(std::move(values));
  }
  return tensors;
}

Recording record(SubjectSession& session, const Case& test_case, const SubjectFormat& format) {
  session.describe();
  Run run(session, test_case, format);
  std::optional<Run> beside;
  run.create();
  if (test_case.beside && run.going()) {
    beside.emplace(session, *test_case.beside, format);
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
  if (run.recording.outcome != Outcome::fault) session.case_ended_well();
  return std::move(run.recording);
}

}  // namespace plumbline::conformance
