#include "conformance/subject/session.hpp"

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
  const std::string numbers = text_field(result, "numbers");
  if (numbers == "hex") {
    description.numbers = NumberStyle::hex;
  } else if (!numbers.empty() && numbers != "decimal") {
    throw SubjectUnusable("`describe`: \"numbers\" is neither \"hex\" nor \"decimal\"");
  }
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

}  // namespace

SubjectSession::SubjectSession(std::vector<std::string> command, Limits limits)
    : command_(std::move(command)), limits_(limits) {}

SubjectSession::~SubjectSession() = default;

const SubjectDescription& SubjectSession::describe() {
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
  described_ = true;
  return description_;
}

Reply SubjectSession::call(std::string_view method, nlohmann::json params) {
  describe();
  Reply reply = process_->call(method, std::move(params));
  if (reply.fault != Fault::none) {
    last_failure_ = reply.message;
    stop_after_fault();
  }
  return reply;
}

void SubjectSession::stop_after_fault() {
  if (!process_) return;
  last_stderr_ = process_->stderr_tail();
  process_.reset();
  ++restarts_in_a_row_;
}

nlohmann::json SubjectSession::numbers(const std::vector<double>& values) const {
  nlohmann::json list = nlohmann::json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

std::string SubjectSession::shutdown() {
  if (!process_) return {};
  const Reply reply = process_->shutdown();
  last_stderr_ = process_->stderr_tail();
  process_.reset();
  return reply.ok() ? std::string() : reply.message;
}

std::string SubjectSession::stderr_tail() const {
  return process_ ? process_->stderr_tail() : last_stderr_;
}

}  // namespace plumbline::conformance
