// What a subject answered to a case, written down before anything is judged.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/cases/case.hpp"
#include "conformance/subject/session.hpp"

namespace plumbline::conformance {

/// Values of all parameters: [parameter][element].
using Tensors = std::vector<std::vector<double>>;
/// State by its standard name: [parameter], nothing where a parameter has none.
using StateRecord = std::map<std::string, std::vector<std::optional<std::vector<double>>>>;

struct StepRecord {
  Tensors parameters;
  std::optional<Tensors> evaluate_at;
  std::optional<StateRecord> state;
};

/// How a case ended on the subject's side.
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

struct Recording : Ended {
  std::optional<Tensors> evaluate_at_start;
  std::optional<StateRecord> state_at_start;
  std::vector<StepRecord> steps;
  std::unique_ptr<Recording> beside;  ///< of the second optimizer, where the case has one
};

/// Runs a case on the subject. Never throws for what the subject does, except
/// SubjectUnusable when it can't be used any more.
Recording record(SubjectSession& session, const Case& test_case, const SubjectFormat& format);

/// The message of `optimizer/create` for a case.
nlohmann::json create_message(const SubjectSession& session, const Case& test_case,
                              const SubjectFormat& format);

/// The hyperparameters that are sent: all but those at their neutral value.
nlohmann::json hyperparameter_object(const SubjectSession& session,
                                     std::span<const Hyperparameter> description,
                                     std::span<const double> values);

/// Thrown for an answer that is JSON-RPC but not what the protocol asks for.
struct WrongAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// `answer` as one list of numbers a tensor, of the lengths wanted. Throws WrongAnswer.
Tensors read_tensors(const nlohmann::json& answer, std::string_view what,
                     const std::vector<std::size_t>& lengths);

/// A failed call as the end of a case.
Ended ended(const Reply& reply);

}  // namespace plumbline::conformance
