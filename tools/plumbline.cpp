// plumbline: the command line. Exit codes: 0 all conforms, or is as expected;
// 1 something deviates; 2 wrong usage or unreadable input; 3 the subject could not be
// run or broke the protocol.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "tools/commands/commands.hpp"

namespace {

/// Cuts off what follows "--" and gives it: for a command with names of its own before it, which
/// the parser would take for one list with what comes after.
std::vector<std::string> cut_after_mark(std::vector<std::string>& arguments) {
  const auto mark = std::find(arguments.begin(), arguments.end(), "--");
  if (mark == arguments.end()) return {};
  std::vector<std::string> after(mark + 1, arguments.end());
  arguments.erase(mark, arguments.end());
  return after;
}

}  // namespace

int main(int argument_count, char** argument_values) {
  using namespace plumbline::tools;
  std::vector<std::string> arguments(argument_values + 1, argument_values + argument_count);
  std::vector<std::string> subject_command;
  if (!arguments.empty() && arguments.front() == "theorems") {
    subject_command = cut_after_mark(arguments);
  }
  CLI::App app{
      "Plumbline: verified numerical reference and conformance suite for gradient-descent "
      "optimizers",
      "plumbline"};
  app.set_version_flag("--version", "plumbline 1.0.0");
  app.require_subcommand(1);
  int exit_code = 0;
  add_check(app, exit_code);
  add_identify(app, exit_code);
  add_list(app, exit_code);
  add_show(app, exit_code);
  add_golden(app, exit_code);
  add_subject(app, exit_code);
  add_mutants(app, exit_code);
  add_theorems(app, exit_code, subject_command);
  add_claims(app, exit_code);
  try {
    std::ranges::reverse(arguments);  // as the parser takes them
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const UsageError& error) {
    std::cerr << "plumbline: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "plumbline: " << error.what() << '\n';
    return 2;
  }
  return exit_code;
}
