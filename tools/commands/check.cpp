// `plumbline check`: puts a subject to everything, and says how it stands.
#include <unistd.h>

#include <iostream>

#include "conformance/report/console.hpp"
#include "tools/commands/check_options.hpp"

namespace plumbline::tools {

void add_check(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<CheckCommand>();
  CLI::App* command = app.add_subcommand(
      "check", "check the subject that the command after -- starts (default: the built-in one)");
  add_check_options(*command, *options);
  command->callback([options, &exit_code] {
    const conformance::Report report = run_check(*options);
    // JSON on standard output has it for itself.
    std::ostream& table = options->json == "-" ? std::cerr : std::cout;
    const bool colour = options->json != "-" && isatty(STDOUT_FILENO) != 0;
    table << conformance::console_report(report, colour) << std::flush;
    exit_code = conformance::exit_code(report);
  });
}

}  // namespace plumbline::tools
