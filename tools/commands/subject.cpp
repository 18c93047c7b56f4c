// `plumbline subject`: the built-in subject on standard streams.
#include <fmt/format.h>

#include <iostream>

#include "conformance/builtin/service.hpp"
#include "conformance/transport/json_rpc.hpp"
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

/// The reply to one line; sets `leave` when the line asked the subject to go.
std::string answer(BuiltInService& service, const std::string& line, bool& leave) {
  nlohmann::json id;
  try {
    const Message message = parse_message(line, JsonBounds{});
    id = message.id;
    if (!message.method) throw RequestRefused(-32600, "not a request");
    const auto result = service.handle(*message.method, message.params);
    leave = *message.method == "shutdown";
    return result_line(id, result);
  } catch (const RequestRefused& refusal) {
    return error_line(id, {refusal.code, refusal.what()});
  } catch (const nlohmann::json::exception& wrong) {
    return error_line(id, {-32602, wrong.what()});
  } catch (const std::exception& failure) {
    return error_line(id, {-32700, failure.what()});
  }
}

void serve(const SubjectOptions& options) {
  try {
    BuiltInService service(options.settings);
    if (options.noise) rounding_noise() = {true, options.noise_seed};
    std::ios::sync_with_stdio(false);
    std::string line;
    bool leave = false;
    while (!leave && std::getline(std::cin, line)) {
      std::cout << answer(service, line, leave) << std::flush;
    }
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
    serve(*options);
  });
}

}  // namespace plumbline::tools
