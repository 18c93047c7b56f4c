// A subject behind the protocol: a program, described once, started afresh after a fault.
#pragma once

#include "conformance/subject/protocol_messages.hpp"

namespace plumbline::conformance {

class ProtocolSubject final : public Subject {
 public:
  static constexpr int most_restarts_in_a_row = 3;

  /// `command` starts the program: its name, looked up in PATH, and its arguments.
  ProtocolSubject(std::vector<std::string> command, Limits limits);
  ~ProtocolSubject() override;

  /// Starts the program where none runs, and asks it to describe itself.
  const SubjectDescription& describe() override;
  Answer<CreatedOptimizer> create(const CreateRequest& request) override;
  Answer<StepAnswer> step(OptimizerHandle handle, const StepRequest& request) override;
  Answer<StateRecord> state(OptimizerHandle handle) override;
  Answer<nlohmann::json> save(OptimizerHandle handle) override;
  Answer<CreatedOptimizer> load(const nlohmann::json& checkpoint,
                                const CreateRequest& origin) override;
  Ended close(OptimizerHandle handle) override;
  Answer<MinimizeAnswer> minimize(const CreateRequest& request, long steps,
                                  const Objective& objective) override;
  Answer<std::vector<double>> schedule_values(const ScheduleRequest& request) override;
  Answer<ClipAnswer> clip(const ClipRequest& request) override;
  Answer<std::vector<std::vector<long>>> sample(const SampleRequest& request) override;
  Answer<std::vector<double>> initialize(const InitializeRequest& request) override;

  void case_ended_well() override { restarts_in_a_row_ = 0; }
  std::string shutdown() override;
  std::string stderr_tail() const;

 private:
  /// An optimizer that the running program holds.
  struct Held {
    nlohmann::json handle;  ///< in the program's own words
    std::vector<std::size_t> lengths;
    bool by_tensor = false;  ///< a rule whose state need not have the parameter's size
  };

  std::vector<std::string> command_;
  Limits limits_;
  std::unique_ptr<SubjectProcess> process_;
  SubjectDescription description_;
  NumberStyle numbers_ = NumberStyle::decimal;
  int restarts_in_a_row_ = 0;
  std::string last_failure_;
  std::string last_stderr_;
  std::map<OptimizerHandle, Held> held_;
  OptimizerHandle last_handle_ = 0;

  void stop_after_fault();
  Reply call(std::string_view method, nlohmann::json params, const CallOptions& options = {});
  template <class Read>
  auto ask(std::string_view method, nlohmann::json params, Read&& read,
           const CallOptions& options = {}) -> Answer<decltype(read(nlohmann::json()))>;
  CreatedOptimizer keep(const nlohmann::json& result, std::string_view method,
                        const CreateRequest& request);
  const Held& held(OptimizerHandle handle) const;
};

}  // namespace plumbline::conformance
