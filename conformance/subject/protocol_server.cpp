#include "conformance/subject/protocol_server.hpp"

#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "conformance/subject/protocol_messages.hpp"
#include "conformance/transport/json_rpc.hpp"
#include "reference/numbers/format.hpp"

namespace plumbline::conformance {
namespace {

using nlohmann::json;

constexpr std::int64_t unsupported_code = 1;
constexpr std::int64_t refused_code = 2;
constexpr std::int64_t invalid_params = -32602;
constexpr std::int64_t failed = -32000;

[[noreturn]] void reject(const std::string& what) {
  throw RequestRefused(invalid_params, what);
}

const json& field(const json& params, const char* name) {
  const auto found = params.is_object() ? params.find(name) : params.end();
  if (!params.is_object() || found == params.end()) reject(fmt::format("\"{}\" is missing", name));
  return *found;
}

std::string required_text(const json& params, const char* name) {
  const json& value = field(params, name);
  if (!value.is_string()) reject(fmt::format("\"{}\" is not a string", name));
  return value.get<std::string>();
}

long whole_number(const json& value, std::string_view what) {
  if (!value.is_number_integer()) reject(fmt::format("{} is not a whole number", what));
  return value.get<long>();
}

double one_number(const json& value, std::string_view what) {
  try {
    return read_number(value);
  } catch (const std::runtime_error& wrong) {
    reject(fmt::format("{}: {}", what, wrong.what()));
  }
}

std::vector<double> number_list(const json& list, std::string_view what) {
  if (!list.is_array()) reject(fmt::format("{} is not a list of numbers", what));
  std::vector<double> values;
  for (const json& entry : list) values.push_back(one_number(entry, what));
  return values;
}

std::vector<long> shape_of(const json& entry) {
  std::vector<long> shape;
  const json& sizes = field(entry, "shape");
  if (!sizes.is_array()) reject("\"shape\" is not a list");
  for (const json& size : sizes) {
    shape.push_back(whole_number(size, "a size in \"shape\""));
    if (shape.back() < 0) reject("a size in \"shape\" is negative");
  }
  return shape;
}

/// The values of a tensor with its shape, which must agree.
std::vector<double> tensor_values(const json& entry, const std::vector<long>& shape,
                                  std::string_view name) {
  std::vector<double> values = number_list(field(entry, "values"), name);
  std::size_t count = 1;
  for (const long size : shape) count *= static_cast<std::size_t>(size);
  if (count != values.size()) reject(fmt::format("{}: shape and values do not agree", name));
  return values;
}

std::vector<NamedValue> hyperparameters_of(const json& params) {
  const json& object = field(params, "hyperparameters");
  if (!object.is_object()) reject("\"hyperparameters\" is not an object");
  std::vector<NamedValue> values;
  for (const auto& [name, value] : object.items()) {
    if (value.is_boolean()) {
      values.push_back({name, value.get<bool>() ? 1.0 : 0.0, Hyperparameter::Kind::boolean});
    } else {
      values.push_back({name, one_number(value, name)});
    }
  }
  return values;
}

std::string format_of(const json& params) {
  std::string name = required_text(params, "format");
  if (!find_format(name))
    throw RequestRefused(unsupported_code, fmt::format("no format \"{}\"", name));
  return name;
}

CreateRequest read_create(const json& params) {
  CreateRequest request{.rule = required_text(params, "rule"),
                        .format = format_of(params),
                        .hyperparameters = hyperparameters_of(params),
                        .parameters = {}};
  if (params.contains("groups")) {
    for (const json& group : params["groups"]) request.groups.push_back(hyperparameters_of(group));
  }
  for (const json& entry : field(params, "parameters")) {
    ParameterRequest parameter{
        .name = required_text(entry, "name"), .shape = shape_of(entry), .values = {}};
    parameter.values = tensor_values(entry, parameter.shape, parameter.name);
    if (entry.contains("format")) parameter.format = format_of(entry);
    if (entry.contains("group") && !entry["group"].is_null()) {
      const long group = whole_number(entry["group"], "\"group\"");
      if (group < 0 || group >= static_cast<long>(request.groups.size())) reject("no such group");
      parameter.group = static_cast<std::size_t>(group);
    }
    request.parameters.push_back(std::move(parameter));
  }
  return request;
}

ClipRequest read_clip(const json& params) {
  ClipRequest request{.clipping = required_text(params, "clipping"),
                      .format = format_of(params),
                      .hyperparameters = hyperparameters_of(params),
                      .shapes = {},
                      .gradients = {}};
  for (const json& entry : field(params, "gradients")) {
    request.shapes.push_back(shape_of(entry));
    request.gradients.push_back(tensor_values(entry, request.shapes.back(), "gradients"));
  }
  if (!params.contains("parameters")) return request;
  for (const json& entry : params["parameters"]) {
    const std::size_t index = request.parameters.size();
    const Shape shape = shape_of(entry);
    if (index >= request.shapes.size() || shape != request.shapes[index]) {
      reject("\"parameters\" have other shapes than \"gradients\"");
    }
    request.parameters.push_back(tensor_values(entry, shape, "parameters"));
  }
  if (request.parameters.size() != request.shapes.size()) {
    reject("\"parameters\" and \"gradients\" have different counts");
  }
  return request;
}

json write_numbers(const std::vector<double>& values) {
  return numbers_message(values, NumberStyle::decimal);
}

json write_tensors(const Tensors& tensors) {
  json list = json::array();
  for (const auto& tensor : tensors) list.push_back(write_numbers(tensor));
  return list;
}

json write_state(const StateRecord& state) {
  json result = json::object();
  for (const auto& [name, tensors] : state) {
    json list = json::array();
    for (const auto& tensor : tensors) list.push_back(tensor ? write_numbers(*tensor) : json());
    result[name] = std::move(list);
  }
  return result;
}

void refuse(const Ended& ended) {
  switch (ended.outcome) {
    case Outcome::ran:
      return;
    case Outcome::unsupported:
      throw RequestRefused(unsupported_code, ended.message);
    case Outcome::refused:
      throw RequestRefused(refused_code, ended.message);
    case Outcome::subject_error:
    case Outcome::fault:
      throw RequestRefused(failed, ended.message);
  }
}

/// The value of an answer, or the JSON-RPC error that says why there is none.
template <class Value>
Value take(Answer<Value> answer) {
  if (!answer.ok()) refuse(answer.ended());
  return std::move(*answer);
}

json describe(Subject& subject) {
  const SubjectDescription& description = subject.describe();
  json result{{"protocol", 1},
              {"name", description.name},
              {"version", description.version},
              {"claims", description.claims}};
  if (!description.language.empty()) result["language"] = description.language;
  if (description.flushes_subnormals) result["flushes_subnormals"] = true;
  return result;
}

}  // namespace

json ProtocolServer::handle(const std::string& method, const json& params) {
  if (method == "describe") return describe(subject_);
  if (method == "optimizer/create") {
    CreateRequest request = read_create(params);
    const CreatedOptimizer created = take(subject_.create(request));
    return keep(created, std::move(request));
  }
  if (method == "optimizer/step") return step(params);
  if (method == "optimizer/state") return write_state(take(subject_.state(handle_of(params))));
  if (method == "optimizer/save") return save(params);
  if (method == "optimizer/load") return load(params);
  if (method == "optimizer/minimize" && ask_) return minimize(params);
  if (method == "optimizer/close") {
    const OptimizerHandle handle = handle_of(params);
    refuse(subject_.close(handle));
    origins_.erase(handle);
    return nullptr;
  }
  if (method == "schedule/values") {
    ScheduleRequest request{.schedule = required_text(params, "schedule"),
                            .hyperparameters = hyperparameters_of(params),
                            .steps = {}};
    for (const json& step : field(params, "steps")) {
      request.steps.push_back(whole_number(step, "a step"));
    }
    if (required_text(params, "access") == "direct") request.access = Access::direct;
    return {{"values", write_numbers(take(subject_.schedule_values(request)))}};
  }
  if (method == "clip") {
    const ClipAnswer answer = take(subject_.clip(read_clip(params)));
    json result{{"gradients", write_tensors(answer.gradients)}};
    if (answer.norm) result["norm"] = write_number(*answer.norm, NumberStyle::decimal);
    return result;
  }
  if (method == "sample") {
    const json& replacement = field(params, "replacement");
    if (!replacement.is_boolean()) reject("\"replacement\" is not true or false");
    return {
        {"batches",
         take(subject_.sample(
             {whole_number(field(params, "population"), "\"population\""),
              whole_number(field(params, "batch_size"), "\"batch_size\""), replacement.get<bool>(),
              static_cast<std::uint64_t>(whole_number(field(params, "seed"), "\"seed\"")),
              whole_number(field(params, "batches"), "\"batches\"")}))}};
  }
  if (method == "initialize") {
    const long seed = whole_number(field(params, "seed"), "\"seed\"");
    return {{"values", write_numbers(take(subject_.initialize(
                           {.initialization = required_text(params, "initialization"),
                            .shape = shape_of(params),
                            .format = format_of(params),
                            .hyperparameters = hyperparameters_of(params),
                            .seed = static_cast<std::uint64_t>(seed)})))}};
  }
  if (method == "shutdown") return nullptr;
  throw RequestRefused(unsupported_code, fmt::format("no method \"{}\"", method));
}

OptimizerHandle ProtocolServer::handle_of(const json& params) const {
  const json& handle = field(params, "handle");
  if (!handle.is_number_integer() || !origins_.contains(handle.get<long>())) {
    reject("no such handle");
  }
  return handle.get<long>();
}

json ProtocolServer::keep(const CreatedOptimizer& created, CreateRequest origin) {
  json result{{"handle", created.handle}};
  if (created.evaluate_at) result["evaluate_at"] = write_tensors(*created.evaluate_at);
  origins_[created.handle] = std::move(origin);
  return result;
}

json ProtocolServer::step(const json& params) {
  const OptimizerHandle handle = handle_of(params);
  const std::vector<std::size_t> lengths = origins_.at(handle).lengths();
  const json& given = field(params, "gradients");
  if (!given.is_array() || given.size() != lengths.size()) {
    reject("\"gradients\": one for each parameter is wanted");
  }
  StepRequest request;
  for (std::size_t index = 0; index < given.size(); ++index) {
    if (given[index].is_null()) {
      request.gradients.emplace_back();
      continue;
    }
    request.gradients.emplace_back(number_list(given[index], "gradients"));
    if (request.gradients.back()->size() != lengths[index]) {
      reject("a gradient has the wrong length");
    }
  }
  if (params.contains("learning_rate")) {
    request.learning_rate = one_number(params["learning_rate"], "learning_rate");
  }
  if (params.contains("loss")) request.loss = one_number(params["loss"], "loss");
  const StepAnswer stepped = take(subject_.step(handle, request));
  json result{{"parameters", write_tensors(stepped.parameters)}};
  if (stepped.evaluate_at) result["evaluate_at"] = write_tensors(*stepped.evaluate_at);
  return result;
}

// A checkpoint carries what its optimizer was created with, so that it can be loaded by
// another process.
json ProtocolServer::save(const json& params) {
  const OptimizerHandle handle = handle_of(params);
  return {{"checkpoint",
           {{"created", create_message(origins_.at(handle), NumberStyle::decimal)},
            {"saved", take(subject_.save(handle))}}}};
}

json ProtocolServer::load(const json& params) {
  const json& checkpoint = field(params, "checkpoint");
  CreateRequest origin = read_create(field(checkpoint, "created"));
  const CreatedOptimizer created = take(subject_.load(field(checkpoint, "saved"), origin));
  return keep(created, std::move(origin));
}

json ProtocolServer::minimize(const json& params) {
  CreateRequest request = read_create(params);
  const long steps = whole_number(field(params, "steps"), "\"steps\"");
  if (params.contains("draws")) {
    for (const json& draws : field(params, "draws")) {
      request.draws.push_back(number_list(draws, "draws"));
    }
  }
  const Objective objective = [&](const Tensors& parameters, const Objective::Wants& want) {
    json question{{"parameters", write_tensors(parameters)}};
    if (!want.empty()) question["want"] = want;
    const json answer = ask_("objective/evaluate", question);
    Evaluation evaluation{one_number(field(answer, "value"), "the objective's value"),
                          read_tensors(field(answer, "gradients"), "gradients", request.lengths()),
                          {}};
    for (const std::string& name : want) {
      for (const json& row : field(answer, name.c_str())) {
        evaluation.wanted[name].push_back(number_list(row, name));
      }
    }
    return evaluation;
  };
  const MinimizeAnswer answer = take(subject_.minimize(request, steps, objective));
  json result{{"parameters", write_tensors(answer.parameters)}};
  if (answer.state) result["state"] = write_state(*answer.state);
  return result;
}

namespace {

/// The reply to one line; sets `leave` when the line asked the subject to go.
std::string reply_to(ProtocolServer& server, const std::string& line, bool& leave) {
  json id;
  try {
    const Message message = parse_message(line, JsonBounds{});
    id = message.id;
    if (!message.method) throw RequestRefused(-32600, "not a request");
    const json result = server.handle(*message.method, message.params);
    leave = *message.method == "shutdown";
    return result_line(id, result);
  } catch (const RequestRefused& refusal) {
    return error_line(id, {refusal.code, refusal.what()});
  } catch (const json::exception& wrong) {
    return error_line(id, {invalid_params, wrong.what()});
  } catch (const std::exception& failure) {
    return error_line(id, {-32700, failure.what()});
  }
}

}  // namespace

void serve(Subject& subject, std::istream& requests, std::ostream& replies) {
  std::uint64_t last_id = 0;
  const auto ask = [&](const std::string& method, json params) {
    replies << request_line(++last_id, method, std::move(params)) << std::flush;
    std::string line;
    if (!std::getline(requests, line)) throw std::runtime_error("the harness went away");
    Message reply = parse_message(line, JsonBounds{});
    if (reply.error && reply.error->code == unsupported_code) {
      throw SubjectDeclined(Outcome::unsupported, reply.error->message);
    }
    if (reply.error) throw std::runtime_error(reply.error->message);
    return std::move(reply.result);
  };
  ProtocolServer server(subject, ask);
  std::string line;
  bool leave = false;
  while (!leave && std::getline(requests, line)) {
    replies << reply_to(server, line, leave) << std::flush;
  }
}

}  // namespace plumbline::conformance
