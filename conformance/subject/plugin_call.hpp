// Calling into a plugin: its turn, its floating-point environment, and what its answers
// mean.
#pragma once

#include "conformance/subject/plugin_library.hpp"

namespace plumbline::conformance {

/// Ends the call at hand: the plugin did what it must not.
[[noreturn]] void plugin_fault(const std::string& what);

/// Throws SubjectDeclined with what the plugin's answer means, unless all is well.
void accept_plugin_answer(int code, plumbline_error& error, std::string_view method);

/// Throws SubjectDeclined (unsupported): the plugin lacks the method.
[[noreturn]] void decline_method(std::string_view name);
template <class Method>
void require_method(Method* method, std::string_view name) {
  if (method == nullptr) decline_method(name);
}

/// `answered`, for a plugin: its faults break the interface.
template <class Body>
auto answered_by_plugin(Body&& body) {
  auto answer = answered(body);
  if (!answer.ok() && answer.ended().outcome == Outcome::fault) {
    return decltype(answer)(Ended{Outcome::fault, Fault::protocol, answer.ended().message});
  }
  return answer;
}

class PluginCaller {
 public:
  explicit PluginCaller(std::shared_ptr<PluginLibrary> library)
      : library_(std::move(library)), environment_(library_->environment()) {}

  const plumbline_subject_table& table() const { return library_->table(); }
  const SubjectDescription& description() const { return library_->description(); }

  /// Runs `code`, which calls the plugin, and gives its answer. Throws SubjectDeclined
  /// where an exception leaves the plugin.
  template <class Code>
  int enter(std::string_view method, Code&& code) {
    const auto turn = library_->turn();
    std::fenv_t own;
    std::fegetenv(&own);
    std::fesetenv(&environment_);
    const auto leave = [&] {
      std::fegetenv(&environment_);
      std::fesetenv(&own);
    };
    try {
      const int answer = code();
      leave();
      return answer;
    } catch (...) {
      leave();
    }
    plugin_fault("an exception left the plugin's `" + std::string(method) + "`");
  }

  /// Calls a method, `code(error)`. Throws SubjectDeclined unless all is well.
  template <class Code>
  void call(std::string_view method, Code&& code) {
    plumbline_error error{};
    const int answer = enter(method, [&] { return code(&error); });
    accept_plugin_answer(answer, error, method);
  }

 private:
  std::shared_ptr<PluginLibrary> library_;
  std::fenv_t environment_;  // the plugin's own, between its calls
};

}  // namespace plumbline::conformance
