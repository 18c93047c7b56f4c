// plumbline: the command line. Exit codes: 0 all conforms, or is as expected;
// 1 something deviates; 2 wrong usage or unreadable input; 3 the subject could not be
// run or broke the protocol.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "tools/commands/commands.hpp"

int main(int argument_count, char** arguments) {
  using namespace plumbline::tools;
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
  add_claims(app, exit_code);
  try {
    app.parse(argument_count, arguments);
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
