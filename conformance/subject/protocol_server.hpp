// Any subject behind the protocol: requests as JSON to typed calls, answers back.
//
// With it a subject of this process (the built-in one, a C++ type, a plugin) is a program
// that other harnesses can check.
#pragma once

#include "conformance/subject/subject.hpp"

namespace plumbline::conformance {

class ProtocolServer {
 public:
  /// Calls a method of the harness while a request of its is being served.
  using AskHarness = std::function<nlohmann::json(const std::string&, nlohmann::json)>;

  /// `ask` serves `optimizer/minimize`; without it that method is unsupported.
  explicit ProtocolServer(Subject& subject, AskHarness ask = nullptr)
      : subject_(subject), ask_(std::move(ask)) {}

  /// The result of a method. Throws RequestRefused (code 1 unsupported, 2 refused,
  /// -32602 for params that are not of the method's form, -32000 for the subject's own
  /// failures).
  nlohmann::json handle(const std::string& method, const nlohmann::json& params);

 private:
  Subject& subject_;
  AskHarness ask_;
  std::map<OptimizerHandle, CreateRequest> origins_;

  OptimizerHandle handle_of(const nlohmann::json& params) const;
  nlohmann::json keep(const CreatedOptimizer& created, CreateRequest origin);
  nlohmann::json step(const nlohmann::json& params);
  nlohmann::json save(const nlohmann::json& params);
  nlohmann::json load(const nlohmann::json& params);
  nlohmann::json minimize(const nlohmann::json& params);
};

/// Answers requests, a line each, until `shutdown` or the end of the input.
void serve(Subject& subject, std::istream& requests, std::ostream& replies);

}  // namespace plumbline::conformance
