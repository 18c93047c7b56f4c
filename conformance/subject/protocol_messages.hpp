// The protocol's messages (protocol.md): typed requests to JSON, JSON answers to values.
#pragma once

#include "conformance/subject/subject.hpp"
#include "conformance/transport/number_text.hpp"
#include "conformance/transport/subject_process.hpp"

namespace plumbline::conformance {

/// Thrown for an answer that is JSON-RPC but not what the protocol asks for.
struct WrongAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

nlohmann::json numbers_message(const std::vector<double>& values, NumberStyle style);
nlohmann::json hyperparameters_message(const std::vector<NamedValue>& values, NumberStyle style);
/// The params of `optimizer/create`, and of `optimizer/minimize` but for its steps.
nlohmann::json create_message(const CreateRequest& request, NumberStyle style);

/// `answer` as one list of numbers a tensor, of the lengths wanted. Throws WrongAnswer.
Tensors read_tensors(const nlohmann::json& answer, std::string_view what,
                     const std::vector<std::size_t>& lengths);
/// What `optimizer/state` answered; what is not by parameter is left out. A tensor is as long
/// as its parameter, or, with `own_lengths`, as it happens to be.
StateRecord read_state(const nlohmann::json& answer, const std::vector<std::size_t>& lengths,
                       bool own_lengths);
/// The state in an answer to `optimizer/minimize`: under each name one list, of the point that
/// all parameters are. Throws WrongAnswer.
StateRecord read_point_state(const nlohmann::json& state);
SubjectDescription read_description(const nlohmann::json& result);
/// "decimal" or "hex", as `describe` answered. Throws SubjectUnusable.
NumberStyle read_number_style(const nlohmann::json& result);

/// A failed call as the end of a case.
Ended ended(const Reply& reply);

}  // namespace plumbline::conformance
