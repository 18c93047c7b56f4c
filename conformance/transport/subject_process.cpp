#include "conformance/transport/subject_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "conformance/transport/child_process.hpp"
#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {
namespace {

// Between the moment a dying process loses its pipes and the moment it can be
// waited for, there is a gap; this long we wait for the exit code to show.
constexpr std::chrono::milliseconds gap_before_exit{1000};

std::string excerpt(std::string_view bytes) {
  return fmt::format("`{}`", printable_line(bytes));
}

Fault fault_of(const Ending& ending) {
  return ending.kind == Ending::Kind::killed_by_signal ? Fault::killed_by_signal : Fault::exited;
}

}  // namespace

// The earlier of a call's time and the run's, remembering which it is.
class SubjectProcess::Deadline {
 public:
  Deadline(std::chrono::milliseconds given, const Limits& limits)
      // Bounded, so that "forever" doesn't overflow the clock.
      : given_(std::min<std::chrono::milliseconds>(given, std::chrono::hours(24 * 365))),
        at_(Clock::now() + given_),
        is_of_run_(limits.run_ends && *limits.run_ends < at_) {
    if (is_of_run_) at_ = *limits.run_ends;
  }

  Clock::time_point at() const { return at_; }
  bool has_passed() const { return Clock::now() >= at_; }
  std::string text() const {
    return is_of_run_ ? "before the time for the whole run was up"
                      : fmt::format("within {} ms", given_.count());
  }

 private:
  std::chrono::milliseconds given_;
  Clock::time_point at_;
  bool is_of_run_;
};

std::string_view fault_text(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "no fault";
    case Fault::could_not_start:
      return "could not start";
    case Fault::exited:
      return "exited";
    case Fault::killed_by_signal:
      return "killed by a signal";
    case Fault::timed_out:
      return "timed out";
    case Fault::protocol:
      return "broke the protocol";
  }
  return "unknown fault";
}

SubjectProcess::SubjectProcess(std::vector<std::string> command, Limits limits)
    : limits_(std::move(limits)) {
  try {
    child_ = std::make_unique<ChildProcess>(
        command, ChildProcess::Room{limits_.reply_bytes, limits_.stderr_tail_bytes});
  } catch (const std::exception& error) {
    fail(Fault::could_not_start, error.what());
  }
}

SubjectProcess::~SubjectProcess() = default;

Reply SubjectProcess::call(std::string_view method, nlohmann::json params,
                           const CallOptions& options) {
  const Deadline deadline(options.timeout.value_or(limits_.call), limits_);
  return exchange(method, std::move(params), options.answer, deadline);
}

Reply SubjectProcess::exchange(std::string_view method, nlohmann::json params,
                               const Answerer& answer, const Deadline& deadline) {
  if (failure_) return *failure_;
  if (std::optional<Reply> noise = check_silence(method)) return *noise;
  const std::uint64_t id = last_id_ + 1;
  child_->send(request_line(id, method, std::move(params)));
  last_id_ = id;
  while (true) {
    const std::optional<std::string> line = await_line(deadline);
    if (!line) return diagnose_silence(method, deadline);
    Message message;
    try {
      if (line->size() > limits_.reply_bytes) {
        throw std::runtime_error(fmt::format("a line of {} bytes", line->size()));
      }
      message = parse_message(*line, limits_.json);
    } catch (const std::exception& error) {
      return fail(Fault::protocol, fmt::format("answered `{}` with {}", method, error.what()));
    }
    if (!message.method) return interpret(id, method, std::move(message));
    if (std::optional<Reply> fault = answer_request(message, method, answer)) return *fault;
  }
}

// What stands in the pipe before a request was sent answers no request: a
// second reply to the one before, or a stray print.
std::optional<Reply> SubjectProcess::check_silence(std::string_view method) {
  const bool ended = child_->has_ended();  // before the drain, so that nothing is missed
  child_->drain_output();
  const std::string_view output = child_->output();
  const bool only_half_a_line = output.find('\n') == output.npos;
  if (ended && only_half_a_line) return fail_ended(fmt::format("before `{}` was asked", method));
  if (output.empty()) return std::nullopt;
  return fail(Fault::protocol, fmt::format("printed {} bytes that answer nothing before `{}` was "
                                           "asked: {}",
                                           output.size(), method, excerpt(output)));
}

// The next line, once all that was queued is sent; nothing if it can't come any more.
std::optional<std::string> SubjectProcess::await_line(const Deadline& deadline) {
  while (true) {
    const bool ended = child_->has_ended();  // as above
    if (ended) child_->drain_output();
    if (child_->unsent() == 0) {
      if (std::optional<std::string> line = child_->take_line()) return line;
    }
    if (ended || child_->output_is_full() || child_->output_has_ended() ||
        child_->input_is_broken() || deadline.has_passed()) {
      return std::nullopt;
    }
    child_->transfer(deadline.at());
  }
}

Reply SubjectProcess::diagnose_silence(std::string_view method, const Deadline& deadline) {
  if (child_->output_is_full()) {
    return fail(Fault::protocol,
                fmt::format("answered `{}` with more than {} bytes without an end: {}", method,
                            limits_.reply_bytes, excerpt(child_->output())));
  }
  if (child_->output_has_ended() || child_->input_is_broken()) {
    const auto until = std::min(Clock::now() + gap_before_exit, deadline.at());
    while (!child_->has_ended() && Clock::now() < until) child_->transfer(until);
  }
  if (child_->has_ended()) {
    child_->drain_output();
    return fail_ended(fmt::format("before it answered `{}`", method));
  }
  if (child_->output_has_ended()) {
    return fail(
        Fault::protocol,
        fmt::format("closed its standard output before it answered `{}`, and ran on", method));
  }
  if (child_->input_is_broken()) {
    return fail(
        Fault::protocol,
        fmt::format("closed its standard input before it had read `{}`, and ran on", method));
  }
  if (child_->unsent() > 0) {
    return fail(Fault::timed_out,
                fmt::format("did not read all that it was sent for `{}` {}: {} bytes were left",
                            method, deadline.text(), child_->unsent()));
  }
  const std::string part = child_->output().empty()
                               ? ""
                               : fmt::format(", but half a line: {}", excerpt(child_->output()));
  return fail(Fault::timed_out,
              fmt::format("gave no answer to `{}` {}{}", method, deadline.text(), part));
}

Reply SubjectProcess::interpret(std::uint64_t id, std::string_view method, Message message) {
  if (message.id.is_null() && message.error) {
    return fail(Fault::protocol, fmt::format("could not read `{}`: error {}: {}", method,
                                             message.error->code, message.error->message));
  }
  if (message.id != id) {
    return fail(Fault::protocol, fmt::format("answered `{}` under the id {} instead of {}", method,
                                             excerpt(message.id.dump()), id));
  }
  Reply reply;
  if (message.error) {
    reply.message = fmt::format("answered `{}` with error {}: {}", method, message.error->code,
                                message.error->message);
  }
  reply.error = std::move(message.error);
  reply.result = std::move(message.result);
  return reply;
}

std::optional<Reply> SubjectProcess::answer_request(const Message& request, std::string_view method,
                                                    const Answerer& answer) {
  const std::string asked = excerpt(*request.method);
  if (!answer) {
    return fail(Fault::protocol, fmt::format("asked for {} while `{}` ran, where nothing can be "
                                             "asked",
                                             asked, method));
  }
  if (!child_->output().empty()) {
    return fail(Fault::protocol, fmt::format("printed more before its request {} was answered: {}",
                                             asked, excerpt(child_->output())));
  }
  try {
    child_->send(result_line(request.id, answer(*request.method, request.params)));
  } catch (const RequestRefused& refusal) {
    child_->send(error_line(request.id, {refusal.code, refusal.what()}));
  } catch (const std::exception& error) {
    return fail(Fault::protocol, fmt::format("asked for {}, which can't be answered: {}", asked,
                                             printable_line(error.what(), 500)));
  }
  return std::nullopt;
}

Reply SubjectProcess::shutdown() {
  const Deadline deadline(limits_.shutdown, limits_);
  Reply reply = exchange("shutdown", nullptr, nullptr, deadline);
  if (reply.fault != Fault::none) return reply;
  if (reply.error) return fail(Fault::protocol, reply.message);
  if (!reply.result.is_null()) {
    return fail(Fault::protocol, "answered `shutdown` with something else than null");
  }
  child_->close_input();
  bool ended = false;
  while (!ended && child_->output().empty() && !deadline.has_passed()) {
    child_->transfer(deadline.at());
    ended = child_->has_ended();
  }
  child_->drain_output();
  if (!child_->output().empty()) {
    return fail(Fault::protocol, fmt::format("printed more after it answered `shutdown`: {}",
                                             excerpt(child_->output())));
  }
  if (!ended) {
    return fail(Fault::timed_out,
                fmt::format("answered `shutdown`, but did not exit {}", deadline.text()));
  }
  const Ending ending = bury();
  if (ending.kind != Ending::Kind::exited || ending.number != 0) {
    return fail(fault_of(ending), fmt::format("{} after it answered `shutdown`", ending.text()));
  }
  failure_ = Reply{{}, {}, Fault::exited, "was shut down before"};
  return reply;
}

// Ends the process, if it still runs, and keeps its last words.
Ending SubjectProcess::bury() {
  if (!child_) return {};
  const Ending ending = child_->stop();
  stderr_tail_ = child_->errors_tail();
  child_.reset();
  return ending;
}

Reply SubjectProcess::fail(Fault fault, std::string message) {
  bury();
  failure_ = Reply{{}, {}, fault, std::move(message)};
  return *failure_;
}

Reply SubjectProcess::fail_ended(std::string_view when) {
  const std::size_t unsent = child_->unsent();
  const std::string part = child_->output().empty() ? ""
                                                    : fmt::format(", in the middle of a line: {}",
                                                                  excerpt(child_->output()));
  const Ending ending = bury();
  return fail(fault_of(ending),
              fmt::format("{} {}{}{}", ending.text(), when,
                          unsent > 0 ? ", which it had not read to its end" : "", part));
}

bool SubjectProcess::alive() const {
  return !failure_ && !child_->has_ended();
}

std::string SubjectProcess::stderr_tail() const {
  std::string_view tail = child_ ? child_->errors_tail() : std::string_view(stderr_tail_);
  if (tail.size() >= limits_.stderr_tail_bytes) {
    // Where the head was cut off, the first character may have been cut through.
    for (int most = 3; most > 0 && !tail.empty() && (tail.front() & '\xC0') == '\x80'; --most) {
      tail.remove_prefix(1);
    }
  }
  return printable_block(tail);
}

}  // namespace plumbline::conformance
