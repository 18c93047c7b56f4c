// A subject over many cases: described once, started afresh after a fault.
//
// subject/ is the way to the implementation under test: asking it (session), feeding it
// a case and writing down its answers (recording), and the built-in one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conformance/transport/number_text.hpp"
#include "conformance/transport/subject_process.hpp"

namespace plumbline::conformance {

/// What a subject says of itself.
struct SubjectDescription {
  std::string name;
  std::string version;
  std::string language;
  NumberStyle numbers = NumberStyle::decimal;
  bool flushes_subnormals = false;
  nlohmann::json claims = nlohmann::json::object();
};

/// Thrown when the subject can't be started or described, or failed too often in a row.
struct SubjectUnusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class SubjectSession {
 public:
  static constexpr int most_restarts_in_a_row = 3;

  SubjectSession(std::vector<std::string> command, Limits limits);
  ~SubjectSession();

  /// Starts the subject where none runs, and asks it to describe itself.
  /// Throws SubjectUnusable.
  const SubjectDescription& describe();

  /// One call. A fault stops the process; the next call after describe() has a new one.
  Reply call(std::string_view method, nlohmann::json params);

  /// Says that what the subject answered breaks the protocol: it is stopped.
  void stop_after_fault();
  /// Says that a case came to its end, so that faults are no longer in a row.
  void case_ended_well() { restarts_in_a_row_ = 0; }

  nlohmann::json number(double value) const { return write_number(value, description_.numbers); }
  nlohmann::json numbers(const std::vector<double>& values) const;

  /// Asks the subject to leave; gives what was wrong with that, or nothing.
  std::string shutdown();
  std::string stderr_tail() const;

 private:
  std::vector<std::string> command_;
  Limits limits_;
  std::unique_ptr<SubjectProcess> process_;
  SubjectDescription description_;
  bool described_ = false;
  int restarts_in_a_row_ = 0;
  std::string last_failure_;
  std::string last_stderr_;
};

}  // namespace plumbline::conformance
