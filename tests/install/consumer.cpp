// Uses both libraries, each so that what it stands on has to be linked too.
#include <iostream>

#include "conformance/checks/check.hpp"
#include "conformance/subject/plugin_subject.hpp"
#include "reference/catalogue.hpp"

int main() {
  const auto rules = plumbline::all_rules();
  for (const auto& rule : rules) std::cout << rule.name << '\n';
  std::cout << rules.size() << " rules\n";

  const auto checks = plumbline::conformance::tasks_for({});
  std::cout << checks.size() << " checks\n";
  try {
    plumbline::conformance::PluginSubject("no-such-plugin.so");
  } catch (const plumbline::conformance::SubjectUnusable& unusable) {
    std::cout << unusable.what() << '\n';
  }
  return rules.empty() || checks.empty() ? 1 : 0;
}
