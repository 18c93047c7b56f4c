#include "conformance/subject/protocol_subject.hpp"

#include <fmt/format.h>

#include "reference/catalogue.hpp"

namespace plumbline::conformance {
namespace {

/// A field that the answer to `method` must have. Throws WrongAnswer.
const nlohmann::json& answered_field(const nlohmann::json& result, std::string_view method,
                                     const char* name) {
  const auto found = result.is_object() ? result.find(name) : result.end();
  if (!result.is_object() || found == result.end()) {
    throw WrongAnswer(fmt::format("`{}` answered without {}", method, name));
  }
  return *found;
}

std::optional<Tensors> read_evaluate_at(const nlohmann::json& result,
                                        const std::vector<std::size_t>& lengths) {
  const auto point = result.find("evaluate_at");
  if (point == result.end() || point->is_null()) return std::nullopt;
  return read_tensors(*point, "evaluate_at", lengths);
}

std::vector<std::vector<long>> read_batches(const nlohmann::json& batches) {
  try {
    return batches.get<std::vector<std::vector<long>>>();
  } catch (const nlohmann::json::exception&) {
    throw WrongAnswer("`sample`: \"batches\" is not a list of lists of indices");
  }
}

}  // namespace

ProtocolSubject::ProtocolSubject(std::vector<std::string> command, Limits limits)
    : command_(std::move(command)), limits_(limits) {}

ProtocolSubject::~ProtocolSubject() = default;

const SubjectDescription& ProtocolSubject::describe() {
  if (process_ && process_->alive()) return description_;
  if (process_) stop_after_fault();
  if (restarts_in_a_row_ > most_restarts_in_a_row) {
    throw SubjectUnusable(fmt::format("the subject failed {} times in a row; the last time: {}",
                                      restarts_in_a_row_, last_failure_));
  }
  process_ = std::make_unique<SubjectProcess>(command_, limits_);
  const Reply reply = process_->call("describe", {{"protocol", 1}});
  if (!reply.ok()) {
    std::string message = fmt::format("the subject could not be run: {}", reply.message);
    const std::string tail = process_->stderr_tail();
    if (!tail.empty()) message += fmt::format("\nits standard error ends:\n{}", tail);
    throw SubjectUnusable(message);
  }
  description_ = read_description(reply.result);
  numbers_ = read_number_style(reply.result);
  return description_;
}

Reply ProtocolSubject::call(std::string_view method, nlohmann::json params,
                            const CallOptions& options) {
  describe();
  Reply reply = process_->call(method, std::move(params), options);
  if (reply.fault != Fault::none) {
    last_failure_ = reply.message;
    stop_after_fault();
  }
  return reply;
}

/// One call, its answer read by `read`, which throws WrongAnswer for what breaks the
/// protocol; the program is then stopped.
template <class Read>
auto ProtocolSubject::ask(std::string_view method, nlohmann::json params, Read&& read,
                          const CallOptions& options) -> Answer<decltype(read(nlohmann::json()))> {
  const Reply reply = call(method, std::move(params), options);
  if (!reply.ok()) return ended(reply);
  try {
    return read(reply.result);
  } catch (const WrongAnswer& wrong) {
    last_failure_ = wrong.what();
    stop_after_fault();
    return Ended{Outcome::fault, Fault::protocol, wrong.what()};
  }
}

void ProtocolSubject::stop_after_fault() {
  if (!process_) return;
  last_stderr_ = process_->stderr_tail();
  process_.reset();
  held_.clear();
  ++restarts_in_a_row_;
}

const ProtocolSubject::Held& ProtocolSubject::held(OptimizerHandle handle) const {
  static const Held nothing{};
  const auto found = held_.find(handle);
  return found == held_.end() ? nothing : found->second;
}

CreatedOptimizer ProtocolSubject::keep(const nlohmann::json& result, std::string_view method,
                                       const CreateRequest& request) {
  std::vector<std::size_t> lengths = request.lengths();
  const Rule* rule = find_rule(request.rule);
  const bool by_tensor = rule != nullptr && rule->unit != Unit::element;
  const nlohmann::json& handle = answered_field(result, method, "handle");
  CreatedOptimizer created{++last_handle_, read_evaluate_at(result, lengths)};
  held_[last_handle_] = {handle, std::move(lengths), by_tensor};
  return created;
}

Answer<CreatedOptimizer> ProtocolSubject::create(const CreateRequest& request) {
  describe();
  return ask(
      "optimizer/create", create_message(request, numbers_),
      [&](const nlohmann::json& result) { return keep(result, "optimizer/create", request); });
}

Answer<StepAnswer> ProtocolSubject::step(OptimizerHandle handle, const StepRequest& request) {
  nlohmann::json gradients = nlohmann::json::array();
  for (const auto& gradient : request.gradients) {
    gradients.push_back(gradient ? numbers_message(*gradient, numbers_) : nlohmann::json());
  }
  nlohmann::json params{{"handle", held(handle).handle}, {"gradients", std::move(gradients)}};
  if (request.learning_rate) {
    params["learning_rate"] = write_number(*request.learning_rate, numbers_);
  }
  if (request.loss) params["loss"] = write_number(*request.loss, numbers_);
  const std::vector<std::size_t> lengths = held(handle).lengths;
  return ask("optimizer/step", std::move(params), [&](const nlohmann::json& result) {
    return StepAnswer{
        read_tensors(answered_field(result, "optimizer/step", "parameters"), "parameters", lengths),
        read_evaluate_at(result, lengths)};
  });
}

Answer<StateRecord> ProtocolSubject::state(OptimizerHandle handle) {
  const Held& asked = held(handle);
  return ask("optimizer/state", {{"handle", asked.handle}}, [&](const nlohmann::json& result) {
    return read_state(result, asked.lengths, asked.by_tensor);
  });
}

Answer<nlohmann::json> ProtocolSubject::save(OptimizerHandle handle) {
  return ask("optimizer/save", {{"handle", held(handle).handle}},
             [](const nlohmann::json& result) -> nlohmann::json {
               return answered_field(result, "optimizer/save", "checkpoint");
             });
}

Answer<CreatedOptimizer> ProtocolSubject::load(const nlohmann::json& checkpoint,
                                               const CreateRequest& origin) {
  return ask("optimizer/load", {{"checkpoint", checkpoint}},
             [&](const nlohmann::json& result) { return keep(result, "optimizer/load", origin); });
}

Ended ProtocolSubject::close(OptimizerHandle handle) {
  const Reply reply = call("optimizer/close", {{"handle", held(handle).handle}});
  held_.erase(handle);
  return reply.ok() ? Ended{} : ended(reply);
}

namespace {

/// The names in `want`; throws RequestRefused where it is no list of names.
Objective::Wants wants_of(const nlohmann::json& asked) {
  if (!asked.is_object() || !asked.contains("want")) return {};
  const nlohmann::json& want = asked["want"];
  if (!want.is_array()) throw RequestRefused(-32602, "\"want\" is not a list");
  Objective::Wants names;
  for (const nlohmann::json& name : want) {
    if (!name.is_string()) throw RequestRefused(-32602, "\"want\" is a list of names");
    names.push_back(name.get<std::string>());
  }
  return names;
}

Evaluation evaluated(const Objective& objective, const Tensors& point,
                     const Objective::Wants& want) {
  try {
    return objective(point, want);
  } catch (const SubjectDeclined& declined) {
    throw RequestRefused(1, declined.what());
  }
}

}  // namespace

Answer<MinimizeAnswer> ProtocolSubject::minimize(const CreateRequest& request, long steps,
                                                 const Objective& objective) {
  describe();
  const std::vector<std::size_t> lengths = request.lengths();
  nlohmann::json params = create_message(request, numbers_);
  params["steps"] = steps;
  for (const auto& draws : request.draws) {
    params["draws"].push_back(numbers_message(draws, numbers_));
  }
  CallOptions options;
  options.answer = [&](const std::string& method, const nlohmann::json& asked) -> nlohmann::json {
    if (method != "objective/evaluate") {
      throw RequestRefused(1, fmt::format("no method \"{}\"", method));
    }
    const Tensors point = read_tensors(answered_field(asked, "objective/evaluate", "parameters"),
                                       "parameters", lengths);
    const Evaluation evaluation = evaluated(objective, point, wants_of(asked));
    nlohmann::json gradients = nlohmann::json::array();
    for (const auto& gradient : evaluation.gradients) {
      gradients.push_back(numbers_message(gradient, numbers_));
    }
    nlohmann::json result{{"value", write_number(evaluation.value, numbers_)},
                          {"gradients", std::move(gradients)}};
    for (const auto& [name, rows] : evaluation.wanted) {
      result[name] = nlohmann::json::array();
      for (const auto& row : rows) result[name].push_back(numbers_message(row, numbers_));
    }
    return result;
  };
  return ask(
      "optimizer/minimize", std::move(params),
      [&](const nlohmann::json& result) {
        MinimizeAnswer answer{read_tensors(
            answered_field(result, "optimizer/minimize", "parameters"), "parameters", lengths)};
        if (const auto state = result.find("state"); state != result.end() && !state->is_null()) {
          answer.state = read_point_state(*state);
        }
        return answer;
      },
      options);
}

Answer<std::vector<double>> ProtocolSubject::schedule_values(const ScheduleRequest& request) {
  describe();
  return ask("schedule/values",
             {{"schedule", request.schedule},
              {"hyperparameters", hyperparameters_message(request.hyperparameters, numbers_)},
              {"steps", request.steps},
              {"access", request.access == Access::sequential ? "sequential" : "direct"}},
             [&](const nlohmann::json& result) {
               const nlohmann::json& values = answered_field(result, "schedule/values", "values");
               return read_tensors(nlohmann::json::array({values}), "values",
                                   {request.steps.size()})[0];
             });
}

Answer<ClipAnswer> ProtocolSubject::clip(const ClipRequest& request) {
  describe();
  nlohmann::json gradients = nlohmann::json::array();
  std::vector<std::size_t> lengths;
  for (std::size_t index = 0; index < request.gradients.size(); ++index) {
    gradients.push_back({{"shape", request.shapes[index]},
                         {"values", numbers_message(request.gradients[index], numbers_)}});
    lengths.push_back(request.gradients[index].size());
  }
  nlohmann::json params{
      {"clipping", request.clipping},
      {"format", request.format},
      {"hyperparameters", hyperparameters_message(request.hyperparameters, numbers_)},
      {"gradients", std::move(gradients)}};
  for (std::size_t index = 0; index < request.parameters.size(); ++index) {
    params["parameters"].push_back(
        {{"shape", request.shapes[index]},
         {"values", numbers_message(request.parameters[index], numbers_)}});
  }
  return ask("clip", params, [&](const nlohmann::json& result) {
    ClipAnswer answer{
        read_tensors(answered_field(result, "clip", "gradients"), "gradients", lengths)};
    if (const auto norm = result.find("norm"); norm != result.end() && !norm->is_null()) {
      answer.norm = read_tensors({{*norm}}, "norm", {1})[0][0];
    }
    return answer;
  });
}

Answer<std::vector<std::vector<long>>> ProtocolSubject::sample(const SampleRequest& request) {
  return ask("sample",
             {{"population", request.population},
              {"batch_size", request.batch_size},
              {"replacement", request.replacement},
              {"seed", request.seed},
              {"batches", request.batches}},
             [](const nlohmann::json& result) {
               return read_batches(answered_field(result, "sample", "batches"));
             });
}

Answer<std::vector<double>> ProtocolSubject::initialize(const InitializeRequest& request) {
  describe();
  return ask("initialize",
             {{"initialization", request.initialization},
              {"shape", request.shape},
              {"format", request.format},
              {"hyperparameters", hyperparameters_message(request.hyperparameters, numbers_)},
              {"seed", request.seed}},
             [&](const nlohmann::json& result) {
               const nlohmann::json& values = answered_field(result, "initialize", "values");
               return read_tensors(nlohmann::json::array({values}), "values",
                                   {element_count(request.shape)})[0];
             });
}

std::string ProtocolSubject::shutdown() {
  if (!process_) return {};
  const Reply reply = process_->shutdown();
  last_stderr_ = process_->stderr_tail();
  process_.reset();
  held_.clear();
  return reply.ok() ? std::string() : reply.message;
}

std::string ProtocolSubject::stderr_tail() const {
  return process_ ? process_->stderr_tail() : last_stderr_;
}

}  // namespace plumbline::conformance
