#include "conformance/subject/protocol_messages.hpp"

#include <fmt/format.h>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

/// A field of `describe` that must be a string; empty where it is missing.
std::string text_field(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (!found->is_string()) {
    throw SubjectUnusable(fmt::format("`describe`: \"{}\" is not a string", name));
  }
  return printable_line(found->get<std::string>());
}

nlohmann::json hyperparameter_value(const NamedValue& value, NumberStyle style) {
  switch (value.kind) {
    case Hyperparameter::Kind::boolean:
      return value.value != 0;
    case Hyperparameter::Kind::count:
      return static_cast<long>(value.value);
    case Hyperparameter::Kind::real:
      break;
  }
  return write_number(value.value, style);
}

}  // namespace

nlohmann::json numbers_message(const std::vector<double>& values, NumberStyle style) {
  nlohmann::json list = nlohmann::json::array();
  for (const double value : values) list.push_back(write_number(value, style));
  return list;
}

nlohmann::json hyperparameters_message(const std::vector<NamedValue>& values, NumberStyle style) {
  nlohmann::json object = nlohmann::json::object();
  for (const NamedValue& value : values) object[value.name] = hyperparameter_value(value, style);
  return object;
}

nlohmann::json create_message(const CreateRequest& request, NumberStyle style) {
  nlohmann::json parameters = nlohmann::json::array();
  for (const ParameterRequest& parameter : request.parameters) {
    nlohmann::json entry{{"name", parameter.name},
                         {"shape", parameter.shape},
                         {"values", numbers_message(parameter.values, style)}};
    if (!parameter.format.empty()) entry["format"] = parameter.format;
    if (parameter.group) entry["group"] = *parameter.group;
    parameters.push_back(std::move(entry));
  }
  nlohmann::json message{
      {"rule", request.rule},
      {"format", request.format},
      {"hyperparameters", hyperparameters_message(request.hyperparameters, style)},
      {"parameters", std::move(parameters)}};
  if (!request.groups.empty()) {
    message["groups"] = nlohmann::json::array();
    for (const auto& group : request.groups) {
      message["groups"].push_back({{"hyperparameters", hyperparameters_message(group, style)}});
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

StateRecord read_state(const nlohmann::json& answer, const std::vector<std::size_t>& lengths,
                       bool own_lengths) {
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
      const bool own = own_lengths && tensors[index].is_array();
      const std::size_t length = own ? tensors[index].size() : lengths[index];
      values.push_back(read_tensors(nlohmann::json::array({tensors[index]}),
                                    fmt::format("state {}", name), {length})[0]);
    }
    record.emplace(name, std::move(values));
  }
  return record;
}

StateRecord read_point_state(const nlohmann::json& state) {
  if (!state.is_object()) {
    throw WrongAnswer("`optimizer/minimize`: \"state\" is not an object");
  }
  StateRecord record;
  for (const auto& [name, tensors] : state.items()) {
    const bool one = tensors.is_array() && tensors.size() == 1 && tensors[0].is_array();
    const std::size_t length = one ? tensors[0].size() : 0;
    record[name] = {read_tensors(tensors, fmt::format("state {}", name), {length})[0]};
  }
  return record;
}

SubjectDescription read_description(const nlohmann::json& result) {
  if (!result.is_object()) throw SubjectUnusable("`describe` did not answer with an object");
  const auto protocol = result.find("protocol");
  if (protocol == result.end() || *protocol != 1) {
    throw SubjectUnusable("`describe`: the subject does not speak protocol 1");
  }
  SubjectDescription description;
  description.name = text_field(result, "name");
  description.version = text_field(result, "version");
  description.language = text_field(result, "language");
  if (description.name.empty()) throw SubjectUnusable("`describe`: the name is empty");
  if (description.version.empty()) throw SubjectUnusable("`describe`: the version is empty");
  if (const auto flushes = result.find("flushes_subnormals"); flushes != result.end()) {
    if (!flushes->is_boolean()) {
      throw SubjectUnusable("`describe`: \"flushes_subnormals\" is not true or false");
    }
    description.flushes_subnormals = flushes->get<bool>();
  }
  if (const auto claims = result.find("claims"); claims != result.end() && !claims->is_null()) {
    if (!claims->is_object()) throw SubjectUnusable("`describe`: \"claims\" is not an object");
    description.claims = *claims;
  }
  return description;
}

NumberStyle read_number_style(const nlohmann::json& result) {
  const std::string numbers = text_field(result, "numbers");
  if (numbers == "hex") return NumberStyle::hex;
  if (numbers.empty() || numbers == "decimal") return NumberStyle::decimal;
  throw SubjectUnusable("`describe`: \"numbers\" is neither \"hex\" nor \"decimal\"");
}

Ended ended(const Reply& reply) {
  if (reply.fault != Fault::none) return {Outcome::fault, reply.fault, reply.message};
  if (reply.unsupported()) return {Outcome::unsupported, Fault::none, reply.message};
  if (reply.refused()) return {Outcome::refused, Fault::none, reply.message};
  return {Outcome::subject_error, Fault::none, reply.message};
}

}  // namespace plumbline::conformance
