#include "conformance/subject/plugin_call.hpp"

#include <fmt/format.h>

#include "conformance/transport/printable_text.hpp"

namespace plumbline::conformance {

void plugin_fault(const std::string& what) {
  throw SubjectDeclined(Outcome::fault, what);
}

void decline_method(std::string_view name) {
  throw SubjectDeclined(Outcome::unsupported, fmt::format("the plugin has no `{}`", name));
}

void accept_plugin_answer(int code, plumbline_error& error, std::string_view method) {
  if (code == PLUMBLINE_OK) return;
  error.message[sizeof(error.message) - 1] = '\0';
  std::string message = printable_line(error.message, sizeof(error.message));
  if (message.empty()) message = fmt::format("`{}` answered {}", method, code);
  const Outcome outcome = code == PLUMBLINE_UNSUPPORTED ? Outcome::unsupported
                          : code == PLUMBLINE_REFUSED   ? Outcome::refused
                                                        : Outcome::subject_error;
  throw SubjectDeclined(outcome, message);
}

}  // namespace plumbline::conformance
