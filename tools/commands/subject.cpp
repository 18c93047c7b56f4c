// `plumbline subject`: the built-in subject on standard streams.
#include <fmt/format.h>

#include <iostream>

#include "conformance/builtin/built_in_subject.hpp"
#include "conformance/subject/protocol_server.hpp"
#include "reference/numbers/plain.hpp"
#include "tools/commands/commands.hpp"

namespace plumbline::tools {
namespace {

using namespace plumbline::conformance;

struct SubjectOptions {
  BuiltInSettings settings;
  std::uint64_t noise_seed = 0;
  bool noise = false;
};

void serve_built_in(const SubjectOptions& options) {
  try {
    BuiltInSubject subject(options.settings);
    if (options.noise) rounding_noise() = {true, options.noise_seed};
    std::ios::sync_with_stdio(false);
    serve(subject, std::cin, std::cout);
  } catch (const std::invalid_argument& wrong) {
    throw UsageError(wrong.what());
  }
}

}  // namespace

void add_subject(CLI::App& app, int&) {
  const auto options = std::make_shared<SubjectOptions>();
  CLI::App* command = app.add_subcommand(
      "subject", "speak the protocol as the built-in subject: an example, and an oracle");
  command->add_option("--dialect", options->settings.dialect,
                      "follow this dialect: NAME, or RULE/NAME");
  command->add_option("--mutant", options->settings.mutant,
                      "have this fault: NAME, or RULE/NAME (see `list mutants`)");
  CLI::Option* noise = command->add_option(
      "--format-noise", options->noise_seed,
      "round every result up or down at random, with this seed, instead of to nearest");
  command->callback([options, noise] {
    options->noise = noise->count() > 0;
    serve_built_in(*options);
  });
}

}  // namespace plumbline::tools
