// One run of a subject program, and the harness's side of the subject protocol
// with it (protocol.md): requests out, replies in, every fault told and bounded.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/transport/bounded_json.hpp"
#include "conformance/transport/fault.hpp"
#include "conformance/transport/json_rpc.hpp"

namespace plumbline::conformance {

class ChildProcess;
struct Ending;

/// What a subject may take.
struct Limits {
  /// For one call: writing the request, the subject's work, reading the reply.
  std::chrono::milliseconds call{10000};
  /// From `shutdown` to the exit, both together.
  std::chrono::milliseconds shutdown{2000};
  /// The end of the whole run; no call lasts beyond it.
  std::optional<std::chrono::steady_clock::time_point> run_ends = std::nullopt;
  /// The longest line taken.
  std::size_t reply_bytes = std::size_t{64} << 20;
  /// What the JSON in a line may cost once it is parsed.
  JsonBounds json = {};
  /// How much of the end of standard error is kept.
  std::size_t stderr_tail_bytes = 8192;
};

/// What came of a call: a result, an error of the subject's own, or a fault.
struct Reply {
  nlohmann::json result;
  std::optional<RpcError> error;
  Fault fault = Fault::none;
  /// What was seen, on one printable line; empty when `ok`.
  std::string message;

  bool ok() const { return fault == Fault::none && !error; }
  /// The subject has no such rule, option, format or method: a verdict, no fault.
  bool unsupported() const { return error && (error->code == 1 || error->code == -32601); }
  /// The subject rejects the values as invalid: a verdict, no fault.
  bool refused() const { return error && error->code == 2; }
};

/// Answers what a subject asks while a call runs (`objective/evaluate`): method
/// and params to result. It throws RequestRefused to answer with an error; any
/// other exception ends the call as a protocol fault with the exception's text.
/// It must not call the same subject.
using Answerer = std::function<nlohmann::json(const std::string&, const nlohmann::json&)>;

struct CallOptions {
  /// Instead of `Limits::call`. The time that `answer` takes counts, too.
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;
  /// Without it a request of the subject's is a protocol fault.
  Answerer answer = nullptr;
};

/// A running subject. After the first fault it is killed with its whole process
/// group, and every further call gives the same fault at once: to go on, make a
/// new one. The destructor kills without ceremony; `shutdown` is the polite way.
/// An object belongs to one thread at a time; many may run side by side.
class SubjectProcess {
 public:
  /// Starts COMMAND: the program, looked up in PATH, and its arguments. If that
  /// fails, the first call says so.
  explicit SubjectProcess(std::vector<std::string> command, Limits limits = {});
  SubjectProcess(const SubjectProcess&) = delete;
  SubjectProcess& operator=(const SubjectProcess&) = delete;
  ~SubjectProcess();

  /// Calls METHOD and waits for its reply. Null PARAMS are left out. Throws only
  /// if PARAMS can't be written as JSON (ill-formed UTF-8).
  Reply call(std::string_view method, nlohmann::json params, const CallOptions& options = {});

  /// Asks the subject to end, and sees that it answers null and exits with 0 in
  /// time; else kills it. The reply is `ok` if all went cleanly.
  Reply shutdown();

  /// The subject runs, and no fault was seen.
  bool alive() const;

  /// The end of what the subject wrote to standard error, also after its death:
  /// valid UTF-8, control characters but line feed and tab made visible.
  std::string stderr_tail() const;

 private:
  using Clock = std::chrono::steady_clock;
  class Deadline;

  Reply exchange(std::string_view method, nlohmann::json params, const Answerer& answer,
                 const Deadline& deadline);
  std::optional<Reply> check_silence(std::string_view method);
  std::optional<std::string> await_line(const Deadline& deadline);
  Reply interpret(std::uint64_t id, std::string_view method, Message message);
  std::optional<Reply> answer_request(const Message& request, std::string_view method,
                                      const Answerer& answer);

  Ending bury();
  Reply fail(Fault fault, std::string message);
  Reply fail_ended(std::string_view when);
  Reply diagnose_silence(std::string_view method, const Deadline& deadline);

  Limits limits_;
  std::unique_ptr<ChildProcess> child_;
  std::uint64_t last_id_ = 0;
  std::string stderr_tail_;
  std::optional<Reply> failure_;
};

}  // namespace plumbline::conformance
